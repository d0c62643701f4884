"""Reply: say what has come of a matter, from records and authored wording; free wording only where it was checked.

Each part is committed before it is seen. When nothing else can go on without somebody, the turn is done.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import replace

from agent.casefile import events as e
from agent.casefile.records import Ask, Citation, Intent, Passage
from agent.models.cues import CUES, ENGLISH
from agent.models.port import ModelFailed
from agent.models.segment import sentences
from agent.nodes.intake import frame_of, window
from agent.nodes.propose import slots_of
from agent.speech.claims import Evidence, objection
from agent.speech.render import Voice, cite, cited, proof_asked, slots_asked
from agent.state import State, Step, Update
from agent.turn import OpenTurn

MOST_SENTENCES = 12
"""Sentences of an answer that are listened to, whether they may be sent or not."""
MOST_QUOTED = 3
"""Sentences of a passage that stand for an answer which may not be sent."""


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


def say(turn: OpenTurn, step: Step, text: str, *, asks: list[Ask] | None = None, **more: list[Citation]) -> None:
    """Note one part of the reply."""
    turn.note(e.ReplySent(text=text, intent=step.get("intent"), asks=asks or [], **more))


def settle(turn: OpenTurn, step: Step, outcome: str) -> None:
    """Note that the matter has its outcome."""
    if (intent := step.get("intent")) is not None:
        turn.note(e.IntentSettled(intent=intent, status="done", outcome=outcome))


def voice(turn: OpenTurn) -> Voice:
    """The wording in the customer's language."""
    return Voice(turn.release, turn.case.language)


async def _say(turn: OpenTurn, step: Step) -> None:
    slots = slots_of(turn, turn.case.intent(step["intent"] or ""))
    say(turn, step, voice(turn).say(step["wording"], slots=slots, **step["found"]))
    settle(turn, step, "answered")


async def _ask(turn: OpenTurn, step: Step) -> None:
    names, proof = step["names"], step["proof"]
    sentence = voice(turn).ask_for(names, proof)
    text = f"{voice(turn).say(step['wording'])} {sentence}" if step.get("wording") else sentence
    say(turn, step, text, asks=[*slots_asked(names), *proof_asked(proof)])


async def _code(turn: OpenTurn, step: Step) -> None:
    methods, code = turn.playbook.company.identity, turn.case.identity.code
    values = {"minutes": methods.code_minutes, "tries_left": methods.code_tries - (code.tries if code else 0)}
    say(turn, step, voice(turn).say(step["wording"], **values), asks=[Ask(kind="code", name="code")])


async def _answer(turn: OpenTurn, step: Step) -> None:
    """Word an answer from its passages; each sentence is checked, and only what holds is sent."""
    intent = turn.case.intent(step["intent"] or "")
    passages = _passages(turn, intent.text, step["names"])
    spoken = [said.text for said in turn.all_noted(e.ReplySent) if said.intent == intent.id and said.text]
    if not spoken:  # a turn that died while speaking does not begin to speak again
        withheld = await _speak(turn, intent, passages, turn.model.word(intent.text, frame_of(turn), passages), spoken)
        if withheld:
            turn.note(e.ReplySent(text="", intent=intent.id, withheld=withheld))
        if withheld and not spoken:  # the passage answers all the same, in its own words
            await _speak(turn, intent, passages, _quoted(turn, passages), spoken)
    await (_answered if spoken else _unanswered)(turn, step)


async def _speak(
    turn: OpenTurn, intent: Intent, passages: list[Passage], words: AsyncIterator[str], spoken: list[str]
) -> list[str]:
    """Send what holds, and add it to `spoken`; gives the reasons why the rest does not."""
    withheld = list[str]()
    texts = [passage.text for passage in passages]
    try:
        for _ in range(MOST_SENTENCES):
            if (sentence := await anext(words, None)) is None:
                break
            known = Evidence(texts, customer=[intent.text], said=spoken, language=turn.case.language)
            if (reason := objection(sentence, known)) is not None:
                withheld.append(reason)
                continue
            if not any(said.text == sentence for said in turn.all_noted(e.ReplySent)):  # another question's answer
                citations = cited(turn.release, _carriers(sentence, passages, known))
                turn.note(e.ReplySent(text=sentence, intent=intent.id, continues=bool(spoken), citations=citations))
                await turn.commit()
            spoken.append(sentence)
    except ModelFailed as error:
        withheld.append(str(error))
    finally:
        if isinstance(words, AsyncGenerator):
            await words.aclose()
    return withheld


def _carriers(sentence: str, passages: list[Passage], known: Evidence) -> list[Passage]:
    """The passages that a sentence holds by alone: what it cites."""
    return [one for one in passages if objection(sentence, replace(known, passages=[one.text])) is None] or passages


async def _quoted(turn: OpenTurn, passages: list[Passage]) -> AsyncGenerator[str]:
    """How the best passage begins."""
    for passage in passages[:1]:
        for start, end in sentences(passage.text, CUES.get(turn.case.language, ENGLISH))[:MOST_QUOTED]:
            yield passage.text[start:end]


async def _answered(turn: OpenTurn, step: Step) -> None:
    settle(turn, step, "answered")


def _passages(turn: OpenTurn, question: str, ids: list[str]) -> list[Passage]:
    found = turn.noted(e.PassagesFound, lambda p: p.question == question)
    return [passage for passage in (found.passages if found else []) if passage.id in ids]


async def _unanswered(turn: OpenTurn, step: Step) -> None:
    """Said once for all open questions: it comes when none of them has an answer. A person is offered where nothing
    else is open, so that the customer is never asked two things that a yes might answer."""
    kinds, speak = turn.playbook.intents, voice(turn)
    questions = [intent for intent in turn.case.open_intents if kinds[intent.name].kind == "question"]
    if len(questions) == len(turn.case.open_intents):
        offer = Ask(kind="choice", name="yes_no", options=["yes", "no"])
        say(turn, step, f"{speak.say('unanswered')} {speak.say('unanswered.offer')}", asks=[offer])
    else:
        say(turn, step, speak.say("unanswered"))
    for intent in questions:
        turn.note(e.IntentSettled(intent=intent.id, status="done", outcome="unanswered"))


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


async def _refused(turn: OpenTurn, step: Step) -> None:
    ruled = turn.noted(e.Ruled, lambda r: r.intent == step["intent"])
    if ruled is None:
        raise LookupError("A refusal follows a ruling.")
    clauses = cite(turn.release, ruled.ruling.clauses)
    text = voice(turn).about("refused", step["tool"], step["args"], ruled.ruling.clauses)
    say(turn, step, text, citations=clauses)
    settle(turn, step, "refused")


async def _confirm(turn: OpenTurn, step: Step) -> None:
    question, ruling = turn.case.question, turn.case.ruling
    if question is None or ruling is None:
        raise LookupError("There is no question to put.")
    asked = Ask(kind="confirmation", name="yes_no", options=["yes", "no"], proposal=question.proposal)
    citations = cite(turn.release, ruling.clauses)
    text = voice(turn).question(question.proposal, step["wording"])
    say(turn, step, text, asks=[asked], citations=citations)


async def _submitted(turn: OpenTurn, step: Step) -> None:
    approval = turn.case.approval
    if approval is None:
        raise LookupError("There is no approval to tell of.")
    text = voice(turn).about("approval.asked", approval.action, approval.args, approval.clauses)
    say(turn, step, text, citations=cite(turn.release, approval.clauses))


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
        say(turn, step, text, citations=cite(turn.release, given.clauses))
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


async def _nothing(turn: OpenTurn, step: Step) -> None:
    """Everything was said."""


Speaker = Callable[[OpenTurn, Step], Awaitable[None]]
SPEAKERS: dict[str, Speaker] = {
    "say": _say,
    "ask": _ask,
    "code": _code,
    "answer": _answer,
    "unanswered": _unanswered,
    "choice": _choice,
    "social": _social,
    "waiting": _waiting,
    "declined": _declined,
    "missing": _missing,
    "refused": _refused,
    "confirm": _confirm,
    "submitted": _submitted,
    "decided": _decided,
    "outcome": _outcome,
    "nothing": _nothing,
}
