"""The tools by risk, as the command and the README show them."""

from __future__ import annotations

from knowledge.playbook import Playbook
from tools.contract import Action, Catalog, KeyKind

ORDER = ("low_risk", "customer_confirmed", "human_approved", "forbidden")


def rows(catalog: Catalog, book: Playbook) -> list[tuple[str, str, str, str, str, str]]:
    """One row a tool, mildest class first: name, class, identity, proof, what a repeat is known by, summary.

    An action without a key is sent once, whatever becomes of it. A lookup has neither proof nor repeats.
    """
    shown = []
    for tool in catalog.tools.values():
        defined = book.actions.get(tool.name)
        risk = defined.risk if defined else "none: a person"
        identity = defined.identity if defined else "-"
        if isinstance(tool, Action):
            key = "its key" if tool.key is KeyKind.IDEMPOTENCY_KEY else "nothing"
            shown.append((tool.name, risk, identity, "read again", key, tool.summary))
        else:
            shown.append((tool.name, risk, identity, "-", "-", tool.summary))
    return sorted(
        shown, key=lambda row: (ORDER.index(row[1]) if row[1] in ORDER else len(ORDER), row[3] != "-", row[0])
    )
