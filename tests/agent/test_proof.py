"""Whatever a system does, an effect happens once, and only what was seen in the system is verified (G2, G3)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.casefile import effects
from agent.casefile import events as e
from agent.casefile.records import Args, Receipt
from agent.casefile.store import CaseFiles
from agent.desk import Desk
from agent.dispatch import SENDS, prove, rule, start
from agent.turn import OpenTurn
from tests.agent.desks import authorised, desk_over, new_case, open_turn
from tests.agent.shop import Killed, Shop, WriteFault

Tool = Literal["cancel_order", "issue_refund"]
ARGS: dict[Tool, Args] = {
    "cancel_order": {"order_id": "HG-1"},
    "issue_refund": {"order_id": "HG-1", "amount": "12.50", "currency": "EUR"},
}
FAULTS: list[WriteFault] = [
    "lost_write", "error_before_write", "error_after_write", "timeout_before_write", "timeout_after_write",
    "partial_write", "wrong_field", "refused", "late",
]  # fmt: skip


@dataclass
class Trouble:
    """What goes wrong with one effect, and what came of it."""

    tool: Tool
    faults: list[WriteFault] = field(default_factory=list)
    stale_reads: int = 0
    lost_reads: int = 0
    late_by_reads: int = 99
    send_again: bool = True
    shop: Shop = field(default_factory=Shop)

    def begin(self) -> None:
        """From here, it goes wrong."""
        self.shop.faults, self.shop.late_by_reads = list(self.faults), self.late_by_reads

    def hide(self) -> None:
        """From here, it cannot be seen."""
        self.shop.stale_reads, self.shop.lost_reads = self.stale_reads, self.lost_reads

    @property
    def holds(self) -> bool:
        """Whether the shop truly holds the effect: exactly the intended change and no other."""
        untouched = Shop()
        if self.tool == "cancel_order":
            untouched.orders["HG-1"]["status"] = "cancelled"
            return (self.shop.orders, self.shop.refunds) == (untouched.orders, [])
        (row, *more) = self.shop.refunds or [{}]
        known = ARGS["issue_refund"].items() <= row.items() and not more
        return known and self.shop.orders == untouched.orders


async def attempted(files: CaseFiles, trouble: Trouble) -> Receipt:
    """Carry an effect out in a case of its own, with this trouble, to its receipt."""
    desk = desk_over(files, trouble.shop)
    turn = await open_turn(desk, await new_case(desk))
    authorised(turn, trouble.tool, ARGS[trouble.tool])
    trouble.begin()
    started = await start(turn, trouble.tool, ARGS[trouble.tool], "i1")
    assert started is not None
    trouble.hide()
    receipt = await prove(turn, started, send_again=trouble.send_again)
    await turn.commit()
    await consistent(turn, receipt)
    return receipt


async def consistent(turn: OpenTurn, receipt: Receipt) -> None:
    """The journal of effects, the file and the case tell the same."""
    async with turn.desk.files.database.read() as db:
        assert await effects.states(db, turn.case.case_id) == {receipt.effect: receipt.state}
    file = await turn.desk.files.events(turn.case.case_id)
    assert [event.body.receipt for event in file if isinstance(event.body, e.Verified)] == [receipt]
    assert (turn.case.receipts, turn.case.open_effects) == ([receipt], {})


# -- fault → receipt --------------------------------------------------------------------------------------------------

N: Tool = "cancel_order"
"""Its system knows no keys."""
K: Tool = "issue_refund"
"""Its system recognises a repeat by its key."""
TABLE: dict[str, tuple[Trouble, str, int]] = {
    "all goes well": (Trouble(N), "verified", 1),
    "a lagging replica": (Trouble(N, stale_reads=2), "verified", 1),
    "a read that fails at first": (Trouble(N, lost_reads=2), "verified", 1),
    "accepted and lost": (Trouble(N, ["lost_write"]), "mismatch", 1),
    "accepted and lost, with a key": (Trouble(K, ["lost_write"]), "mismatch", 1),
    "accepted and not to be seen": (Trouble(N, stale_reads=9), "mismatch", 1),
    "accepted and not to be read": (Trouble(N, lost_reads=9), "unknown", 1),
    "an error, seen to be absent, then not to be read": (
        Trouble(N, ["error_after_write"], stale_reads=1, lost_reads=9), "unknown", 1,
    ),
    "an error before": (Trouble(N, ["error_before_write"]), "failed", 1),
    "an error after": (Trouble(N, ["error_after_write"]), "verified", 1),
    "no answer before": (Trouble(N, ["timeout_before_write"]), "unknown", 1),
    "no answer after": (Trouble(N, ["timeout_after_write"]), "verified", 1),
    "refused": (Trouble(N, ["refused"]), "failed", 1),
    "done in part": (Trouble(N, ["partial_write"]), "mismatch", 1),
    "done in part, with a key": (Trouble(K, ["wrong_field"]), "mismatch", 1),
    "done later than anyone looks": (Trouble(N, ["late"]), "unknown", 1),
    "done while we look": (Trouble(N, ["late"], late_by_reads=2), "verified", 1),
    "no answer before, with a key": (Trouble(K, ["timeout_before_write"]), "verified", 2),
    "an error before, with a key": (Trouble(K, ["error_before_write"]), "verified", 2),
    "no answer after, unseen, with a key": (Trouble(K, ["timeout_after_write"], stale_reads=3), "verified", 2),
    "done later, with a key": (Trouble(K, ["late", "late"], late_by_reads=8), "verified", 3),
    "never an answer, with a key": (Trouble(K, ["timeout_before_write"] * 9), "unknown", SENDS),
    "always an error, with a key": (Trouble(K, ["error_before_write"] * 9), "failed", SENDS),
    "no answer, then refused": (Trouble(K, ["late", "refused"]), "unknown", 2),
    "no answer, then errors": (Trouble(K, ["late", "error_before_write", "error_before_write"]), "unknown", SENDS),
    "an error, then refused": (Trouble(K, ["error_before_write", "refused"]), "failed", 2),
    "no answer and not to be read, with a key": (Trouble(K, ["timeout_before_write"], lost_reads=9), "unknown", 1),
    "a handoff, no answer before": (Trouble(K, ["timeout_before_write"], send_again=False), "unknown", 1),
    "a handoff, an error before": (Trouble(K, ["error_before_write"], send_again=False), "failed", 1),
    "a handoff, no answer after": (Trouble(K, ["timeout_after_write"], send_again=False), "verified", 1),
}  # fmt: skip


async def test_each_fault_has_its_receipt(files: CaseFiles) -> None:
    receipts = await asyncio.gather(*(attempted(files, trouble) for trouble, _, _ in TABLE.values()))
    came = {
        name: (receipt.state, len(trouble.shop.called))
        for (name, (trouble, _, _)), receipt in zip(TABLE.items(), receipts, strict=True)
    }
    assert came == {name: (state, calls) for name, (_, state, calls) in TABLE.items()}
    for trouble, state, _ in TABLE.values():
        assert len(set(trouble.shop.called)) == 1, "one key for all that is sent"
        assert len(trouble.shop.written) <= 1
        assert trouble.holds or state != "verified"


@pytest.mark.parametrize(
    ("fault", "state"),
    [("lost_write", "mismatch"), ("error_before_write", "failed"), ("timeout_before_write", "unknown")],
)
async def test_a_later_turn_knows_what_the_call_came_back_with(files: CaseFiles, fault: WriteFault, state: str) -> None:
    """Else what is known to have left nothing would count as interrupted, and never be made anew."""
    shop = Shop()
    shop.faults.append(fault)
    desk = desk_over(files, shop)
    turn = await open_turn(desk, await new_case(desk))
    authorised(turn, N, ARGS[N])
    started = await start(turn, N, ARGS[N], "i1")
    assert started is not None
    assert (await prove(turn, started)).state == state
    await turn.finish()
    history = await files.events(turn.case.case_id)
    later = await open_turn(desk, turn.case.case_id)
    assert (await prove(later, started, history=history)).state == state


TROUBLES = st.builds(
    Trouble,
    tool=st.sampled_from([N, K]),
    faults=st.lists(st.sampled_from(FAULTS), max_size=4),
    stale_reads=st.integers(0, 5),
    lost_reads=st.integers(0, 4),
    late_by_reads=st.integers(1, 12),
    send_again=st.booleans(),
)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(troubles=st.lists(TROUBLES, min_size=40, max_size=40))
async def test_in_any_trouble_nothing_is_done_twice_or_said_without_being_there(
    files: CaseFiles, troubles: list[Trouble]
) -> None:
    receipts = await asyncio.gather(*(attempted(files, trouble) for trouble in troubles))
    for trouble, receipt in zip(troubles, receipts, strict=True):
        assert len(trouble.shop.written) <= 1
        assert trouble.holds or receipt.state != "verified"
        assert len(set(trouble.shop.called)) == 1
        if trouble.tool == N or not trouble.send_again:
            assert len(trouble.shop.called) == 1, "nothing recognises a repeat"
        if receipt.state == "failed" and not trouble.stale_reads:
            assert not trouble.shop.written, "what failed did not happen"


# -- a process that dies ----------------------------------------------------------------------------------------------


@dataclass
class Death:
    """Where the process dies, and what came of the effect when another went on."""

    tool: Tool
    dies: Callable[[Shop], None]
    state: str
    calls: int


def at_write(*faults: WriteFault) -> Callable[[Shop], None]:
    return lambda shop: shop.faults.extend(faults)


def at_read(number: int) -> Callable[[Shop], None]:
    """The process dies at the read with that number."""

    def dies(shop: Shop) -> None:
        left = iter(range(number))

        def read() -> None:
            if next(left, None) is None:
                shop.at_read = lambda: None
                raise Killed

        shop.at_read = read

    return dies


DEATHS = {
    "before anything was written down": Death(N, at_read(0), "verified", 1),
    "before the call": Death(N, at_write("killed_before_write"), "unknown", 1),
    "before the call, with a key": Death(K, at_write("killed_before_write"), "verified", 2),
    "after the call": Death(N, at_write("killed_after_write"), "verified", 1),
    "after the call, with a key": Death(K, at_write("killed_after_write"), "verified", 1),
    "twice": Death(K, at_write("killed_before_write", "killed_before_write"), "verified", 3),
    "and once more after the call": Death(K, at_write("killed_before_write", "killed_after_write"), "verified", 2),
    "while looking": Death(N, at_read(2), "verified", 1),
    "while looking, with a key": Death(K, at_read(2), "verified", 1),
}


async def one_run(desk: Desk, case_id: str, tool: Tool, owner: str) -> Receipt:
    """The turn as a worker runs it: from its top, over what stands in the file."""
    turn = await open_turn(desk, case_id, owner=owner)
    if turn.noted(e.ConfirmationSettled) is None and turn.noted(e.ApprovalGiven) is None:
        authorised(turn, tool, ARGS[tool])
    rule(turn, tool, ARGS[tool], intent="i1", found={})
    started = await start(turn, tool, ARGS[tool], "i1")
    assert started is not None
    receipt = await prove(turn, started)
    await turn.finish()
    await consistent(turn, receipt)
    return receipt


async def survived(files: CaseFiles, death: Death) -> tuple[str, int]:
    """Run the turn until a worker lives to its end."""
    shop = Shop()
    desk = desk_over(files, shop)
    case_id = await new_case(desk)
    death.dies(shop)
    for life in range(5):
        try:
            receipt = await one_run(desk, case_id, death.tool, f"worker-{life}")
        except Killed:
            continue
        assert life > 0, "nobody died"
        assert len(shop.written) == (receipt.state == "verified")
        assert len(set(shop.called)) == 1
        return receipt.state, len(shop.called)
    raise AssertionError("nobody lived")


async def test_a_turn_that_died_is_finished_with_one_effect(files: CaseFiles) -> None:
    came = await asyncio.gather(*(survived(files, death) for death in DEATHS.values()))
    assert dict(zip(DEATHS, came, strict=True)) == {name: (d.state, d.calls) for name, d in DEATHS.items()}


# -- looked at again in a later turn ----------------------------------------------------------------------------------


async def looked_at_later(
    files: CaseFiles, fault: WriteFault, *, too_late: bool, unread: bool = False
) -> tuple[str, str]:
    """What is known of an effect in its own turn, and when a later one looks again."""
    shop = Shop()
    desk = desk_over(files, shop)
    turn = await open_turn(desk, await new_case(desk))
    authorised(turn, "hold_order", {"order_id": "HG-1"})
    shop.faults = [fault]
    started = await start(turn, "hold_order", {"order_id": "HG-1"}, "i1")
    assert started is not None
    shop.lost_reads = 9 if unread else 0
    first = await prove(turn, started)
    await turn.finish()
    shop.lost_reads = 0
    later = await open_turn(desk, turn.case.case_id)
    history = await files.events(turn.case.case_id)
    second = await prove(later, started, send_again=False, history=history, too_late=too_late)
    return first.state, second.state


@pytest.mark.parametrize(("fault", "known"), [
    ("lost_write", "mismatch"), ("error_before_write", "failed"), ("refused", "failed"), ("partial_write", "mismatch"),
    ("error_after_write", "verified"), ("timeout_after_write", "verified"), ("timeout_before_write", "unknown"),
])  # fmt: skip
async def test_what_a_call_came_back_with_is_not_forgotten_by_a_later_look(
    files: CaseFiles, fault: WriteFault, known: str
) -> None:
    assert await looked_at_later(files, fault, too_late=False, unread=True) == ("unknown", known)


async def test_a_call_that_left_nothing_for_long_enough_will_not_come(files: CaseFiles) -> None:
    assert await looked_at_later(files, "timeout_before_write", too_late=True) == ("unknown", "failed")
