"""Identity: whether a caller is who a record says, by what was heard of them.

A call against its own record is a genuine pair. Impostors are the others that share its postcode, the hard ones, and
some records drawn at random. The score is the agreement that the product computes; nothing is learnt from the data.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evals.suites.report import Case, Options, Report
from evals.suites.rows import DataUnusable, Row, beside, drawn, read_rows
from tools.agreement import Heard, Item, agreement

AT_RANDOM = 4
"""Impostors drawn for each call, beside those that share the postcode."""
Scores = NDArray[np.float64]


def run(options: Options) -> Report:
    """Score every pair, and find where as many genuine ones are refused as impostors are let in."""
    began = time.monotonic()
    records = {row["scenario_id"]: row for row in read_rows(beside(options.data, options.train, "records"))}
    calls = [row for row in read_rows(options.data) if row.get("scenario_id") in records]
    if not calls:
        raise DataUnusable(f"No call in {options.data.name} has its record among those it is read with.")
    asked = drawn(calls, options.limit)
    pairs = list(_pairs(asked, records, random.Random(options.seed)))  # noqa: S311  pairs are drawn, not secrets
    scored = []
    for number, (call, record, kind) in enumerate(pairs):
        options.told(number, len(pairs))
        scored.append((call, record, kind, agreement(heard_in(call), record)))
    of = {kind: np.array([score for *_, one, score in scored if one == kind]) for kind in ("genuine", "hard", "random")}
    impostors = np.concatenate((of["hard"], of["random"]))
    rate, line = equal_error(of["genuine"], impostors)
    hard, _ = equal_error(of["genuine"], of["hard"])
    return Report(
        suite="identity",
        data=str(options.data),
        model="tools/agreement.py",
        seed=options.seed,
        seconds=time.monotonic() - began,
        figures={
            "equal error rate": rate,
            "equal error rate, impostors of the same postcode alone": hard,
            "line": line,
            "genuine pairs": float(len(of["genuine"])),
            "impostor pairs": float(len(impostors)),
            "of them with the same postcode": float(len(of["hard"])),
        },
        cases=[_case(*pair, line) for pair in scored],
        split="all calls whose record is known; nothing is learnt",
    )


def heard_in(call: Row) -> Heard:
    """What was heard in a call: the attempts at each item, with all that the recogniser may have heard."""
    attempts = defaultdict[Item, list[list[str]]](list)
    for turn in call["turns"]:
        if turn["item"] in ("name", "postcode", "dob"):
            attempts[turn["item"]].append(turn.get("nbest") or [turn.get("asr") or ""])
    return attempts


def equal_error(genuine: Scores, impostors: Scores) -> tuple[float, float]:
    """The rate at which as many genuine pairs fall below a line as impostors reach it, and that line."""
    if not len(genuine) or not len(impostors):
        return 0.0, 0.0
    lines = np.unique(np.concatenate((genuine, impostors)))
    refused = np.searchsorted(np.sort(genuine), lines) / len(genuine)
    let_in = 1 - np.searchsorted(np.sort(impostors), lines) / len(impostors)
    at = int(np.abs(refused - let_in).argmin())
    return float((refused[at] + let_in[at]) / 2), float(lines[at])


def _pairs(calls: Sequence[Row], records: Mapping[str, Row], draw: random.Random) -> Iterator[tuple[Row, Row, str]]:
    """Each call with its own record, with those of the same postcode, and with some others."""
    near = defaultdict[str, list[Row]](list)
    for record in records.values():
        near[record["postcode"]].append(record)
    everybody = list(records.values())
    for call in calls:
        own = records[call["scenario_id"]]
        yield call, own, "genuine"
        yield from ((call, other, "hard") for other in near[own["postcode"]] if other is not own)
        others = draw.sample(everybody, min(AT_RANDOM, len(everybody)))
        yield from ((call, other, "random") for other in others if other["postcode"] != own["postcode"])


def _case(call: Row, record: Row, kind: str, score: float, line: float) -> Case:
    genuine, accepted = kind == "genuine", score >= line
    lines = [f"on record: {record['name']}, born {record['dob']}, {record['postcode']}"]
    lines += [f"{turn['item']}: {turn.get('asr') or '(nothing)'}" for turn in call["turns"]]
    return Case(
        id=f"{call['dialogue_id']}|{record['scenario_id']}",
        expected="genuine" if genuine else "impostor",
        got="genuine" if accepted else "impostor",
        score=score,
        variant=kind,
        text="\n".join(lines),
        right=genuine == accepted,
    )
