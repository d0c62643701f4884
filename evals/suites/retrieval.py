"""Retrieval: which documents a request needs, by the search that serves conversations.

Each task is asked twice: with what the customer says first, and with all that they want. How far the documents that the
task requires are among the first ten is its recall.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import numpy as np

from agent.connected import tools_of
from agent.policy.facts import vocabulary
from agent.settings import HARBOR, Settings
from evals.suites.report import Case, Options, Report
from evals.suites.rows import DataUnusable, Row, beside, drawn, read_rows
from knowledge.embed import MiniLM
from knowledge.load import load
from knowledge.playbook import Article
from knowledge.release import Release
from knowledge.search import Search

FIRST = 10
LOCALE = "en"
SOME_DAY = date(2026, 1, 1)


def run(options: Options) -> Report:
    """Index the documents, which is kept under the home, and ask for those of each task."""
    began = time.monotonic()
    documents = read_rows(beside(options.data, options.train, "documents"))
    tasks = [task for task in read_rows(options.data) if task.get("required_documents")]
    if not tasks:
        raise DataUnusable(f"No task in {options.data.name} says which documents it requires.")
    asked = [
        (str(task["id"]), variant, text, list(task["required_documents"]))
        for task in drawn(tasks, options.limit)
        for variant, text in (("opening", task.get("opening_query")), ("instruction", _instruction(task)))
        if text
    ]
    embedder = MiniLM.load()
    release = _release(documents)
    search = Search(Settings().home / "evals", lambda _: embedder)
    search.build(release)
    titles = {document["id"]: document["title"] for document in documents}
    cases = []
    for number, (id_, variant, text, required) in enumerate(asked):
        options.told(number, len(asked))
        found = search.needed(text, release.id, LOCALE, SOME_DAY, k=FIRST)
        cases.append(
            Case(
                id=f"{id_}/{variant}",
                expected=required,
                got=found,
                score=recall(found, required),
                variant=variant,
                text="\n".join([text, "", *(f"required: {titles.get(one, one)}" for one in required)]),
                right=bool(set(found) & set(required)),
            )
        )
    return Report(
        suite="retrieval",
        data=str(options.data),
        model=embedder.id,
        seed=options.seed,
        seconds=time.monotonic() - began,
        figures=_figures(cases) | {"documents": float(len(documents))},
        cases=cases,
        split="all tasks that require documents; weights were chosen with the tau banking tasks in view",
    )


def recall(found: Sequence[str], required: Sequence[str]) -> float:
    """The share of the required documents that was found."""
    return len(set(found) & set(required)) / len(set(required))


def ndcg(found: Sequence[str], required: Sequence[str]) -> float:
    """How far up they stand: 1 when nothing else is above any of them."""
    worth = [1 / np.log2(place + 2) for place in range(FIRST)]
    got = sum(weight for weight, id_ in zip(worth, found, strict=False) if id_ in set(required))
    return float(got / sum(worth[: len(set(required))]))


def _figures(cases: Sequence[Case]) -> dict[str, float]:
    figures = {}
    for variant in ("opening", "instruction"):
        own = [(list(case.got), list(case.expected)) for case in cases if case.variant == variant]
        if own:
            figures[f"recall@{FIRST}, {variant}"] = float(np.mean([recall(*pair) for pair in own]))
            figures[f"nDCG@{FIRST}, {variant}"] = float(np.mean([ndcg(*pair) for pair in own]))
            figures[f"requests, {variant}"] = float(len(own))
    return figures


def _instruction(task: Row) -> str:
    """All that the customer wants, in whichever form the task has it."""
    told = (task.get("user_scenario") or {}).get("instructions") or task.get("instruction") or ""
    return told if isinstance(told, str) else "\n".join(str(part) for part in told.values() if part)


def _release(documents: Sequence[Row]) -> Release:
    """A release that says nothing but these documents; whose it is makes no difference to the search."""
    articles = {
        row["id"]: Article(
            id=row["id"], title=row["title"], text=row["content"], locale=LOCALE, owner="", valid_from=SOME_DAY
        )
        for row in documents
    }
    playbook = load(HARBOR, vocabulary(tools_of(Settings())))
    company = playbook.company.model_copy(update={"id": "suite", "locales": [LOCALE]})
    alone = {"company": company, "intents": {}, "clauses": {}, "articles": articles}
    return Release("suite", playbook.model_copy(update=alone))
