"""Nothing is sent without a ruling in force and the yes it asks for, and nothing before it is written down (G1, G8)."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from agent.casefile import effects
from agent.casefile import events as e
from agent.casefile.canonical import proposal_digest
from agent.casefile.chain import first_broken
from agent.casefile.records import Args, Intent, Level, Mood, Outcome, Passage, Proposal, Receipt
from agent.casefile.store import CaseFiles
from agent.desk import Desk
from agent.dispatch import authority, prove, rule, start
from agent.errors import LateWriter, NotAuthorised
from agent.turn import OpenTurn
from tests.agent.companies import clause
from tests.agent.companies import rule as says
from tests.agent.desks import approve, authorised, desk_over, new_case, open_turn, say_yes
from tests.agent.shop import Shop
from tools.connectors.connection import forbidden
from tools.contract import Catalog, Scope, ToolLost
from tools.finding import Finding, Record

ORDER: Args = {"order_id": "HG-1"}
OTHER: Args = {"order_id": "HG-2"}
REFUND: Args = {"order_id": "HG-1", "amount": "12.50", "currency": "EUR"}


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def desk(files: CaseFiles, shop: Shop) -> Desk:
    return desk_over(files, shop)


@pytest.fixture
async def turn(desk: Desk) -> OpenTurn:
    return await open_turn(desk, await new_case(desk))


async def states(turn: OpenTurn) -> list[str]:
    async with turn.desk.files.database.read() as db:
        return list((await effects.states(db, turn.case.case_id)).values())


async def nothing_was_sent(turn: OpenTurn, shop: Shop) -> None:
    """Neither to the shop nor into the file, and the turn can go on."""
    assert (shop.called, await states(turn), turn.case.open_effects) == ([], [], {})
    await turn.commit()
    file = await turn.desk.files.events(turn.case.case_id)
    assert not [event for event in file if isinstance(event.body, e.EffectStarted)]


def ruled(turn: OpenTurn, args: Args = ORDER, tool: str = "cancel_order") -> Proposal:
    return rule(turn, tool, args, intent="i1", found={}).proposal


# -- what the policy sees ---------------------------------------------------------------------------------------------


def found(*support: float) -> e.PassagesFound:
    passages = [
        Passage(id=f"delivery/{n}", kind="clause", title="", text="", release="rel", locale="en", support=one)
        for n, one in enumerate(support)
    ]
    return e.PassagesFound(question="Can you hold it?", passages=passages)


def seen(turn: OpenTurn, tool: str, outcome: Outcome) -> e.Ruled:
    about = rule(turn, tool, ORDER, intent="i2", found={})
    assert about.ruling.outcome is outcome
    return about


@pytest.mark.parametrize(("support", "score"), [((), 0.0), ((0.4, 0.7), 0.7)])
async def test_a_question_is_supported_as_well_as_its_best_passage(
    turn: OpenTurn, support: tuple[float, ...], score: float
) -> None:
    asks = Intent(id="i2", name="question", confidence=0.9, text="Can you hold it?")
    turn.note(e.IntakeRead(model="mute", language="en", mood=Mood(), intents=[asks]))
    turn.note(found(*support))
    assert seen(turn, "hold_order", Outcome.ALLOW).facts["support.score"] == score
    assert rule(turn, "cancel_order", ORDER, intent="i1", found={}).facts["support.score"] == 1.0, "by its workflow"


async def test_a_rule_may_want_a_person_where_no_passage_carries_a_proposal(files: CaseFiles, shop: Shop) -> None:
    weak = says('action.name == "hold_order" && support.score < 0.5', "approve")
    turn = await open_turn(desk := desk_over(files, shop, clause("rules/1", weak)), await new_case(desk))
    asks = Intent(id="i2", name="question", confidence=0.9, text="Can you hold it?")
    turn.note(e.IntakeRead(model="mute", language="en", mood=Mood(), intents=[asks]))
    turn.note(found(0.3))
    seen(turn, "hold_order", Outcome.APPROVE)
    turn.note(found(0.3, 0.6))
    seen(turn, "hold_order", Outcome.ALLOW)


async def test_nothing_is_promised_by_a_system_that_could_not_be_read(turn: OpenTurn) -> None:
    turn.note(e.LookedUp(tool="get_order", args=ORDER, result=None, failed="timeout"))
    for tool in ("hold_order", "cancel_order"):
        assert rule(turn, tool, ORDER, intent="i1", found={}).ruling.outcome is Outcome.HANDOFF
    assert rule(turn, "hold_order", ORDER, intent=None, found={}).ruling.outcome is Outcome.ALLOW, "the desk's own step"
    turn.note(e.LookedUp(tool="get_order", args=ORDER, result={"id": "HG-1"}))
    assert rule(turn, "cancel_order", ORDER, intent="i1", found={}).ruling.outcome is Outcome.CONFIRM


# -- what is sent -----------------------------------------------------------------------------------------------------


async def test_what_needs_no_yes_is_sent(turn: OpenTurn, shop: Shop) -> None:
    ruled(turn, tool="hold_order")
    started = await start(turn, "hold_order", ORDER, "i1")
    assert started is not None
    assert (started.yes.partition(":")[0], started.target.id, shop.called) == ("policy", "HG-1", [started.effect])
    assert (await prove(turn, started)).state == "verified"


@pytest.mark.parametrize(("tool", "args"), [("cancel_order", ORDER), ("issue_refund", REFUND)])
async def test_with_the_yes_it_needs_it_is_sent_once(turn: OpenTurn, shop: Shop, tool: str, args: Args) -> None:
    authorised(turn, tool, args)
    started = await start(turn, tool, args, "i1")
    assert started is not None
    assert await start(turn, tool, args, "i1") == started, "it is not started again"
    receipt = await prove(turn, started)
    assert await prove(turn, started) == receipt, "nor proven again"
    await turn.commit()
    assert (receipt.state, receipt.args, receipt.effect) == ("verified", args, started.effect)
    assert shop.called == shop.written == [started.effect]
    assert await states(turn) == ["verified"]
    assert (turn.case.open_effects, turn.case.receipts, turn.case.yeses) == ({}, [receipt], [])


async def test_a_persons_yes_is_enough_where_the_customers_would_be(turn: OpenTurn) -> None:
    approve(turn, ruled(turn))
    assert await start(turn, "cancel_order", ORDER, "i1") is not None


async def test_an_edited_approval_sends_what_was_edited(turn: OpenTurn, shop: Shop) -> None:
    less = REFUND | {"amount": "5.00"}
    approve(turn, ruled(turn, REFUND, "issue_refund"), edited=less)
    ruled(turn, less, "issue_refund")
    with pytest.raises(NotAuthorised):
        await start(turn, "issue_refund", REFUND, "i1")
    started = await start(turn, "issue_refund", less, "i1")
    assert started is not None
    assert [row["amount"] for row in shop.refunds] == ["5.00"]


async def test_the_next_matter_of_the_same_kind_needs_a_yes_of_its_own(turn: OpenTurn, shop: Shop) -> None:
    authorised(turn, "cancel_order", ORDER)
    await start(turn, "cancel_order", ORDER, "i1")
    ruled(turn, OTHER)
    with pytest.raises(NotAuthorised):
        await start(turn, "cancel_order", OTHER, "i1")
    assert len(shop.called) == 1


# -- what is not ------------------------------------------------------------------------------------------------------


def no_ruling(turn: OpenTurn) -> None:
    digest = proposal_digest(turn.case.case_id, "cus_1", "cancel_order", ORDER)
    say_yes(turn, Proposal(action="cancel_order", args=ORDER, digest=digest))


def changed_arguments(turn: OpenTurn) -> None:
    say_yes(turn, ruled(turn, OTHER))
    ruled(turn)


def other_tool(turn: OpenTurn) -> None:
    ruled(turn, tool="hold_order")


def another_release(turn: OpenTurn) -> None:
    say_yes(turn, ruled(turn))
    last = turn.noted(e.Ruled)
    assert last is not None
    turn.note(last.model_copy(update={"release": "another"}))


def no_yes(turn: OpenTurn) -> None:
    ruled(turn)


def expired_yes(turn: OpenTurn) -> None:
    say_yes(turn, ruled(turn), lapses_after_s=-1)


def foreign_yes(turn: OpenTurn) -> None:
    ruled(turn)
    for case_id, customer in (("another", "cus_1"), (turn.case.case_id, "cus_2"), (turn.case.case_id, None)):
        digest = proposal_digest(case_id, customer, "cancel_order", ORDER)
        say_yes(turn, Proposal(action="cancel_order", args=ORDER, digest=digest))


def another_customer_since(turn: OpenTurn) -> None:
    say_yes(turn, ruled(turn))
    turn.note(e.IdentityChecked(facts=[], matched=True, customer_id="cus_2"))


LACKING = [
    no_ruling, changed_arguments, other_tool, another_release, no_yes, expired_yes, foreign_yes, another_customer_since,
]  # fmt: skip


@pytest.mark.parametrize("lacking", LACKING)
async def test_without_the_authority_it_needs_nothing_is_sent(
    turn: OpenTurn, shop: Shop, lacking: Callable[[OpenTurn], None]
) -> None:
    lacking(turn)
    with pytest.raises(NotAuthorised):
        await start(turn, "cancel_order", ORDER, "i1")
    await nothing_was_sent(turn, shop)


async def test_a_yes_that_was_used_is_none(desk: Desk, turn: OpenTurn, shop: Shop) -> None:
    say_yes(turn, ruled(turn))
    yes = turn.case.yeses[0]
    started = await start(turn, "cancel_order", ORDER, "i1")
    assert started is not None
    await prove(turn, started)
    await turn.finish()
    later = await open_turn(desk, turn.case.case_id)
    ruled(later)
    with pytest.raises(NotAuthorised):
        await start(later, "cancel_order", ORDER, "i1")
    later.case = later.case.model_copy(update={"yeses": [yes]})  # as a fold would have it that forgot
    with pytest.raises(NotAuthorised, match="already started"):
        await start(later, "cancel_order", ORDER, "i1")
    assert shop.called == [started.effect]
    assert later.case.open_effects == {}, "what was not written did not happen"
    await later.finish()


async def test_a_yes_that_lapses_while_the_system_is_read_starts_nothing(turn: OpenTurn, shop: Shop) -> None:
    say_yes(turn, ruled(turn), lapses_after_s=0.2)
    shop.at_read = lambda: time.sleep(0.1)
    for _ in range(2):
        with pytest.raises(NotAuthorised):
            await start(turn, "cancel_order", ORDER, "i1")
    await nothing_was_sent(turn, shop)


async def test_what_could_not_be_read_beforehand_stays_planned(turn: OpenTurn, shop: Shop) -> None:
    say_yes(turn, ruled(turn))
    shop.lost_reads = 1
    with pytest.raises(ToolLost):
        await start(turn, "cancel_order", ORDER, "i1")
    await turn.commit()
    assert (shop.called, await states(turn)) == ([], ["planned"])
    assert await start(turn, "cancel_order", ORDER, "i1") is not None
    assert await states(turn) == ["started"], "committed before the call"
    await turn.commit()
    assert await states(turn) == ["returned"]


async def test_a_ruling_of_an_earlier_turn_is_none(desk: Desk, turn: OpenTurn, shop: Shop) -> None:
    say_yes(turn, ruled(turn))
    await turn.finish()
    later = await open_turn(desk, turn.case.case_id)
    with pytest.raises(NotAuthorised):
        await start(later, "cancel_order", ORDER, "i1")
    await nothing_was_sent(later, shop)


async def test_only_the_last_ruling_counts(files: CaseFiles, shop: Shop) -> None:
    desk = desk_over(files, shop, clause("rules/1", says("order.status == 'shipped'", "forbid")))
    turn = await open_turn(desk, await new_case(desk))
    say_yes(turn, rule(turn, "cancel_order", ORDER, intent="i1", found={"order": {"status": "processing"}}).proposal)
    rule(turn, "cancel_order", ORDER, intent="i1", found={"order": {"status": "shipped"}})
    with pytest.raises(NotAuthorised):
        await start(turn, "cancel_order", ORDER, "i1")
    await nothing_was_sent(turn, shop)


@pytest.mark.parametrize(("then", "outcome"), [
    ("approve", Outcome.APPROVE), ("handoff", Outcome.HANDOFF), ("forbid", Outcome.FORBID),
])  # fmt: skip
async def test_a_customers_yes_is_not_enough_for_a_stricter_ruling(
    files: CaseFiles, shop: Shop, then: str, outcome: Outcome
) -> None:
    desk = desk_over(files, shop, clause("rules/1", says("true", then)))
    turn = await open_turn(desk, await new_case(desk))
    noted = rule(turn, "cancel_order", ORDER, intent="i1", found={})
    say_yes(turn, noted.proposal)
    assert (noted.ruling.outcome, authority(turn, noted)) == (outcome, None)
    if outcome is not Outcome.APPROVE:
        approve(turn, noted.proposal)
        assert authority(turn, noted) is None, "nor is a person's"
    with pytest.raises(NotAuthorised):
        await start(turn, "cancel_order", ORDER, "i1")
    await nothing_was_sent(turn, shop)


async def test_a_yes_of_somebody_unknown_is_none(desk: Desk, shop: Shop) -> None:
    turn = await open_turn(desk, await new_case(desk, customer_id=None))
    noted = rule(turn, "cancel_order", ORDER, intent="i1", found={})
    say_yes(turn, noted.proposal)
    assert (noted.ruling.outcome, turn.case.identity.level) == (Outcome.IDENTIFY, Level.anonymous)
    with pytest.raises(NotAuthorised):
        await start(turn, "cancel_order", ORDER, "i1")
    await nothing_was_sent(turn, shop)


async def test_what_the_system_refuses_beforehand_is_not_sent(turn: OpenTurn, shop: Shop) -> None:
    authorised(turn, "cancel_order", {"order_id": "HG-9"})
    assert await start(turn, "cancel_order", {"order_id": "HG-9"}, "i1") is None
    await nothing_was_sent(turn, shop)
    assert turn.case.yeses, "the yes is not used up"


async def test_what_cannot_be_read_beforehand_is_not_sent(turn: OpenTurn, shop: Shop) -> None:
    authorised(turn, "cancel_order", ORDER)
    shop.lost_reads = 1
    with pytest.raises(ToolLost):
        await start(turn, "cancel_order", ORDER, "i1")
    await nothing_was_sent(turn, shop)


async def test_somebody_elses_order_is_not_touched(desk: Desk, shop: Shop) -> None:
    turn = await open_turn(desk, await new_case(desk, customer_id="cus_2"))
    authorised(turn, "cancel_order", ORDER)
    assert await start(turn, "cancel_order", ORDER, "i1") is None
    await nothing_was_sent(turn, shop)


# -- before and beside the call ---------------------------------------------------------------------------------------


async def test_the_effect_is_committed_before_the_call(turn: OpenTurn, shop: Shop, tmp_path: Path) -> None:
    seen: list[tuple[object, ...]] = []

    def look(key: str) -> None:
        """As another process sees the database at the moment of the call."""
        with sqlite3.connect(f"file:{tmp_path / 'cases.db'}?mode=ro", uri=True) as db:
            seen.extend(db.execute("SELECT effect, state, yes FROM effects"))
            seen.extend(db.execute("SELECT kind FROM events ORDER BY seq DESC LIMIT 1"))
        db.close()
        assert key == seen[0][0]

    shop.at_call = look
    authorised(turn, "cancel_order", ORDER)
    yes = turn.case.yeses[0].id
    started = await start(turn, "cancel_order", ORDER, "i1")
    assert started is not None
    assert seen == [(started.effect, "started", yes), ("EffectStarted",)]


async def test_a_worker_that_lost_the_case_sends_nothing(desk: Desk, turn: OpenTurn, shop: Shop) -> None:
    authorised(turn, "cancel_order", ORDER)
    await open_turn(desk, turn.case.case_id, owner="another")
    with pytest.raises(LateWriter):
        await start(turn, "cancel_order", ORDER, "i1")
    assert (shop.called, await states(turn)) == ([], [])


async def test_a_worker_that_is_overtaken_in_the_act_is_late(desk: Desk, turn: OpenTurn, shop: Shop) -> None:
    authorised(turn, "cancel_order", ORDER)
    await turn.commit()
    other = await open_turn(desk, turn.case.case_id, owner="another")
    started = await start(other, "cancel_order", ORDER, "i1")
    with pytest.raises(LateWriter):
        await start(turn, "cancel_order", ORDER, "i1")
    assert started is not None
    assert shop.called == [started.effect]


async def test_a_late_worker_does_not_send_again(desk: Desk, turn: OpenTurn, shop: Shop) -> None:
    authorised(turn, "issue_refund", REFUND)
    shop.faults = ["error_before_write"]
    started = await start(turn, "issue_refund", REFUND, "i1")
    assert started is not None
    await open_turn(desk, turn.case.case_id, owner="another")
    with pytest.raises(LateWriter):
        await prove(turn, started)
    assert (len(shop.called), shop.refunds) == (1, [])


async def test_of_two_processes_with_one_turn_one_sends(files: CaseFiles, elsewhere: CaseFiles, shop: Shop) -> None:
    here, there = desk_over(files, shop), desk_over(elsewhere, shop)
    for order in ("HG-1", "HG-2", "HG-3"):
        args: Args = {"order_id": order}
        case_id = await new_case(here)
        turns = [await open_turn(here, case_id)]
        authorised(turns[0], "cancel_order", args)
        await turns[0].commit()
        turns.append(await open_turn(there, case_id))
        turns[0].lease = turns[1].lease  # one that believes it still has the case
        tried = await asyncio.gather(*(start(t, "cancel_order", args, "i1") for t in turns), return_exceptions=True)
        assert sorted(type(came).__name__ for came in tried) == ["EffectStarted", "LateWriter"]
        head = await files.head(case_id)
        assert first_broken(await files.rows(case_id), head=(head.seq, head.hash)) is None
    assert len(shop.called) == len(set(shop.called)) == 3


# -- what a tool is told ----------------------------------------------------------------------------------------------


async def attempt(files: CaseFiles, shop: Shop, **other: Any) -> Receipt:
    """Hold an order with a tool that is in this respect another one."""
    desk = desk_over(files, shop)
    changed = replace(desk.catalog.action("hold_order"), **other)
    desk = replace(desk, catalog=Catalog({**desk.catalog.tools, "hold_order": changed}))
    turn = await open_turn(desk, await new_case(desk))
    ruled(turn, tool="hold_order")
    started = await start(turn, "hold_order", ORDER, "i1")
    assert started is not None
    return await prove(turn, started)


async def test_each_call_of_an_action_knows_the_effect_that_it_is_about(files: CaseFiles, shop: Shop) -> None:
    hold, told = desk_over(files, shop).catalog.action("hold_order"), list[str]()

    async def before(args: Any, scope: Scope) -> JsonValue:
        told.append(scope.effect)
        return await hold.before(args, scope)

    async def run(args: Any, scope: Scope, key: str) -> Record:
        told.append(scope.effect)
        return await hold.run(args, scope, key)

    async def verify(args: Any, scope: Scope, earlier: JsonValue) -> Finding:
        told.append(scope.effect)
        return await hold.verify(args, scope, earlier)

    receipt = await attempt(files, shop, before=before, run=run, verify=verify)
    assert told == [receipt.effect] * 3 == shop.called * 3


async def test_what_a_queue_has_taken_and_nobody_can_see_yet_is_neither_done_nor_wrong(
    files: CaseFiles, shop: Shop
) -> None:
    shop.faults = ["lost_write"] * 2
    assert (await attempt(files, shop)).state == "mismatch"
    assert (await attempt(files, shop, queued=True)).state == "unknown"
    assert (await attempt(files, shop, queued=True)).state == "verified"


# -- what nobody classified -------------------------------------------------------------------------------------------


async def test_a_tool_that_nobody_classified_is_never_sent_whatever_the_playbook_says(files: CaseFiles) -> None:
    shop = Shop()
    refunds = forbidden("cancel_order", "Cancel it.", "elsewhere")
    desk = desk_over(files, shop)
    desk = replace(desk, catalog=Catalog({**desk.catalog.tools, "cancel_order": refunds}))
    turn = await open_turn(desk, await new_case(desk))
    about = rule(turn, "cancel_order", {}, intent="i1", found={})
    assert about.ruling.outcome is Outcome.FORBID
    say_yes(turn, about.proposal)
    assert authority(turn, about) is None
    with pytest.raises(NotAuthorised):
        await start(turn, "cancel_order", {}, "i1")
    await nothing_was_sent(turn, shop)
