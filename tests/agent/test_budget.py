"""What the agent may spend by itself is bounded; past it, a person goes on."""

import asyncio
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.budget import Purse
from agent.casefile import spending
from agent.casefile.records import Args
from agent.casefile.spending import Account, Spent
from agent.casefile.store import CaseFiles
from agent.desk import Desk
from agent.dispatch import prove, rule, start
from agent.errors import BudgetSpent
from agent.nodes.act import act
from agent.nodes.propose import propose
from agent.turn import OpenTurn
from knowledge.company import Budgets
from tests.agent.companies import AMPLE
from tests.agent.desks import authorised, desk_over, new_case, open_turn
from tests.agent.shop import Shop

ORDER: Args = {"order_id": "HG-1"}


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def desk(files: CaseFiles, shop: Shop) -> Desk:
    return desk_over(files, shop)


@pytest.fixture
async def turn(desk: Desk) -> OpenTurn:
    return await open_turn(desk, await new_case(desk))


def within(turn: OpenTurn, **budgets: Mapping[str, int]) -> OpenTurn:
    """The turn under these budgets; what is not named is plenty."""
    given = {name: AMPLE.model_copy(update=dict(budgets.get(name, {}))) for name in Budgets.model_fields}
    turn.purse = Purse(turn.desk, Budgets(**given), turn.case.case_id)
    return turn


async def hold(turn: OpenTurn, order_id: str) -> None:
    args: Args = {"order_id": order_id}
    rule(turn, "hold_order", args, intent="i1", found={})
    started = await start(turn, "hold_order", args, "i1")
    assert started is not None
    await prove(turn, started)


@pytest.mark.parametrize("budget", ["per_turn", "per_case", "per_customer_day"])
async def test_one_effect_too_many_is_not_sent_and_a_person_goes_on(turn: OpenTurn, shop: Shop, budget: str) -> None:
    within(turn, **{budget: {"effects": 2}})
    for order_id in ("HG-1", "HG-2"):
        await hold(turn, order_id)
    with pytest.raises(BudgetSpent, match="one change more"):
        await hold(turn, "HG-3")
    assert len(shop.called) == 2
    rule(turn, "hold_order", {"order_id": "HG-3"}, intent="i1", found={})
    update = await act({"step": {"kind": "action", "tool": "hold_order", "args": {"order_id": "HG-3"}}}, turn)
    assert update["step"]["reason"] == "budget"
    assert (await propose({}, turn))["step"] == {"kind": "person", "reason": "budget"}


async def test_what_a_person_approved_is_sent_even_so(turn: OpenTurn, shop: Shop) -> None:
    within(turn, per_turn={"effects": 1})
    await hold(turn, "HG-1")
    refund: Args = {"order_id": "HG-1", "amount": "5.00", "currency": "EUR"}
    authorised(turn, "issue_refund", refund)
    assert await start(turn, "issue_refund", refund, "i1") is not None
    assert len(shop.called) == 2


async def test_what_was_spent_earlier_counts_until_a_person_gives_the_case_back(desk: Desk, turn: OpenTurn) -> None:
    within(turn, per_case={"effects": 2})
    await hold(turn, "HG-1")
    await turn.finish()
    later = within(await open_turn(desk, turn.case.case_id), per_case={"effects": 2})
    await hold(later, "HG-2")
    with pytest.raises(BudgetSpent):
        await hold(later, "HG-3")
    async with desk.files.database.write() as tx:
        await spending.forget(tx, desk.tenant, Account.of_case(turn.case.case_id))
    await hold(within(later, per_case={"effects": 2}), "HG-3")


async def test_a_customers_cases_share_the_day_even_side_by_side(desk: Desk, shop: Shop) -> None:
    turns = [await open_turn(desk, await new_case(desk)) for _ in range(5)]
    for one in turns:
        within(one, per_customer_day={"effects": 3})
    tried = await asyncio.gather(*(hold(one, "HG-1") for one in turns), return_exceptions=True)
    assert sorted(type(result).__name__ for result in tried) == ["BudgetSpent"] * 2 + ["NoneType"] * 3
    assert len(shop.called) == 3
    stranger = within(await open_turn(desk, await new_case(desk, customer_id="cus_2")), per_customer_day={"effects": 3})
    assert not await stranger.is_over_budget()


@pytest.mark.parametrize("spent", [{"tool_calls": 3}, {"model_calls": 3}])
@pytest.mark.parametrize("budget", ["per_turn", "per_case", "per_customer_day"])
async def test_calls_are_bounded_too(turn: OpenTurn, budget: str, spent: dict[str, int]) -> None:
    within(turn, **{budget: spent})
    for _ in range(3):
        assert not await turn.is_over_budget()
        turn.purse.spend(**dict.fromkeys(spent, 1))
    assert await turn.is_over_budget()


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 3), max_size=8))
def test_counts_add_up(counts: list[tuple[int, int, int]]) -> None:
    total = sum((Spent(*count) for count in counts), Spent())
    for count in counts:
        total -= Spent(*count)
    assert total == Spent()
