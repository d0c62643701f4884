"""What is proved of conditions is so when they are evaluated, whatever the condition and the facts."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.plain import case_in_words
from knowledge.proof import SOMETHING_ELSE, Case, World
from knowledge.rules import Domain, FactType, RuleError, Scalar, Vocabulary, compile_rule, evaluate
from knowledge.syntax import tree

FACTS: dict[str, FactType] = {
    "state.repeats": "int",
    "time.hour": "int",
    "order.total": "double",
    "order.paid": "double",
    "order.status": "string",
    "order.note": "string",
    "order.code": "string",
    "state.confused": "bool",
}
STATUSES = ("shipped", "delivered", "cancelled")
VOCABULARY = Vocabulary(facts=FACTS, domains={"order.status": Domain(STATUSES), "time.hour": Domain(least=0, most=23)})
COMPARISONS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
INTS = st.sampled_from(["state.repeats", "time.hour", "state.repeats + time.hour", "2 * time.hour - 3", "-time.hour"])
DOUBLES = st.sampled_from(
    ["order.total", "order.paid", "order.total - order.paid", "double(time.hour)", "order.total * 0.5"]
)
TEXTS = st.sampled_from(["order.status", "order.note", '"shipped"', '"cancelled"', '"lost"'])
AMOUNTS = st.sampled_from(["0.0", "12.5", "50.0"])
LEFT_OPEN = ['order.note.startsWith("sh")', 'order.note.matches("^s.*d$")', "size(order.note) > 3"]
CONDITIONS = st.recursive(
    st.one_of(
        st.builds("{} {} {}".format, INTS, COMPARISONS, st.one_of(INTS, st.integers(-2, 26).map(str))),
        st.builds("{} {} {}".format, DOUBLES, COMPARISONS, st.one_of(DOUBLES, AMOUNTS)),
        st.builds("{} {} {}".format, TEXTS, COMPARISONS, TEXTS),
        st.builds("{} in [{}, {}]".format, TEXTS, TEXTS, TEXTS),
        st.sampled_from(["state.confused", "true", *LEFT_OPEN]),
    ),
    lambda part: st.one_of(
        st.builds("({} && {})".format, part, part),
        st.builds("({} || {})".format, part, part),
        st.builds("!({})".format, part),
        st.builds("({} ? {} : {})".format, part, part, part),
    ),
    max_leaves=8,
)
CASES: st.SearchStrategy[Case] = st.fixed_dictionaries(
    {
        "state.repeats": st.integers(-50, 50),
        "time.hour": st.integers(0, 23),
        "order.total": st.integers(-400, 400).map(lambda quarters: quarters / 4),
        "order.paid": st.integers(-400, 400).map(lambda quarters: quarters / 4),
        "order.status": st.sampled_from(STATUSES),
        "order.note": st.sampled_from(["", "shipped", "shed", "lost", "anything"]),
        "state.confused": st.booleans(),
    }
)
OPEN = ("matches", "startsWith", "size")
ANYTHING: Case = {
    "state.repeats": 0, "time.hour": 0, "order.total": 0.0, "order.paid": 0.0, "order.status": "shipped",
    "order.note": "", "order.code": "", "state.confused": False,
}  # fmt: skip


def holds(condition: str, case: Case) -> Scalar:
    return evaluate(compile_rule(condition, FACTS), case)


def shown(*conditions: str) -> Case | None:
    world = World(VOCABULARY, {})
    return world.case(*(world.condition(condition) for condition in conditions))


@given(CONDITIONS, CASES)
def test_what_is_proved_never_to_hold_never_holds(condition: str, case: Case) -> None:
    if holds(condition, case):
        assert shown(condition) is not None
    else:
        assert shown(f"!({condition})") is not None


@given(CONDITIONS)
def test_a_case_that_is_shown_is_one_where_it_holds(condition: str) -> None:
    """Unless it rests on what was left open: the order of texts, and what functions say of them."""
    case = shown(condition)
    if case is None or any(word in condition for word in OPEN) or _orders_texts(condition):
        return
    assert holds(condition, ANYTHING | case) is True, case


def _orders_texts(condition: str) -> bool:
    texts = "order.status", "order.note", '"shipped"', '"cancelled"', '"lost"'
    return any(f"{one} {sign}" in condition for one in texts for sign in "<>")


@pytest.mark.parametrize(
    "condition",
    [
        "time.hour > 23",
        'order.status == "lost"',
        "order.total > 10.0 && order.total <= 10.0",
        "order.total > order.paid && order.paid > order.total",
        'order.note.matches("a") && !order.note.matches("a")',
        "state.confused != state.confused",
        'order.status != "shipped" && !(order.status in ["delivered", "cancelled"])',
    ],
)
def test_what_can_never_be_is_proved(condition: str) -> None:
    assert shown(condition) is None


@pytest.mark.parametrize(
    "condition",
    [
        # Of three lengths of time, and of three lists, each can differ from both others.
        "duration(order.note) != duration(order.status) && duration(order.note) != duration('1s') "
        "&& duration(order.status) != duration('1s')",
        "[order.total] != [order.paid] && [order.total] != [1.0] && [order.paid] != [1.0]",
        "dyn(order.note) == dyn(3)",
        "dyn(state.confused) && dyn(order.total) == 1.0",
        "dyn(order.total) < dyn(order.note)",
        "state.repeats / 2 == 1 && state.repeats % 2 == 1",
        '(order.note + "x").endsWith("x")',
    ],
)
def test_what_is_not_modelled_is_never_called_impossible(condition: str) -> None:
    world = World(VOCABULARY, {})
    when = world.condition(condition)
    assert when is None or world.case(when) is not None


@given(condition=CONDITIONS, others=CASES)
def test_a_case_needs_no_other_facts_than_those_it_tells(condition: str, others: Case) -> None:
    world = World(VOCABULARY, {})
    case = world.case(world.condition(condition))
    assume(not world._open)  # of what is not modelled, a case says nothing
    if case is not None:
        known = {name: value for name, value in case.items() if not str(value).startswith(SOMETHING_ELSE)}
        unknown = {name: f"no document says {value}" for name, value in case.items() if name not in known}
        facts = {**others, "order.code": "any", **known, **unknown}
        assert evaluate(compile_rule(condition, FACTS), facts) is True


def test_what_does_not_matter_is_not_told() -> None:
    assert shown("state.confused || (order.total > 12.5 && order.total < 0.0)") == {"state.confused": True}
    assert shown("order.total == order.paid || true") == {}
    assert shown('order.note == order.code && order.note != "shipped"') == dict.fromkeys(
        ("order.code", "order.note"), SOMETHING_ELSE
    )


def test_a_case_is_told_in_plain_words() -> None:
    case = shown(
        'order.status != "shipped" && order.status != "delivered" && order.total == 12.5 && state.repeats == 3'
    )
    assert case is not None
    told = "the order's status is \"cancelled\", the order's total is 12.5, the state's repeats are 3"
    assert case_in_words(case, VOCABULARY) == told
    assert case_in_words(shown("state.confused") or {}, VOCABULARY) == "the state is confused"
    assert case_in_words({}, VOCABULARY) == "any case"
    unknown = shown('order.note != "a"')
    assert unknown == {"order.note": SOMETHING_ELSE}
    apart = shown('order.note != order.code && order.note != "a" && order.code != "a"')
    assert apart == {"order.code": SOMETHING_ELSE, "order.note": f"{SOMETHING_ELSE} (2)"}


def test_none_of_several_is_all_that_is_left() -> None:
    world = World(VOCABULARY, {})
    taken = [world.condition(f'order.status == "{status}"') for status in STATUSES]
    assert world.case(world.none_of(taken[:2])) == {"order.status": "cancelled"}
    assert world.case(world.none_of(taken)) is None
    assert world.case(world.none_of([])) is not None


def test_what_is_no_condition_and_what_is_not_described_is_left_alone() -> None:
    world = World(VOCABULARY, {})
    assert world.condition("order.total >") is None
    assert world.condition("[1, 2].exists(x, x == state.repeats)") is None
    assert tree(compile_rule("[1, 2].all(x, x > 0)", FACTS)) is None
    with pytest.raises(RuleError):
        list(world.never_so("order.nothing == 1"))


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("time.hour == 25 || state.confused", ("'time.hour' is never 25", "it is 0 to 23")),
        ("24 <= time.hour", ("'time.hour' is never 24 or more", "it is 0 to 23")),
        ("!(time.hour < 0)", ("'time.hour' is never less than 0", "it is 0 to 23")),
        ("time.hour in [3, 31]", ("'time.hour' is never 31", "it is 0 to 23")),
        ("order.weight == 3", ("'order.weight' is never 3", "it is one of 1, 2")),
        ("order.paid < 0.0", ("'order.paid' is never less than 0.0", "it is 0 or more")),
        ('order.status != "sent"', ("'order.status' is never 'sent'", "write one of cancelled, delivered, shipped")),
        (
            'order.status == "shiped" ? state.confused : true',
            ("'order.status' is never 'shiped'", "did you mean 'shipped'?"),
        ),
    ],
)
def test_a_fact_that_is_compared_with_what_it_never_is_is_told(condition: str, told: tuple[str, str]) -> None:
    domains = {**VOCABULARY.domains, "order.paid": Domain(least=0), "order.weight": Domain((1, 2))}
    world = World(Vocabulary(facts={**FACTS, "order.weight": "int"}, domains=domains), {})
    assert list(world.never_so(condition)) == [told]


def test_a_fact_that_is_compared_with_what_it_may_be_is_not() -> None:
    world = World(VOCABULARY, {})
    may = 'time.hour == 23 || state.repeats < -5 || order.status in ["shipped"] || state.confused == true'
    assert list(world.never_so(may)) == []
    assert list(world.never_so("time.hour + 2 == 25 || time.hour == state.repeats")) == []


def test_a_fact_by_another_name_is_another_fact() -> None:
    world = World(VOCABULARY, {})
    now, then = world.condition('order.status == "lost"'), world.condition("state.confused", {"state.confused": "was"})
    assert not world.possible(now)
    assert world.possible(then, world.none_of([world.condition("state.confused")]))
    assert not world.possible(world.open("it"), world.none_of([world.open("it")]))
    assert world.possible(world.open("it"), world.none_of([world.open("that")]))
