"""Unanswerable: whether a question gets its answer, or an honest "I do not know", from Harbor's own documents.

The questions go the way of a customer's: the search, the choice of passages at the company's threshold,
the embedded model's words, and the claim check. An answer counts when something may be sent.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from agent.casefile.records import Passage
from agent.connected import tools_of
from agent.models.choice import models_for
from agent.models.port import Frame, Model
from agent.nodes.propose import carrying
from agent.policy.facts import vocabulary
from agent.settings import Settings
from agent.speech.claims import Evidence, objection
from evals.suites.report import Case, Options, Report
from evals.suites.rows import DataUnusable, drawn
from knowledge.embedders import Embedders
from knowledge.learnt import Languages
from knowledge.release import Release, Releases
from knowledge.search import Search

DAY = date(2026, 6, 1)
"""A day on which every document is in force."""
LOCALE = "en"


def run(options: Options) -> Report:
    """Ask each question; the index that this needs is kept under the home."""
    began = time.monotonic()
    questions = drawn(_questions(options.data), options.limit)
    settings, embedders = Settings(), Embedders.load()
    home = settings.home / "evals"
    release = Releases(home, vocabulary(tools_of(settings))).keep(settings.playbook)
    search = Search(home, embedders.of)
    search.build(release)
    model = models_for(Languages(home, embedders), None, budget_s=30.0)(release)
    with ThreadPoolExecutor(1) as loop:  # a suite is run by a command that has a loop of its own
        cases = loop.submit(asyncio.run, _all(questions, options, search, release, model)).result()
    return Report(
        suite="unanswerable",
        data=str(options.data),
        model=f"{embedders.english.id}, support from {release.playbook.company.support_threshold}",
        seed=options.seed,
        seconds=time.monotonic() - began,
        figures=_figures(cases),
        cases=cases,
        split="nothing is fitted on it",
    )


async def _all(
    questions: Sequence[dict[str, Any]], options: Options, search: Search, release: Release, model: Model
) -> list[Case]:
    cases = list[Case]()
    for number, question in enumerate(questions):
        options.told(number, len(questions))
        cases.append(await _asked(question, str(number), search, release, model))
    return cases


async def _asked(question: dict[str, Any], number: str, search: Search, release: Release, model: Model) -> Case:
    asked, right = question["ask"], list[str](question["found"])
    found = search.find(asked, release.id, LOCALE, DAY)
    passages = [Passage(release=release.id, **vars(one)) for one in found]
    frame = Frame(locale=LOCALE, window=[], asks=[], intents=[])
    used = carrying(passages, release.playbook.company.support_threshold)
    said = list[str]()
    if used:
        async for sentence in model.word(asked, frame, used):
            if objection(sentence, Evidence([one.text for one in used], [asked], said)) is None:
                said.append(sentence)
    return Case(
        id=question.get("id", number),
        expected="answer" if right else "abstain",
        got="answer" if said else "abstain",
        score=found[0].support if found else 0.0,
        why=found[0].id if found else None,
        text=f"{asked} → {' '.join(said)}",
        right=bool(said) is bool(right),
    )


def _figures(cases: Sequence[Case]) -> dict[str, float]:
    """The share of unanswerable questions that got no answer, and of answerable ones that got none either."""
    kept = [case.got == "abstain" for case in cases if case.expected == "abstain"]
    refused = [case.got == "abstain" for case in cases if case.expected == "answer"]
    supports = sorted(case.score or 0.0 for case in cases if case.expected == "abstain")
    strict = supports[min(len(supports) - 1, int(0.95 * len(supports)))] if supports else 0.0
    lost = [(case.score or 0.0) <= strict for case in cases if case.expected == "answer"]
    return {
        "abstained": statistics.mean(kept) if kept else 1.0,
        "refused": statistics.mean(refused) if refused else 0.0,
        "refused_were_95_percent_abstained": statistics.mean(lost) if lost else 0.0,
    }


def _questions(path: Path) -> list[dict[str, Any]]:
    """`{ask, found}` for each question. Raises DataUnusable."""
    try:
        read = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise DataUnusable(f"{path} cannot be read as a list of questions ({error}).") from None
    if not isinstance(read, list) or not all(isinstance(one, dict) and {"ask", "found"} <= one.keys() for one in read):
        raise DataUnusable(f"{path} is no list of questions, each with `ask` and `found`.")
    return read
