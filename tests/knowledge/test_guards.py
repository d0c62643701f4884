"""What guards money, identity and access: the class of an action, or rules that hold whatever the case and the day."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.load import PlaybookError, checked
from knowledge.rules import Vocabulary

BY_RULE = 'when: action.name == "send_reset_link" && reset_links.today >= 3'
CLASS = "send_reset_link:\n  risk: customer_confirmed\n  identity: verified\n"


def edit(documents: Path, file: str, right: str, wrong: str) -> None:
    text = (documents / file).read_text(encoding="utf-8")
    assert right in text
    (documents / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")


def said(documents: Path, vocabulary: Vocabulary) -> str:
    try:
        checked(documents, vocabulary)
    except PlaybookError as error:
        return str(error)
    return ""


def test_a_rule_that_always_holds_is_a_guard(documents: Path, vocabulary: Vocabulary) -> None:
    """identity/1.4 wants a code for it, whatever its class says."""
    edit(documents, "actions.yaml", CLASS, CLASS.replace("verified", "claimed"))
    assert said(documents, vocabulary) == ""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"send_reset_link", ', ""),
        ("identity: verified\n```", "identity: confirmed\n```"),
        ("valid_from: 2026-01-01", "valid_from: 2026-01-01\nvalid_to: 2030-01-01"),
    ],
    ids=["not of this action", "too low", "not for ever"],
)
def test_a_rule_that_does_not_always_hold_is_none(
    documents: Path, vocabulary: Vocabulary, right: str, wrong: str
) -> None:
    edit(documents, "actions.yaml", CLASS, CLASS.replace("verified", "claimed"))
    edit(documents, "policies/identity.md", right, wrong)
    assert "'send_reset_link' touches access of one who is not verified" in said(documents, vocabulary)


def test_a_rule_asks_for_the_yes_only_where_it_holds(documents: Path, vocabulary: Vocabulary) -> None:
    edit(documents, "actions.yaml", CLASS, CLASS.replace("customer_confirmed", "low_risk"))
    told = said(documents, vocabulary)
    assert "'send_reset_link' touches access without the customer's yes, as where " in told
    edit(documents, "policies/identity.md", BY_RULE, 'when: action.name == "send_reset_link"')
    assert "without the customer's yes" not in said(documents, vocabulary)
