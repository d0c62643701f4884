"""Propose: find the next step. A workflow takes it where one covers the intent; elsewhere the model is asked.

The open matters are taken in their order, questions first; one that must wait for the customer lets the next go
ahead. Nothing is decided here: a lookup and an action are ruled before they run.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter

from agent.casefile import events as e
from agent.casefile.records import Args, Intent, Level, Passage
from agent.models.port import ActionStep, AnswerStep, LookupStep, PersonStep
from agent.models.port import Step as ModelStep
from agent.nodes.identify import identity_step
from agent.nodes.intake import frame_of
from agent.nodes.offers import offers, taken_up
from agent.nodes.picking import pick_step
from agent.policy import workflow as sop
from agent.policy.decide import escalates
from agent.policy.facts import of_case
from agent.speech.render import Voice
from agent.state import Route, State, Step, Update
from agent.turn import OpenTurn
from knowledge.procedure import Procedure, procedure_of

WAITING = {"ask", "code", "pick"}
MODEL_STEPS = 4
"""How often at the most a model is asked about one question in one turn."""
MOST_PASSAGES = 3
"""Passages that an answer is taken from."""
REPEATS = 3
"""After so many turns that asked for the same, a person helps."""
_STEPS: TypeAdapter[ModelStep] = TypeAdapter(ModelStep)


async def propose(state: State, turn: OpenTurn) -> Update:
    """The next step of the first matter that can go on."""
    step = await _next(turn)
    routes: dict[str, Route] = {"look_up": "look_up", "action": "decide", "person": "escalate"}
    return {"step": step, "route": routes.get(step["kind"], "reply")}


async def _next(turn: OpenTurn) -> Step:
    case = turn.case
    if (decided := _decided(turn)) is not None:
        return decided
    if await turn.is_over_budget() and (case.open_intents or turn.noted(e.ReplySent) is None):
        return {"kind": "person", "reason": "budget"}
    if case.identity.failed >= turn.playbook.company.identity.failed_proofs:
        return {"kind": "person", "reason": "identity_failed"}
    read = turn.noted(e.IntakeRead)
    if read is not None and read.unread and turn.noted(e.ReplySent) is None:
        return {"kind": "person", "reason": "language"}
    if escalates(of_case(case, turn.now, turn.playbook.company), turn.playbook, turn.desk.vocabulary):
        return {"kind": "person", "reason": "low_confidence"}
    step = await _of_matters(turn)
    if step is not None and step["kind"] in WAITING and case.repeats >= REPEATS:
        return {"kind": "person", "reason": "low_confidence"}
    return step or _without_intent(turn)


async def _of_matters(turn: OpenTurn) -> Step | None:
    """The step of the first matter that need not wait, else of the first; a question without an answer comes last."""
    unanswered, waiting = None, None
    for intent in _in_order(turn):
        if unanswered and turn.playbook.intents[intent.name].kind == "workflow":
            break
        step = await _step_for(turn, intent)
        if step["kind"] == "unanswered":
            unanswered = unanswered or step
        elif step["kind"] in WAITING:
            waiting = waiting or step
        else:
            return step
    return unanswered or waiting


def _in_order(turn: OpenTurn) -> list[Intent]:
    """What only has to be told comes before what changes something or hands the case over."""
    return sorted(turn.case.open_intents, key=lambda intent: not _only_tells(turn, intent))


def _only_tells(turn: OpenTurn, intent: Intent) -> bool:
    procedure = procedure_of(intent.name, turn.playbook)
    return procedure is None or not any(placed.step.propose or placed.step.person for placed in procedure.steps)


def _decided(turn: OpenTurn) -> Step | None:
    """What a person decided this turn and the customer has not been told yet."""
    given = turn.noted(e.ApprovalGiven)
    told = turn.noted(e.ReplySent) is not None
    if given is None or told or given.status == "approved":
        return None
    if given.status == "expired":
        return {"kind": "person", "intent": given.intent, "reason": "approval_expired"}
    return {"kind": "decided", "intent": given.intent}


def _without_intent(turn: OpenTurn) -> Step:
    """Nothing is open: the message only answered, or was not understood."""
    case, read = turn.case, turn.noted(e.IntakeRead)
    settled = turn.noted(e.ConfirmationSettled)
    if settled is not None and settled.answer == "no" and turn.noted(e.ReplySent) is None:
        return {"kind": "declined", "tool": settled.proposal.action, "args": settled.proposal.args}
    if turn.noted(e.ReplySent) is not None:
        return {"kind": "nothing"}
    if read is not None and read.unsure and case.repeats < REPEATS:
        return {"kind": "choice", "names": read.unsure}
    if turn.noted(e.IntentSettled, lambda i: i.outcome == "declined") is not None:
        return {"kind": "social", "wording": "choice_declined"}
    if turn.noted(e.ChoiceSettled, lambda c: c.answer == "no") is not None:
        return {"kind": "social", "wording": "goodbye"}
    if case.approval:
        return {"kind": "waiting"}
    return (
        {"kind": "person", "reason": "low_confidence"} if _at_a_loss(turn) else {"kind": "social", "wording": "clarify"}
    )


def _at_a_loss(turn: OpenTurn) -> bool:
    """Whether the last words of the agent were, as often as anybody bears it, that it did not understand."""
    clarify = Voice(turn.release, turn.case.language).social("clarify")
    said = [line.text for line in turn.case.window if line.role == "agent"][-(REPEATS - 1) :]
    return turn.case.repeats >= REPEATS or said == [clarify] * (REPEATS - 1)


async def _step_for(turn: OpenTurn, intent: Intent) -> Step:
    definition, procedure = turn.playbook.intents[intent.name], procedure_of(intent.name, turn.playbook)
    if procedure is not None:
        return _workflow_step(turn, intent, procedure)
    if definition.kind == "question":
        return await _question_step(turn, intent)
    if definition.kind == "person":
        return {"kind": "person", "intent": intent.id, "reason": "person_asked"}
    return {"kind": "social", "intent": intent.id, "wording": definition.kind}


def _workflow_step(turn: OpenTurn, intent: Intent, procedure: Procedure) -> Step:
    slots = slots_of(turn, intent)
    missing: list[str] = [need.slot for need in procedure.needs if not need.optional and need.slot not in slots]
    # Reading a record needs no more than `confirmed`; what an action needs beyond that, its ruling says.
    level = min(Level.named(procedure.identity), Level.confirmed)
    identify = identity_step(turn, intent, level, missing)
    if identify is not None:
        return identify
    wanted = sop.next_step(procedure, slots, turn.desk.catalog, turn.desk.vocabulary, looked_up(turn), intent)
    match wanted:
        case sop.Need(slots=names):
            return {"kind": "ask", "intent": intent.id, "names": names, "proof": []}
        case sop.Look(tool=tool, args=args):
            return {"kind": "look_up", "intent": intent.id, "tool": tool, "args": args}
        case sop.Pick():
            return pick_step(turn, intent, wanted)
        case sop.Propose(tool=tool, args=args, found=found):
            exact = turn.case.edits.get(intent.id, args)
            return {"kind": "action", "intent": intent.id, "tool": tool, "args": exact, "found": dict(found)}
        case sop.Say(wording=wording, found=found):
            return {"kind": "say", "intent": intent.id, "wording": wording, "found": dict(found)}
        case sop.Missing(wording=wording, slot=slot):
            return {"kind": "missing", "intent": intent.id, "wording": wording, "names": [slot] if slot else []}
        case sop.Person(reason=reason):
            return {"kind": "person", "intent": intent.id, "reason": reason}


def slots_of(turn: OpenTurn, intent: Intent) -> dict[str, str]:
    """The intent's own slots; an order that was named before the matter was clear counts too."""
    named = turn.case.identity.facts.get("order_id")
    return ({"order_id": named} if named else {}) | intent.slots


def looked_up(turn: OpenTurn) -> sop.Looked:
    """The lookups of this turn since its last settled change, which may have made untrue what was read before it."""
    changed = {body.intent for body in turn.all_noted(e.Verified)}
    seen: list[e.LookedUp] = []
    for event in turn.case.journal:
        match event.body:
            case e.IntentSettled(intent=intent) if intent in changed:
                seen.clear()
            case e.SlotsCleared():
                seen.clear()
            case e.LookedUp() as made:
                seen.append(made)

    def looked(tool: str, args: Args) -> sop.Seen | None:
        made = next((s for s in reversed(seen) if s.tool == tool and sop.same_args(s.args, args)), None)
        return None if made is None else sop.Seen(made.result, made.failed)

    return looked


def carrying(passages: Sequence[Passage], enough: float) -> list[Passage]:
    """Those that answer a question by themselves, best first: `enough` is the support from which one does."""
    return sorted((one for one in passages if one.support >= enough), key=lambda one: -one.support)[:MOST_PASSAGES]


async def _question_step(turn: OpenTurn, intent: Intent) -> Step:
    found = turn.noted(e.PassagesFound, lambda p: p.question == intent.text)
    passages = found.passages if found is not None else []
    # What the company wrote about it answers it: no tool is needed, and no model to say so.
    if answering := carrying(passages, turn.playbook.company.support_threshold):
        return {"kind": "answer", "intent": intent.id, "names": [passage.id for passage in answering]}
    match await _asked_model(turn, intent, passages):
        case AnswerStep(passages=ids) if ids:
            return {"kind": "answer", "intent": intent.id, "names": ids}
        case LookupStep(tool=tool, args=args):
            return {"kind": "look_up", "intent": intent.id, "tool": tool, "args": args}
        case ActionStep(tool=tool, args=args):
            return {"kind": "action", "intent": intent.id, "tool": tool, "args": args, "found": {}}
        case _:
            return {"kind": "unanswered", "intent": intent.id}


async def _asked_model(turn: OpenTurn, intent: Intent, passages: Sequence[Passage]) -> ModelStep:
    """What the model proposes for a question: asked again only after a lookup, and journaled each time."""
    asked = [a for a in turn.all_noted(e.ModelAnswered) if a.question == intent.text]
    steps = [_STEPS.validate_python(a.step) for a in asked]
    looks = [s for s in steps if isinstance(s, LookupStep)]
    made = [seen for s in looks if (seen := looked_up(turn)(s.tool, s.args)) is not None]
    if steps and len(looks) > len(made):
        return steps[-1]
    if steps and not isinstance(steps[-1], LookupStep):
        return steps[-1]
    if len(steps) >= MODEL_STEPS:
        return PersonStep(reason="low_confidence")
    offered = offers(turn)
    told = await turn.model.propose(intent.text, frame_of(turn), offered, passages)
    step = taken_up(turn, told, offered, passages)
    turn.note(e.ModelAnswered(model=turn.model.name, question=intent.text, step=step.model_dump(mode="json")))
    return step
