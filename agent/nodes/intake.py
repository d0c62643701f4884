"""Intake: fold the newest message into the case.

A model reads; what it read is data, and only what the message bears out is believed. A yes, a code and an identity are
settled here without it: the answer to a pending question is read by a closed grammar, a code by comparison.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Literal

from agent.casefile import events as e
from agent.casefile.fold import Case, Question
from agent.casefile.inbox import Wake
from agent.casefile.records import Intent, Proposal
from agent.dispatch import prove
from agent.models.belief import believed
from agent.models.port import Frame, IntentChoice, IntentSeen, Reading
from agent.models.recognise import recognise
from agent.nodes.dating import dated
from agent.nodes.picking import note_pick, read_pick
from agent.nodes.placing import placed
from agent.speech.answers import language_of_answer, settle
from agent.speech.choices import taken
from agent.speech.render import Voice
from agent.state import Message, State, Update
from agent.turn import OpenTurn
from knowledge.playbook import IntentDef, Playbook
from knowledge.procedure import procedure_of
from tools.messages import one_time_code

Answer = Literal["yes", "no", "unclear", "changed", "expired"]
SETTLED_SHOWN = 5
"""Settled matters that a model is told of."""


async def intake(state: State, turn: OpenTurn) -> Update:
    """Read the message, settle what was pending, open what is new."""
    messages = receive(turn)
    if messages and (turn.case.handed or turn.case.status == "closed"):
        for started in list(turn.case.open_effects.values()):
            await prove(turn, started, send_again=False)
        await turn.finish()  # a person has the case: the agent is silent
        return {"messages": window(turn.case), "route": "end"}
    if messages and turn.noted(e.IntakeRead) is None:
        await _read(turn, messages)
    return {"messages": window(turn.case), "step": {}, "route": "retrieve" if messages else "approve"}


def receive(turn: OpenTurn) -> list[Wake]:
    """The messages that this turn is for; each is noted once."""
    messages = [wake for wake in turn.wakes if wake.cause == "message"]
    received = {message.message_id for message in turn.all_noted(e.MessageReceived)}
    for wake in messages:
        if wake.wake_id not in received:
            turn.note(e.MessageReceived(message_id=wake.wake_id, text=wake.body))
    return messages


def window(case: Case) -> list[Message]:
    """The last lines as chat clients show them."""
    return [Message(role="user" if line.role == "customer" else "assistant", content=line.text) for line in case.window]


def frame_of(turn: OpenTurn) -> Frame:
    """What a model may see of the case now."""
    case = turn.case
    found = [{"tool": seen.tool, "result": seen.result} for seen in turn.all_noted(e.LookedUp)]
    earlier = case.window[:-1] if case.window and case.window[-1].role == "customer" else case.window
    return Frame(
        locale=case.language,
        window=earlier,
        asks=case.asks,
        intents=case.open_intents,
        told=case.told,
        done=[_done(intent) for intent in case.intents if intent.outcome is not None][-SETTLED_SHOWN:],
        found=found,
        guidance=_guidance(case, turn.playbook),
    )


def _done(intent: Intent) -> str:
    ids = [value for name, value in intent.slots.items() if name.endswith("_id")]
    return f"{' '.join([intent.name, *ids])}: {intent.outcome}"


def _guidance(case: Case, book: Playbook) -> list[str]:
    """What the open matters' workflows say of the whole, and of what the customer was asked last."""
    walked = [procedure for intent in case.open_intents if (procedure := procedure_of(intent.name, book)) is not None]
    asked = {ask.proposal.action if ask.proposal is not None else ask.name for ask in case.asks}
    steps = [placed.step for procedure in walked for placed in procedure.steps]
    of_steps = [step.guidance for step in steps if step.guidance and {step.ask, step.propose} & asked]
    return list(dict.fromkeys([*(note for procedure in walked for note in procedure.guidance), *of_steps]))


async def _read(turn: OpenTurn, messages: list[Wake]) -> None:
    text = "\n".join(wake.body for wake in messages)
    book = turn.playbook
    frame = frame_of(turn)
    language = language_of_answer(text, turn.case.language, book.wording)
    reading = Reading(language=language, intents=[], values=[], mood=turn.case.mood)
    # A yes or a no by itself asks for nothing, changes nothing and is no reason, whatever a model would take it for.
    if _settled(turn, text) == "unclear" and not await turn.is_over_budget():
        told = await turn.model.read(text, frame, choices(book, turn.case.language))
        reading = believed(told, text, frame, book.intents.keys())
        language = reading.language if reading.language in book.wording else turn.case.language
    question = _asked_last(turn.case)
    reading = dated(turn, text, reading, language)
    pick = read_pick(turn, text, reading)
    reading = pick.reading if pick is not None else reading
    offered = _offered(turn)
    answer = _answer(turn, text, reading, offered) if offered else None
    if isinstance(answer, int):
        reading = _chosen(turn, reading, offered[answer])
    opened = [] if reading.unread else _opened(turn.case, reading, book)
    slots, facts = placed(turn.case, reading.values, opened, book)
    for intent, chosen in (pick.slots if pick is not None else {}).items():
        slots[intent] = slots.get(intent, {}) | chosen
    changed = question is not None and any(
        turn.case.intent(question.intent).slots.get(k) != v for k, v in slots.get(question.intent, {}).items()
    )
    turn.note(
        e.IntakeRead(
            model=turn.model.name,
            language=language,
            mood=reading.mood,
            intents=opened,
            slots=slots,
            facts=facts,
            unread=reading.language if reading.unread else "",
            unsure=_unsure(reading) or ([] if opened or answer is not None or turn.case.repeats else offered),
        )
    )
    note_pick(turn, text, pick)
    _check_code(turn, reading)
    if question is not None:
        _settle_question(turn, text, messages, changed=changed)
    elif turn.case.offered_person:
        _settle_offer(turn, text)


def _offered(turn: OpenTurn) -> list[str]:
    """The intents between which the customer was asked to choose."""
    asks = [ask for ask in turn.case.asks if (ask.kind, ask.name) == ("choice", "description")]
    titles = [title for ask in asks for title in ask.options or []]
    return [name for title in titles for name in turn.playbook.intents if _title(turn, name) == title]


def _title(turn: OpenTurn, name: str) -> str:
    return turn.playbook.intents[name].title.get(turn.case.language, name)


def _answer(turn: OpenTurn, text: str, reading: Reading, offered: list[str]) -> int | Literal["neither"] | None:
    """Which of the intents that were offered the customer takes: as the message was read, or else by its words."""
    read = [offered.index(seen.name) for seen in reading.intents if seen.name in offered]
    if read or any(seen.runner_up is None for seen in reading.intents):
        return read[0] if read else None
    return taken(text, [_title(turn, name) for name in offered], turn.case.language)


def _chosen(turn: OpenTurn, reading: Reading, name: str) -> Reading:
    """The reading with the matter that was chosen, in the words and with the values that it was first told in."""
    earlier = [line.text for line in frame_of(turn).window if line.role == "customer"]
    told = earlier[-1 - turn.case.repeats :][:1]
    values = [value for text in told for value in recognise(text, [], "", turn.case.language)]
    seen = IntentSeen(name=name, confidence=1.0, text="".join(told))
    others = [one for one in reading.intents if one.runner_up is None and one.name != name]
    return reading.model_copy(update={"intents": [seen, *others], "values": [*values, *reading.values]})


def choices(book: Playbook, locale: str) -> list[IntentChoice]:
    """The intents that a message may carry."""
    return [
        IntentChoice(name=i.name, means=i.means, examples=i.examples.get(locale) or i.examples[book.company.locales[0]])
        for i in book.intents.values()
    ]


def question_intent(book: Playbook) -> IntentDef | None:
    """The intent under which a question is answered from passages."""
    return next((i for i in book.intents.values() if i.kind == "question"), None)


def _opened(case: Case, reading: Reading, book: Playbook) -> list[Intent]:
    """The intents that this message opens: out of scope is a question, a repetition is nothing new."""
    fallback, opened = question_intent(book), list[Intent]()
    orders = [value for value in reading.values if value.name == "order_id"]
    wanted = set[tuple[str, ...]]()
    for seen in reading.intents:
        known = book.intents.get(seen.name or "", fallback)
        if known is None or seen.runner_up is not None:
            continue
        ids = {value.value for value in orders if value.text in seen.text}
        what = (known.name, *(sorted(ids) if known.kind == "workflow" else [seen.text]))
        if what in wanted or _is_open(case, known.name, ids):
            continue
        wanted.add(what)
        number = case.opened + len(opened) + 1
        new = Intent(id=f"i{number}", name=known.name, confidence=seen.confidence, text=seen.text, since=case.seq)
        opened.append(new)
    return opened


def _is_open(case: Case, name: str, order_ids: set[str]) -> bool:
    same = [intent for intent in case.intents if intent.name == name and intent.status in ("open", "waiting")]
    return any(not order_ids or intent.slots.get("order_id", "") in {*order_ids, ""} for intent in same)


def _unsure(reading: Reading) -> list[str]:
    pairs = [(seen.name, seen.runner_up) for seen in reading.intents if seen.runner_up is not None]
    return [name for name in pairs[0] if name is not None] if pairs else []


def _check_code(turn: OpenTurn, reading: Reading) -> None:
    code, entered = turn.case.identity.code, [v.value for v in reading.values if v.name == "code"]
    if code is None or not entered or code_lapsed(turn):
        return
    expected = one_time_code(turn.desk.code_secret, turn.case.case_id, code.ordinal)
    turn.note(e.CodeChecked(ordinal=code.ordinal, right=hmac.compare_digest(expected, entered[-1])))


def code_lapsed(turn: OpenTurn) -> bool:
    """Whether the code that was sent last can no longer be entered."""
    code, methods = turn.case.identity.code, turn.playbook.company.identity
    if code is None:
        return True
    age = turn.desk.clock.now() - datetime.fromisoformat(code.sent_at)
    return age > timedelta(minutes=methods.code_minutes) or code.tries >= methods.code_tries


def _asked_last(case: Case) -> Question | None:
    """The pending question, where it was put in the last turn: a yes to anything else sets nothing free."""
    put = {ask.proposal.digest for ask in case.asks if ask.proposal is not None}
    return case.question if case.question is not None and case.question.proposal.digest in put else None


def _settled(turn: OpenTurn, text: str) -> str:
    """Whether a message is a yes or a no and nothing else, to whatever was asked."""
    question = _asked_last(turn.case)
    echo = _echoes(turn, question.proposal) if question is not None else []
    return settle(text, turn.case.language, echo)


def _settle_question(turn: OpenTurn, text: str, messages: list[Wake], *, changed: bool) -> None:
    question = _asked_last(turn.case)
    if question is None:
        return
    answer: Answer = "changed" if changed else settle(text, turn.case.language, _echoes(turn, question.proposal))
    if answer == "yes" and min(message.accepted_at for message in messages) <= question.asked_at:
        answer = "unclear"  # it was written before the question was put, whatever it may have been an answer to
    elif answer == "yes" and (question.proposal.expires_at or "") <= turn.desk.clock.stamp():
        answer = "expired"
    asked = question.proposal
    turn.note(
        e.ConfirmationSettled(digest=asked.digest, proposal=asked, answer=answer, message_id=messages[-1].wake_id)
    )
    if answer == "no":
        turn.note(e.IntentSettled(intent=question.intent, status="withdrawn", outcome="declined"))


def _echoes(turn: OpenTurn, asked: Proposal) -> list[str]:
    """Words that only repeat what was asked: they say neither yes nor no, and do not make a yes unclear."""
    doing = Voice(turn.release, turn.case.language).doing(asked.action, asked.args)
    first, *_, last = doing.split() * 2
    return [doing, f"{first} it", first, last]


def _settle_offer(turn: OpenTurn, text: str) -> None:
    """The customer was offered a person: a yes opens that intent."""
    answer = settle(text, turn.case.language)
    person = next((i for i in turn.playbook.intents.values() if i.kind == "person"), None)
    turn.note(e.ChoiceSettled(answer=answer))
    if answer == "yes" and person is not None:
        new = Intent(id=f"i{turn.case.opened + 1}", name=person.name, confidence=1.0, text=text)
        read = turn.noted(e.IntakeRead)
        if read is not None:
            turn.note(read.model_copy(update={"intents": [new], "slots": {}, "facts": {}, "unsure": []}))
