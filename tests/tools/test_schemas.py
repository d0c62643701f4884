"""Argument models never take what a schema refuses, and the customer is never an argument."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator
from pydantic import JsonValue, ValidationError

from tests.tools.conftest import scope_of
from tools.connectors.declaring import Argument, Bound, Value
from tools.connectors.working import resolved
from tools.contract import Arguments
from tools.declared import DeclarationError
from tools.schemas import Document, Schema, arguments

NUMBERS = st.integers(-20, 20) | st.floats(-20, 20)
PATTERNS = st.sampled_from(["^[a-c]+$", "x", "^$", "^[0-9]{2}$", "a|b"])
BOUNDS = st.fixed_dictionaries(
    {}, optional={"minimum": NUMBERS, "maximum": NUMBERS, "multipleOf": st.sampled_from([1, 2, 0.5])}
)
LENGTHS = st.fixed_dictionaries(
    {}, optional={"minLength": st.integers(0, 3), "maxLength": st.integers(0, 5), "pattern": PATTERNS}
)
SCALARS = (
    st.builds(lambda more: {"type": "string"} | more, LENGTHS)
    | st.builds(lambda kind, more: {"type": kind} | more, st.sampled_from(["integer", "number"]), BOUNDS)
    | st.just({"type": "boolean"})
    | st.builds(lambda values: {"enum": values}, st.lists(st.text("abc", max_size=3), min_size=1, max_size=3))
    | st.builds(lambda value: {"const": value}, st.integers(0, 3))
)
"""Schemas of one scalar."""
SCHEMAS = (
    SCALARS
    | st.builds(lambda inner: {"anyOf": [inner, {"type": "null"}]}, SCALARS)
    | st.builds(lambda inner: {"allOf": [inner], "description": "more"}, SCALARS)
    | st.just({"$ref": "#/$defs/named"})
)
VALUES = st.none() | st.booleans() | NUMBERS | st.text("abcx019", max_size=6) | st.lists(st.integers(), max_size=1)


@given(schema=SCHEMAS, named=SCALARS, value=VALUES, draft4=st.booleans(), optional=st.booleans())
def test_no_value_passes_that_the_schema_refuses(
    schema: dict[str, Any], named: dict[str, Any], value: JsonValue, draft4: bool, optional: bool
) -> None:
    whole = {"$defs": {"named": named}, "properties": {"x": schema}}
    judge = Draft4Validator if draft4 else Draft202012Validator
    model = arguments("some", {"x": ([Schema(Document(whole, draft4=draft4), whole).at("x")], optional)})
    try:
        taken = model.model_validate({"x": value}).model_dump(mode="json")
    except ValidationError:
        return
    if taken["x"] is None:
        assert optional
        return
    judge(whole).validate(taken)
    assert model.model_validate(json.loads(json.dumps(taken))).model_dump(mode="json") == taken


@given(value=st.text() | st.integers() | st.booleans(), customer=st.text("abc019-_", min_size=1))
def test_no_argument_changes_where_the_customer_goes(value: JsonValue, customer: str) -> None:
    sent: dict[str, Value] = {"a": Bound(scope="customer_id"), "b": Argument(arg="given"), "c": "customer_id"}

    class Given(Arguments):
        given: str | int | bool

    found = resolved(sent, Given.model_validate({"given": value}), scope_of(customer))
    assert (found["a"], found["b"], found["c"]) == (customer, value, "customer_id")


@pytest.mark.parametrize(
    "schema",
    [{}, {"type": "object"}, {"type": "array"}, {"type": ["string", "integer"]}],
)
def test_what_is_no_scalar_is_no_argument(schema: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError, match="'x' is no single text"):
        arguments("some", {"x": ([Schema(Document({}), schema)], False)})


@pytest.mark.parametrize("ref", ["#/nowhere", "other.yaml#/x", "#/itself"])
def test_references_stay_in_the_document(ref: str) -> None:
    document = Document({"itself": {"$ref": "#/itself"}})
    with pytest.raises(DeclarationError, match="refers to"):
        document.resolved({"$ref": ref})


def test_a_model_is_told_what_the_schema_asks_for() -> None:
    schema = Schema(
        Document({}), {"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "null"}], "description": "It."}
    )
    model = arguments("some", {"x": ([schema], True)})
    assert model.model_json_schema()["properties"]["x"] == {
        "type": "string", "pattern": "^a", "description": "It.", "default": None, "title": "X",
    }  # fmt: skip
