"""Reply: say what has come of a matter, from records and authored wording.

Each part is committed before it is seen. When nothing else can go on without somebody, the turn is done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from agent.casefile import events as e
from agent.casefile.records import Ask
from agent.nodes.answer import answer, unanswered
from agent.nodes.intake import window
from agent.nodes.parts import say, settle, voice
from agent.nodes.picking import pick
from agent.nodes.propose import slots_of
from agent.speech.render import cite, proof_asked, slots_asked
from agent.state import State, Step, Update
from agent.turn import OpenTurn
from knowledge.procedure import procedure_of


async def reply(state: State, turn: OpenTurn) -> Update:
    """Say this step's part; then the next open matter, or the end of the turn."""
    await SPEAKERS[state["step"]["kind"]](turn, state["step"])
    if _goes_on(turn, state["step"]):
        await turn.commit()
        return {"route": "propose"}
    await turn.finish()
    return {"messages": window(turn.case), "route": "approve" if turn.case.approval else "end"}


def _goes_on(turn: OpenTurn, step: Step) -> bool:
    asked = any(said.asks for said in turn.all_noted(e.ReplySent))
    return bool(turn.case.open_intents) and not asked and step["kind"] != "nothing"


async def _say(turn: OpenTurn, step: Step) -> None:
    slots = slots_of(turn, turn.case.intent(step["intent"] or ""))
    say(turn, step, voice(turn).say(step["wording"], slots=slots, **step["found"]))
    settle(turn, step, "answered")


async def _ask(turn: OpenTurn, step: Step) -> None:
    names, proof = step["names"], step["proof"]
    sentence = voice(turn).ask_for(names, proof, _asked(turn, step))
    text = f"{voice(turn).say(step['wording'])} {sentence}" if step.get("wording") else sentence
    say(turn, step, text, asks=[*slots_asked(names), *proof_asked(proof)])


def _asked(turn: OpenTurn, step: Step) -> dict[str, str]:
    """How the matter's workflow asks for what it needs, where not by its name."""
    intent = turn.case.intent(step["intent"] or "")
    procedure = procedure_of(intent.name, turn.playbook)
    return procedure.asked if procedure is not None else {}


async def _code(turn: OpenTurn, step: Step) -> None:
    methods, code = turn.playbook.company.identity, turn.case.identity.code
    values = {"minutes": methods.code_minutes, "tries_left": methods.code_tries - (code.tries if code else 0)}
    say(turn, step, voice(turn).say(step["wording"], **values), asks=[Ask(kind="code", name="code")])


async def _choice(turn: OpenTurn, step: Step) -> None:
    speak, intents = voice(turn), turn.playbook.intents
    titles = [intents[name].title.get(speak.locale, name) for name in step["names"]]
    offer = Ask(kind="choice", name="description", options=titles)
    say(turn, step, speak.say("ask.choice", options=titles), asks=[offer])


async def _social(turn: OpenTurn, step: Step) -> None:
    say(turn, step, voice(turn).social(step["wording"]))
    settle(turn, step, "answered")


async def _waiting(turn: OpenTurn, step: Step) -> None:
    """A person is asked one thing at a time; what else needs them waits until that is decided."""
    approval = turn.case.approval
    if approval is None:
        raise LookupError("Nothing waits for a person.")
    if turn.noted(e.ApprovalAsked) is None:
        say(turn, step, voice(turn).about("approval.still_waiting", approval.action, approval.args))
    if (intent := step.get("intent")) is None:
        return
    if (step["tool"], step["args"]) == (approval.action, approval.args):
        settle(turn, step, "repeated")
    else:
        turn.note(e.IntentSettled(intent=intent, status="waiting", outcome="queued"))


async def _declined(turn: OpenTurn, step: Step) -> None:
    say(turn, step, voice(turn).about("confirm.declined", step["tool"], step["args"]))


async def _missing(turn: OpenTurn, step: Step) -> None:
    slots = slots_of(turn, turn.case.intent(step["intent"] or ""))
    text, names = voice(turn).say(step["wording"], slots=slots), step["names"]
    turn.note(e.SlotsCleared(intent=step["intent"] or "", names=names))
    say(turn, step, text, asks=slots_asked(names))
    if not names:
        settle(turn, step, "answered")


async def _refused(turn: OpenTurn, step: Step) -> None:
    ruled = turn.noted(e.Ruled, lambda r: r.intent == step["intent"])
    if ruled is None:
        raise LookupError("A refusal follows a ruling.")
    clauses = cite(turn.release, ruled.ruling.clauses, turn.case.language)
    text = voice(turn).about("refused", step["tool"], step["args"], ruled.ruling.clauses)
    say(turn, step, text, citations=clauses)
    settle(turn, step, "refused")


async def _confirm(turn: OpenTurn, step: Step) -> None:
    question, ruling = turn.case.question, turn.case.ruling
    if question is None or ruling is None:
        raise LookupError("There is no question to put.")
    asked = Ask(kind="confirmation", name="yes_no", options=["yes", "no"], proposal=question.proposal)
    citations = cite(turn.release, ruling.clauses, turn.case.language)
    text = voice(turn).question(question.proposal, step["wording"])
    say(turn, step, text, asks=[asked], citations=citations)


async def _submitted(turn: OpenTurn, step: Step) -> None:
    approval = turn.case.approval
    if approval is None:
        raise LookupError("There is no approval to tell of.")
    text = voice(turn).about("approval.asked", approval.action, approval.args, approval.clauses)
    say(turn, step, text, citations=cite(turn.release, approval.clauses, turn.case.language))


async def _decided(turn: OpenTurn, step: Step) -> None:
    """Tell what a person decided; an approval needs no words, its outcome tells it."""
    given = turn.noted(e.ApprovalGiven)
    if given is None:
        raise LookupError("There is no decision to tell of.")
    if given.status == "responded":
        about = Ask(kind="slot", name="description")
        turn.note(e.ReplySent(text=given.text or given.reason, role="staff", intent=given.intent, asks=[about]))
        return
    speak, asked = voice(turn), given.proposal
    if given.status == "rejected":
        text = speak.about("approval.rejected", asked.action, asked.args)
        say(turn, step, text, citations=cite(turn.release, given.clauses, turn.case.language))
        settle(turn, step, "refused")
        return
    before, after = speak.doing(asked.action, asked.args), speak.doing(asked.action, given.args or asked.args)
    say(turn, step, speak.say("approval.edited", before=before, doing=after))


async def _outcome(turn: OpenTurn, step: Step) -> None:
    proven = turn.noted(e.Verified)
    if proven is None:
        raise LookupError("There is no receipt to tell of.")
    say(turn, step, voice(turn).outcome(proven.receipt))
    if proven.receipt.action != "send_code":
        settle(turn, step, proven.receipt.state)


async def _gone(turn: OpenTurn, step: Step) -> None:
    """What was chosen was taken meanwhile: that is told, and what is to be had is looked up anew."""
    proven = turn.noted(e.Verified, lambda v: v.intent == step["intent"])
    if proven is not None:
        say(turn, step, voice(turn).outcome(proven.receipt))
    turn.note(e.SlotsCleared(intent=step["intent"] or "", names=[]))


async def _nothing(turn: OpenTurn, step: Step) -> None:
    """Everything was said."""


Speaker = Callable[[OpenTurn, Step], Awaitable[None]]
SPEAKERS: dict[str, Speaker] = {
    "say": _say,
    "ask": _ask,
    "code": _code,
    "answer": answer,
    "unanswered": unanswered,
    "choice": _choice,
    "pick": pick,
    "social": _social,
    "waiting": _waiting,
    "declined": _declined,
    "missing": _missing,
    "refused": _refused,
    "confirm": _confirm,
    "submitted": _submitted,
    "decided": _decided,
    "outcome": _outcome,
    "gone": _gone,
    "nothing": _nothing,
}
