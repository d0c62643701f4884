from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.playbook import Playbook, Wording
from knowledge.rules import ActionShape, Vocabulary
from knowledge.wording import CONTRACT, WordingError, contract, names, outcomes, render

VALUES: dict[str, Any] = {
    "things": ["your order number", "the postcode on your account"], "why": "so that I can be sure", "minutes": 10,
    "tries_left": 2, "options": ["cancel an order", "send something back"], "question": "Shall I?", "doing": "do it",
    "before": "do that", "title": "Large refunds", "quote": "Only then.", "text": "We will.", "company": "Harbor Goods",
    "hours": "Monday to Friday", "outcome": "It is done.", "slots": {"order_id": "HG-123456"},
    "many": False, "more": True, "thing": "the day and time", "wishes": ["A call"], "outcomes": ["It is done."],
}  # fmt: skip


MOMENTS = {"starts", "was", "at"}


def filled(shape: ActionShape) -> dict[str, Any]:
    """Arguments as an action may have them, and what it made."""
    values = {arg: 3 if kind == "int" else f"<{arg}>" for arg, kind in shape.args.items()}
    return {"made": "tic_1", **values, **dict.fromkeys(MOMENTS & shape.args.keys(), "2026-12-03T10:00")}


SEVERAL_LINES = {"ask.options", "summary.text"}


def said(**texts: str) -> Wording:
    return Wording(locale="en", texts={key.replace("_", "."): text for key, text in texts.items()})


def test_every_text_of_the_contract_can_be_said(harbor: Playbook, vocabulary: Vocabulary) -> None:
    arguments = {arg: value for shape in vocabulary.actions.values() for arg, value in filled(shape).items()}
    for key, given_values in contract(vocabulary).items():
        values = {name: (VALUES | arguments)[name] for name in given_values}
        text = render(harbor.wording["en"], key, **values)
        assert text, key
        assert "{" not in text, key
        assert "  " not in text, key
        assert "\n" not in text or key in SEVERAL_LINES, key


def test_a_question_for_a_yes_shows_every_argument(harbor: Playbook, vocabulary: Vocabulary) -> None:
    for action in ("cancel_order", "issue_refund", "change_email", "change_phone", "change_address"):
        arguments = {arg: f"<{arg}>" for arg in vocabulary.actions[action].args}
        question = render(harbor.wording["en"], f"confirm.{action}", **arguments)
        assert [value for value in arguments.values() if value not in question] == []
        assert "?" in question


def test_things_are_asked_for_in_one_sentence(harbor: Playbook) -> None:
    english = harbor.wording["en"]
    things = [render(english, f"ask.{slot}") for slot in ("order_id", "reason")] + [render(english, "proof.postcode")]
    why = render(english, "ask.identity_why")
    assert render(english, "ask.sentence", things=things, why=why) == (
        "Could you please tell me your order number (it looks like HG-123456), the reason in a few words and the "
        "postcode on your account, so that I can be sure it is your account?"
    )
    assert render(english, "ask.sentence", things=things[:1], why="") == (
        "Could you please tell me your order number (it looks like HG-123456)?"
    )


@pytest.mark.parametrize("status", ["processing", "shipped", "delivered", "cancelled", "returned", "other"])
def test_an_order_is_told_with_what_is_known_of_it(harbor: Playbook, vocabulary: Vocabulary, status: str) -> None:
    fields = vocabulary.lookups["get_order"].result
    full = {name: f"<{name}>" for name in fields} | {
        "eta": "2026-11-25T12:00:00Z",
        "delivered_at": "2026-11-20T08:00:00Z",
    }
    bare = dict.fromkeys(fields, "") | {"id": "HG-123456", "status": status}
    for order in (full, bare):
        text = render(harbor.wording["en"], f"order_status.{status}", order=order)
        assert order["id"] in text
        assert "T12" not in text
        assert " ." not in text
        assert "  " not in text


def test_only_a_verified_outcome_says_that_it_happened(harbor: Playbook, vocabulary: Vocabulary) -> None:
    hedges = ("not confirmed yet", "could not", "tried to")
    for action, shape in vocabulary.actions.items():
        if shape.forbidden:
            continue
        arguments = filled(shape)
        verified, *others = (render(harbor.wording["en"], key, **arguments) for key in outcomes(action))
        assert not any(hedge in verified for hedge in hedges)
        assert all(any(hedge in text for hedge in hedges) for text in others)
        assert "not confirmed yet" in others[-1]


def test_every_handoff_says_what_comes_next(harbor: Playbook) -> None:
    for key in harbor.wording["en"].texts:
        if key.startswith("handoff."):
            text = render(harbor.wording["en"], key, hours="HOURS")
            assert "olleague" in text
            assert re.search(r"\b(sees? (what|this)|reads your)\b", text), key
            assert "HOURS" in text


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(WordingError, match=r"'a' in wording/en\.yaml cannot be said: 'b' is undefined"):
        render(said(a="{{ b }}"), "a")
    with pytest.raises(WordingError, match=r"wording/en\.yaml has no 'c'; add it"):
        render(said(a="x"), "c")


@pytest.mark.parametrize(
    "text",
    [
        "{{ x.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ x.append(1) }}",
        "{{ range(10 ** 9) | length }}",
        "{% include 'secrets' %}",
        "{{ x | nothing }}",
        "{{ 1 + x }}",
    ],
)
def test_a_template_stays_in_its_sandbox(text: str) -> None:
    with pytest.raises(WordingError):
        render(said(a=text), "a", x=[])


@given(value=st.text())
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    assert render(said(a="[{{ value }}]"), "a", value=value) == f"[{value}]"
    assert render(said(a="[{{ value }}]"), "a", value="{{ 7 * 7 }}<b>&") == "[{{ 7 * 7 }}<b>&]"


def test_names_and_fields_of_a_template_are_seen() -> None:
    text = "{% if order.eta %}{{ order['id'] }}{% endif %}{% for t in things %}{{ t.x }}{% endfor %}{{ why }}"
    assert names(text) == {"order": {"eta", "id"}, "things": set(), "why": set()}


def test_the_head_of_the_file_names_all_values(harbor: Playbook) -> None:
    from tests.knowledge.conftest import HARBOR

    head = (HARBOR / "wording" / "en.yaml").read_text(encoding="utf-8").partition("\n\n")[0]
    given_names = {name for values in CONTRACT.values() for name in values}
    assert [name for name in sorted(given_names) if name not in head] == []
    assert harbor.wording["en"].locale == "en"
