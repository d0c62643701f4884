"""A system that is down costs nobody their time, and nothing is promised that needs it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.casefile.records import Args, Outcome
from agent.casefile.store import CaseFiles
from agent.desk import Desk
from agent.dispatch import prove, rule, start
from agent.nodes.look_up import look_up
from agent.systems import COOL_DOWN_S, STRIKES, Systems
from agent.turn import OpenTurn
from tests.agent.desks import authorised, desk_over, new_case, open_turn
from tests.agent.shop import Shop
from tools.contract import ToolLost, ToolRefused

ORDER: Args = {"order_id": "HG-1"}


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lose(systems: Systems, case_id: str, system: str = "shop") -> None:
    with pytest.raises(ToolLost), systems.watched(system, case_id):
        raise ToolLost("timeout")


def work(systems: Systems, system: str = "shop") -> None:
    with systems.watched(system, "any"):
        pass


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def systems(clock: Hands) -> Systems:
    return Systems(clock)


def test_a_system_that_fails_several_cases_in_a_row_is_left_alone_and_tried_again(
    systems: Systems, clock: Hands
) -> None:
    for number in range(STRIKES):
        assert systems.is_up("shop")
        lose(systems, f"case {number}")
    assert not systems.is_up("shop")
    assert systems.is_up("mail")
    with pytest.raises(ToolLost, match="left alone") as refused, systems.watched("shop", "case 9"):
        pytest.fail("no call is made")
    assert refused.value.answered, "nothing can come of a call that was not made"
    clock.now += COOL_DOWN_S
    work(systems)
    assert systems.is_up("shop")


def test_after_the_cool_down_one_call_is_tried_and_the_others_wait_for_it(systems: Systems, clock: Hands) -> None:
    for number in range(STRIKES):
        lose(systems, f"case {number}")
    clock.now += COOL_DOWN_S
    with systems.watched("shop", "first"), pytest.raises(ToolLost, match="left alone"):
        work(systems)
    work(systems)


def test_one_case_alone_takes_a_system_away_from_nobody(systems: Systems) -> None:
    for _ in range(10 * STRIKES):
        lose(systems, "the same case")
    assert systems.is_up("shop")


def test_a_refusal_is_an_answer(systems: Systems) -> None:
    for number in range(10 * STRIKES):
        with pytest.raises(ToolRefused), systems.watched("shop", f"case {number}"):
            raise ToolRefused("no")
    assert systems.is_up("shop")


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "works"]), max_size=30))
def test_a_system_is_left_alone_only_when_enough_cases_failed_since_it_worked_last(calls: list[str]) -> None:
    systems = Systems(lambda: 0.0)
    failed = set[str]()
    for call in calls:
        if not systems.is_up("shop"):
            break
        if call == "works":
            work(systems)
            failed.clear()
        else:
            lose(systems, call)
            failed.add(call)
    assert systems.is_up("shop") == (len(failed) < STRIKES)


# -- in a turn --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def desk(files: CaseFiles, shop: Shop) -> Desk:
    return desk_over(files, shop)


@pytest.fixture
async def turn(desk: Desk) -> OpenTurn:
    return await open_turn(desk, await new_case(desk))


def goes_down(desk: Desk) -> None:
    for number in range(STRIKES):
        lose(desk.systems, f"case {number}")


async def test_nothing_is_promised_and_nothing_called_while_it_is_left_alone(turn: OpenTurn, shop: Shop) -> None:
    goes_down(turn.desk)
    shop.at_read = lambda: pytest.fail("the system is left alone")
    ruled = rule(turn, "cancel_order", ORDER, intent="i1", found={})
    assert (ruled.ruling.outcome, ruled.facts["systems.available"]) == (Outcome.HANDOFF, False)
    step = await look_up({"step": {"kind": "look_up", "intent": "i1", "tool": "get_order", "args": ORDER}}, turn)
    assert step["route"] == "propose"
    with pytest.raises(ToolLost, match="left alone"), turn.calling("shop"):
        pytest.fail("no call is made")


async def test_an_effect_waits_and_a_step_of_the_desks_own_is_tried_even_so(turn: OpenTurn, shop: Shop) -> None:
    authorised(turn, "hold_order", ORDER)
    goes_down(turn.desk)
    with pytest.raises(ToolLost, match="left alone"):
        await start(turn, "hold_order", ORDER, "i1")
    assert shop.called == []
    rule(turn, "hold_order", ORDER, intent=None, found={})
    assert await start(turn, "hold_order", ORDER, None) is not None


async def test_what_was_sent_is_proven_even_so(turn: OpenTurn) -> None:
    authorised(turn, "hold_order", ORDER)
    started = await start(turn, "hold_order", ORDER, None)
    goes_down(turn.desk)
    assert started is not None
    assert (await prove(turn, started)).state == "verified"
    assert turn.desk.systems.is_up("shop"), "the read found it well"
