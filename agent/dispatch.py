"""Dispatch: the one way from a proposal to the world, and back to a receipt.

`rule` asks the policy. `start` is where authority is checked (G1): without a ruling of this turn for exactly these
arguments, and the yes it asks for, nothing is sent; the effect and the use of its yes are committed first. `prove`
reads the system again until it can say what came of the effect (G2, G3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile import effects
from agent.casefile.canonical import effect_key, proposal_digest
from agent.casefile.events import (
    EffectReturned,
    EffectStarted,
    Event,
    LookedUp,
    PassagesFound,
    Ruled,
    RuledBeside,
    Verified,
)
from agent.casefile.fold import Case
from agent.casefile.records import Args, Intent, Outcome, Proposal, Receipt, ReceiptState, TargetRecord
from agent.errors import BudgetSpent, NotAuthorised
from agent.policy.decide import decide
from agent.policy.facts import Facts, gather
from agent.turn import OpenTurn
from tools.contract import Action, Scope, ToolLost, ToolRefused
from tools.finding import Finding

HOUSEKEEPING = {"find_customer", "send_code", "create_ticket", "send_reminder"}
"""Tools that the desk uses for its own steps: no model is offered them, and no customer waits to hear of them."""
REREAD_AFTER_S = (0.0, 0.15, 0.5)
"""A replica may lag, a write may still be on its way: a read that shows nothing is made again."""
SENDS = 3
"""How often at the most a call with the same idempotency key is sent in one turn."""


def rule(
    turn: OpenTurn, tool: str, args: Args, *, intent: str | None, found: Mapping[str, dict[str, JsonValue]]
) -> Ruled:
    """What the policy says of these exact arguments, noted with the facts it saw.

    Without an intent it is a step of the desk's own, such as a handoff's ticket: it promises the customer nothing, so
    it is tried even where its system was out of reach a moment ago.
    """
    case, known = turn.case, turn.desk.vocabulary
    facts = facts_for(turn, tool, args, intent=intent, found=found)
    digest = proposal_digest(case.case_id, case.identity.customer_id, tool, args)
    ruling = decide(facts, turn.playbook, known)
    proposal = Proposal(action=tool, args=args, digest=digest)
    ruled = turn.note(Ruled(intent=intent, proposal=proposal, ruling=ruling, facts=facts, release=case.release))
    if turn.shadow is not None:
        beside = decide(facts, turn.shadow.playbook, known)
        turn.note(RuledBeside(release=turn.shadow.id, ruling=beside))
    return ruled


def facts_for(
    turn: OpenTurn, tool: str, args: Args, *, intent: str | None, found: Mapping[str, dict[str, JsonValue]]
) -> Facts:
    """What is known now for ruling these exact arguments."""
    about = turn.case.intent(intent) if intent is not None else None
    declared = turn.desk.catalog.tools[tool]
    return gather(
        turn.case,
        about,
        declared,
        args,
        found,
        turn.now,
        turn.desk.vocabulary,
        turn.playbook,
        support=_support(turn, about) if about is not None else 0.0,
        available=about is None or _reached(turn, declared.system),
    )


def _support(turn: OpenTurn, intent: Intent) -> float:
    """How well the playbook carries an intent: wholly by a workflow, else as well as the best passage found."""
    if turn.playbook.intents[intent.name].kind == "workflow":
        return 1.0
    found = turn.noted(PassagesFound, lambda p: p.question == intent.text)
    return max((passage.support for passage in found.passages), default=0.0) if found is not None else 0.0


def _reached(turn: OpenTurn, system: str) -> bool:
    """Whether a system is not left alone, and could be read when this turn looked at it last."""
    tools = turn.desk.catalog.tools
    if not turn.desk.systems.is_up(system):
        return False
    last = turn.noted(LookedUp, lambda seen: seen.tool in tools and tools[seen.tool].system == system)
    return last is None or last.failed is None


def authority(turn: OpenTurn, ruled: Ruled, case: Case | None = None) -> str | None:
    """The id of what authorises this proposal now: the policy itself, or an unused yes to it. None: nothing does.

    `case`: as it stood before its yes was used, where that has been noted since.
    """
    case = case or turn.case
    if ruled.release != case.release:
        return None
    if ruled.ruling.outcome is Outcome.ALLOW:
        return f"policy:{ruled.proposal.digest[:16]}:{case.journal[0].seq}"
    yes = case.yes_for(ruled.proposal.digest, turn.desk.clock.stamp())
    enough = {Outcome.CONFIRM: ("customer", "staff"), Outcome.APPROVE: ("staff",)}
    return yes.id if yes is not None and yes.by in enough.get(ruled.ruling.outcome, ()) else None


def begun(turn: OpenTurn, tool: str, args: Args) -> EffectStarted | None:
    """The effect that this turn, or a run of it that died, has started with these arguments: its yes is used up."""
    return turn.noted(EffectStarted, lambda started: started.action == tool and started.args == args)


def _by_a_person(tool: str, yes: str) -> bool:
    """Whether a budget does not stop it: a person decided on it, or gets the case by it."""
    return tool == "create_ticket" or yes.startswith(("approval:", "undo:"))


@dataclass(frozen=True)
class _Call:
    """One effect on its way: the tool with its own arguments, bound to the customer in scope."""

    turn: OpenTurn
    action: Action
    args: Any
    started: EffectStarted

    @property
    def scope(self) -> Scope:
        """For whom, and for which effect, the tool works."""
        return replace(self.turn.scope, effect=self.started.effect)

    async def send(self) -> EffectReturned:
        """Make the call and note what came back."""
        effect = self.started.effect
        try:
            with self._watched():
                answer = await self.action.run(self.args, self.scope, effect)
            returned = EffectReturned(effect=effect, outcome="answered", answer=answer)
        except ToolRefused as error:
            returned = EffectReturned(effect=effect, outcome="refused", reason=str(error))
        except ToolLost as error:
            returned = EffectReturned(effect=effect, outcome="lost", answered=error.answered, reason=str(error))
        self.turn.with_next_commit(lambda tx: effects.returned(tx, self.turn.desk.clock, effect))
        return self.turn.note(returned)

    async def read(self) -> Finding | None:
        """Look at the system until it shows the effect, a few times; None: it could not be read at last."""
        finding: Finding | None = None
        for pause in REREAD_AFTER_S:
            await asyncio.sleep(pause)
            try:
                with self._watched():
                    finding = await self.action.verify(self.args, self.scope, self.started.before)
            except ToolLost:
                finding = None
            if finding is not None and finding.state == "verified":
                break
        return finding

    def _watched(self) -> AbstractContextManager[None]:
        return self.turn.calling(self.action.system, whatever_happened=True)


async def start(turn: OpenTurn, tool: str, args: Args, intent: str | None) -> EffectStarted | None:
    """Authorise an effect, commit it, and send it. None when the system refused before anything was sent.

    An effect that an earlier run of this turn started is not sent again here: `prove` finds out about it. Raises
    NotAuthorised, BudgetSpent, and ToolLost when the system cannot be read beforehand.
    """
    if (earlier := begun(turn, tool, args)) is not None:
        return earlier
    action, case, take_back = turn.desk.catalog.action(tool), turn.case, turn.mark()
    digest = proposal_digest(case.case_id, case.identity.customer_id, tool, args)
    ruled = turn.noted(Ruled, lambda r: r.proposal.digest == digest)
    yes = authority(turn, ruled) if ruled is not None else None
    if ruled is None or yes is None:
        raise NotAuthorised(f"`{tool}` was about to run without a ruling and a yes for exactly these arguments.")
    effect = effect_key(case.tenant, case.case_id, case.identity.customer_id, tool, args, yes)
    exact = action.args.model_validate(args)
    turn.with_next_commit(lambda tx: effects.plan(tx, case.tenant, turn.desk.clock, case.case_id, effect, tool, yes))
    try:
        with turn.calling(action.system, whatever_happened=ruled.intent is None):  # a step of the desk's own
            before = await action.before(exact, replace(turn.scope, effect=effect))
    except ToolRefused:
        return None
    target = action.aim(exact, turn.scope)

    async def journal(tx: AsyncConnection) -> None:
        if authority(turn, ruled, case) != yes:  # it lapsed while the system was read
            raise NotAuthorised(f"What authorised `{tool}` lapsed before it could be sent.")
        if not await turn.purse.take_effect(tx, case.identity.customer_id) and not _by_a_person(tool, yes):
            raise BudgetSpent(f"`{tool}` is one change more than the agent may make by itself here.")
        await effects.start(tx, turn.desk.clock, effect)

    turn.with_next_commit(journal)
    started = turn.note(
        EffectStarted(
            effect=effect,
            intent=intent,
            action=tool,
            args=args,
            target=TargetRecord(kind=target.kind, id=target.id),
            before=before,
            yes=yes,
        )
    )
    try:
        await turn.commit()
    except NotAuthorised:
        take_back()
        raise
    await _Call(turn, action, exact, started).send()
    return started


async def prove(
    turn: OpenTurn,
    started: EffectStarted,
    *,
    send_again: bool = True,
    history: Sequence[Event] = (),
    too_late: bool = False,
) -> Receipt:
    """Find out what came of an effect, and write the receipt. `history`: what earlier turns have noted of it.

    Where the call was lost, nothing of it can be seen, and the system recognises repeats by key, it is sent again
    with the same key; where it does not, or `send_again` is off, the effect stays unknown. `too_late`: so much time has
    passed since that a call which has left nothing by now will not.
    """
    known = turn.noted(Verified, lambda v: v.receipt.effect == started.effect)
    if known is not None:
        return known.receipt
    action = turn.desk.catalog.action(started.action)
    call = _Call(turn, action, action.args.model_validate(started.args), started)
    finding, sent = await call.read(), _came_back(turn, history, started.effect)
    tries = 1
    while send_again and _worth_sending_again(sent[-1], finding, action) and tries < SENDS:
        tries += 1
        await turn.commit()  # a late worker sends nothing
        sent.append(await call.send())
        finding = await call.read()
    return _write(turn, started, _state(sent, finding, queued=action.queued, too_late=too_late), sent[-1], finding)


def last_attempt(
    history: Sequence[Event], where: Callable[[EffectStarted], bool]
) -> tuple[EffectStarted | None, Receipt | None]:
    """The last effect of a case that satisfies `where`, and its last receipt."""
    bodies = [event.body for event in reversed(history)]
    started = next((body for body in bodies if isinstance(body, EffectStarted) and where(body)), None)
    receipts = (body.receipt for body in bodies if isinstance(body, Verified))
    return started, next((r for r in receipts if started is not None and r.effect == started.effect), None)


def _came_back(turn: OpenTurn, history: Sequence[Event], effect: str) -> list[EffectReturned]:
    """What each call of an effect came back with, the earlier turns' first."""
    bodies = {event.seq: event.body for event in [*history, *turn.case.journal]}
    returned = [body for body in bodies.values() if isinstance(body, EffectReturned) and body.effect == effect]
    # None: the process died after the commit; whether the call was sent is not known.
    return returned or [EffectReturned(effect=effect, outcome="lost", answered=False, reason="interrupted")]


def _worth_sending_again(returned: EffectReturned, finding: Finding | None, action: Action) -> bool:
    absent = finding is not None and finding.state == "absent"
    return absent and returned.outcome == "lost" and action.key.is_safe_to_repeat


def _state(sent: Sequence[EffectReturned], finding: Finding | None, *, queued: bool, too_late: bool) -> ReceiptState:
    """What may be said of the effect, after all that its calls came back with."""
    if finding is None or finding.state == "pending":
        return "unknown"
    if finding.state != "absent":
        return finding.state
    if sent[-1].outcome == "answered":
        return "unknown" if queued else "mismatch"  # the system said yes, and nothing is there
    may_still_come = any(returned.outcome == "lost" and not returned.answered for returned in sent)
    return "unknown" if may_still_come and not too_late else "failed"


def _write(
    turn: OpenTurn, started: EffectStarted, state: ReceiptState, returned: EffectReturned, finding: Finding | None
) -> Receipt:
    seen = {} if finding is None else finding.model_dump(mode="json")
    answer = {"outcome": returned.outcome, "reason": returned.reason, "log": (returned.answer or {}).get("log", [])}
    receipt = Receipt(
        effect=started.effect,
        action=started.action,
        target=started.target,
        args=started.args,
        state=state,
        evidence={"answer": answer, "read_back": seen},
        at=turn.desk.clock.stamp(),
    )

    async def settle(tx: AsyncConnection) -> None:
        await effects.settle(tx, turn.desk.clock, started.effect, state)

    turn.with_next_commit(settle)
    turn.note(Verified(intent=started.intent, receipt=receipt))
    return receipt
