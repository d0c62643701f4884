"""What an event may hold: only what comes back from the file as it was. Anything else would lock its case for good."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent.casefile import events as e
from agent.casefile.records import Intent, Mood
from tests.agent.histories import history


def _deep(levels: int) -> Any:
    nested: Any = "end"
    for _ in range(levels):
        nested = {"deeper": nested}
    return nested


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "\ud800", _deep(250), {"a": [{"b": float("-inf")}]}, {"\udfff": 1}]
)
def test_what_json_cannot_keep_is_refused(value: Any) -> None:
    body = e.ModelAnswered.model_construct(model="m", question="q", step={"args": value})
    with pytest.raises(ValueError, match=r".+"):
        e.check_lasting(body)


def test_no_record_holds_a_number_that_is_none() -> None:
    with pytest.raises(ValidationError, match="finite"):
        Intent(id="i1", name="refund", confidence=float("nan"), text="money back")


def test_a_record_that_was_made_unchecked_is_refused() -> None:
    intent = Intent.model_construct(id="i1", name="refund", confidence=float("nan"), text="money back")
    body = e.IntakeRead.model_construct(model="m", language="en", mood=Mood(), intents=[intent])
    with pytest.raises(ValueError, match=r".+"):
        e.check_lasting(body)


@given(seed=st.integers(0, 10**9))
def test_every_event_of_a_valid_file_lasts(seed: int) -> None:
    for event in history(random.Random(seed), 30):
        e.check_lasting(event.body)
