"""Claims: whether a message that says something is done is sent when it is true, and withheld when it is not.

The evidence is the conversation's own tool calls and their results, held against each claim by the check that guards
live replies. Besides the kinds of the data, every fault of `evals/suites/faults.py` is made of the true ones; those are
figures of their own, and no cases.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from agent.speech.acts import own
from agent.speech.claims import decide
from agent.speech.evidence import Evidence
from agent.speech.tool import Tool
from evals.suites.faults import FAULTS, faulty
from evals.suites.recorded import history_of, spoken, tools_of
from evals.suites.report import Case, Options, Report
from evals.suites.rows import Row, drawn, read_rows

MILLISECONDS = 1000.0


def run(options: Options) -> Report:
    """Hold each case's claims against its conversation."""
    began = time.monotonic()
    tools, rows = tools_of(options.tools), drawn(read_rows(options.data), options.limit)
    own()  # it is learnt once, and no sentence shall wait for that
    cases, took = list[Case](), list[float]()
    for number, row in enumerate(rows):
        options.told(number, len(rows))
        cases.append(_case(str(number), row, tools, took))
    made = [_case("", row, tools, took) for row in faulty(rows, tools, options.seed)]
    return Report(
        suite="claims",
        data=str(options.data),
        model="claim check",
        seed=options.seed,
        seconds=time.monotonic() - began,
        figures=figures_of(cases) | _made(made) | {"median_ms": statistics.median(took) * MILLISECONDS},
        cases=cases,
        split="nothing is learnt from it; the check was developed on half of the conversations",
    )


def figures_of(cases: Sequence[Case]) -> dict[str, float]:
    """The share of each kind of false claim that was withheld, and of the true ones."""
    kinds: dict[str, list[bool]] = {}
    for case in cases:
        kind = "true_withheld" if case.expected == "supported" else f"recall_{case.variant}"
        kinds.setdefault(kind, []).append(case.got == "withheld")
    return {kind: statistics.mean(withheld) for kind, withheld in sorted(kinds.items())}


def _made(cases: Sequence[Case]) -> dict[str, float]:
    """The same of the faults that were made, with how many there are."""
    counted = {f"made_{kind}": float(sum(case.variant == kind for case in cases)) for kind in FAULTS}
    return {f"made_{kind}": share for kind, share in figures_of(cases).items()} | counted


def _case(number: str, row: Row, tools: Sequence[Tool], took: list[float]) -> Case:
    *before, last = row["messages"]
    history, around = history_of(before, tools), spoken(last["content"])
    evidence = Evidence([], language=row.get("language", "en"), history=history, around=around)
    why = None
    for sentence in row.get("claim_sentences") or [around]:
        start = time.perf_counter()
        why = why or decide(spoken(sentence), evidence).why
        took.append(time.perf_counter() - start)
    got, expected = "sent" if why is None else "withheld", row["label"]
    return Case(
        id=str(row.get("id", number)),
        expected=expected,
        got=got,
        why=why,
        variant=row.get("variant"),
        text=around,
        right=(expected == "supported") is (got == "sent"),
    )
