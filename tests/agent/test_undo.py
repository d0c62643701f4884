"""What a person has taken back is an effect like any other: ruled, sent once, proven, and only what can be."""

import asyncio
from collections.abc import Sequence

import pytest

from agent import undo
from agent.casefile import effects, inbox
from agent.casefile import events as e
from agent.casefile.events import Event
from agent.casefile.records import Args, Receipt
from agent.casefile.store import CaseFiles
from agent.desk import Desk
from agent.dispatch import prove, start
from agent.errors import NotUndoable
from agent.turn import OpenTurn
from tests.agent.companies import clause
from tests.agent.companies import rule as says
from tests.agent.desks import authorised, desk_over, new_case, open_turn
from tests.agent.shop import Killed, Shop, WriteFault

FIRST: Args = {"order_id": "HG-1", "note": "leave it at the door"}
SECOND: Args = {"order_id": "HG-1", "note": "ring twice"}


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def desk(files: CaseFiles, shop: Shop) -> Desk:
    return desk_over(files, shop)


async def labelled(desk: Desk, *labels: Args) -> tuple[str, list[str]]:
    """A case of a person's in which the order was labelled so, one after the other; and the effects."""
    case_id, made = await new_case(desk), list[str]()
    for label in labels:
        turn = await open_turn(desk, case_id)
        authorised(turn, "label_order", label)
        started = await start(turn, "label_order", label, "i1")
        assert started is not None
        await prove(turn, started)
        made.append(started.effect)
        await turn.commit()
    turn.note(e.TakenOver(by="Mara"))
    await turn.finish()
    return case_id, made


async def take_back(desk: Desk, case_id: str, effect: str) -> OpenTurn:
    """A person's click, and the turn that carries it out."""
    await undo.ask(desk, case_id, effect, "Mara", "The customer changed their mind.")
    turn = await open_turn(desk, case_id)
    await undo.take_back(turn)
    return turn


async def history(desk: Desk, case_id: str) -> Sequence[Event]:
    return await desk.files.events(case_id)


def receipts(events: Sequence[Event]) -> list[Receipt]:
    return [event.body.receipt for event in events if isinstance(event.body, e.Verified)]


async def test_what_stood_there_before_is_restored_and_proven(desk: Desk, shop: Shop) -> None:
    case_id, (_, second) = await labelled(desk, FIRST, SECOND)
    await take_back(desk, case_id, second)
    assert shop.orders["HG-1"]["note"] == FIRST["note"]
    file = await history(desk, case_id)
    last = receipts(file)[-1]
    assert (last.state, last.args) == ("verified", FIRST)
    asked = next(event.body for event in file if isinstance(event.body, e.UndoAsked))
    started = [event.body for event in file if isinstance(event.body, e.EffectStarted)][-1]
    assert (asked.by, asked.effect, started.yes) == ("Mara", second, f"undo:{asked.undo_id}")
    async with desk.files.database.read() as db:
        assert list((await effects.states(db, case_id)).values()) == ["verified"] * 3


async def test_it_is_taken_back_once(desk: Desk, shop: Shop) -> None:
    case_id, (_, second) = await labelled(desk, FIRST, SECOND)
    asked = await asyncio.gather(
        *(undo.ask(desk, case_id, second, "Mara", "Wrong.") for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(one, str) for one in asked) == 1
    assert all(isinstance(one, str | NotUndoable) for one in asked)
    await undo.take_back(await open_turn(desk, case_id))
    with pytest.raises(NotUndoable):
        await undo.ask(desk, case_id, second, "Mara", "Again.")
    assert len(shop.written) == 3


async def test_what_cannot_be_taken_back_is_refused(desk: Desk, shop: Shop) -> None:
    case_id, (first,) = await labelled(desk, FIRST)  # there was nothing before it
    for effect in (first, "f" * 64):
        with pytest.raises(NotUndoable):
            await undo.ask(desk, case_id, effect, "Mara", "Wrong.")
    assert len(shop.written) == 1


async def test_what_is_not_proven_cannot_be_taken_back(desk: Desk, shop: Shop) -> None:
    shop.faults = ["refused"]
    shop.orders["HG-1"]["note"] = "old"
    case_id, (first,) = await labelled(desk, FIRST)
    with pytest.raises(NotUndoable):
        await undo.ask(desk, case_id, first, "Mara", "Wrong.")


async def test_a_case_that_is_another_customers_by_now_touches_nothing(desk: Desk) -> None:
    case_id, (_, second) = await labelled(desk, FIRST, SECOND)
    turn = await open_turn(desk, case_id)
    turn.note(e.IdentityChecked(facts=[], matched=True, customer_id="cus_2"))
    await turn.finish()
    with pytest.raises(NotUndoable):
        await undo.ask(desk, case_id, second, "Mara", "Wrong.")


async def test_the_policy_still_forbids_and_the_file_says_so(files: CaseFiles, shop: Shop) -> None:
    forbids = says(f'action.name == "label_order" && action.args.note == "{FIRST["note"]}"', "forbid")
    lax, strict = desk_over(files, shop), desk_over(files, shop, clause("rules/1", forbids))
    case_id, (_, second) = await labelled(lax, FIRST, SECOND)
    await take_back(strict, case_id, second)
    file = await history(strict, case_id)
    [refused] = [event.body for event in file if isinstance(event.body, e.UndoRefused)]
    assert "Clause rules/1" in refused.why
    assert len(shop.called) == 2
    await take_back(lax, case_id, second)  # what was refused may be asked for again
    assert shop.orders["HG-1"]["note"] == FIRST["note"]


async def test_a_system_that_is_down_gets_no_call_and_it_can_be_tried_again(desk: Desk, shop: Shop) -> None:
    case_id, (_, second) = await labelled(desk, FIRST, SECOND)
    shop.lost_reads = 1
    await take_back(desk, case_id, second)
    assert len(shop.called) == 2
    await take_back(desk, case_id, second)
    assert shop.orders["HG-1"]["note"] == FIRST["note"]


@pytest.mark.parametrize("fault", ["killed_before_write", "killed_after_write"])
async def test_a_worker_that_dies_over_it_leaves_it_to_the_next(desk: Desk, shop: Shop, fault: WriteFault) -> None:
    case_id, (_, second) = await labelled(desk, FIRST, SECOND)
    await undo.ask(desk, case_id, second, "Mara", "Wrong.")
    shop.faults = [fault]
    with pytest.raises(Killed):
        await undo.take_back(await open_turn(desk, case_id))
    turn = await open_turn(desk, case_id)
    await undo.take_back(turn)
    expected = "verified" if fault == "killed_after_write" else "unknown"
    assert receipts(await history(desk, case_id))[-1].state == expected
    assert shop.written.count(shop.called[-1]) <= 1
    assert len(shop.called) == 3
    async with desk.files.database.read() as db:
        assert not [w for w in await inbox.due(db, desk.clock, case_id) if w.cause == "undo"]
