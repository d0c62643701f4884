"""The tools by risk, as the command and the README show them, and what is wrong with their systems."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agent.policy.decide import stricter
from knowledge.playbook import ActionDef
from tools.connectors.connection import Connection
from tools.contract import Action, Catalog, KeyKind, Risk

ORDER = tuple(risk.value for risk in Risk)
KNOWN_BY = {
    KeyKind.IDEMPOTENCY_KEY: "its key",
    KeyKind.CONDITION: "a condition",
    KeyKind.MARKER: "a marker",
    KeyKind.NONE: "nothing",
}


class Row(NamedTuple):
    """One tool. A lookup has neither proof nor repeats; an action without a key is sent once, whatever happens."""

    name: str
    risk: str
    identity: str
    proof: str
    known_by: str
    """What a repeat is known by."""
    system: str
    summary: str


class Ailment(NamedTuple):
    """What is wrong, with which system, and what to do."""

    system: str
    wrong: str
    advice: str


def rows(catalog: Catalog, classes: Mapping[str, ActionDef]) -> list[Row]:
    """One row a tool, mildest class first; its class is the stricter one of its own and the playbook's."""
    shown = []
    for tool in catalog.tools.values():
        defined = classes.get(tool.name)
        risk = defined.risk if defined else "none: a person"
        identity, proof, known_by = defined.identity if defined else "-", "-", "-"
        if isinstance(tool, Action):
            proof, known_by = tool.proof, KNOWN_BY[tool.key]
            risk = stricter(Risk(defined.risk), tool.risk).value if defined else risk
            if tool.risk is Risk.FORBIDDEN:
                risk, proof, known_by = Risk.FORBIDDEN.value, "-", "-"
        shown.append(Row(tool.name, risk, identity, proof, known_by, tool.system, tool.summary))
    return sorted(
        shown,
        key=lambda row: (ORDER.index(row.risk) if row.risk in ORDER else len(ORDER), row.proof != "-", row.name),
    )


async def ailments(connections: Sequence[Connection]) -> list[Ailment]:
    """What a cheap read of each system shows."""
    found = await asyncio.gather(*(connection.probe() for connection in connections))
    return [
        Ailment(connection.system, trouble.wrong, trouble.advice)
        for connection, troubles in zip(connections, found, strict=True)
        for trouble in troubles
    ]
