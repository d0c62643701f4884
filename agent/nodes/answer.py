"""Answer: free wording, each sentence checked before it is sent, and honest words where no passage answers.

What is only near a question is quoted as that, and never as its answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace

from agent.casefile import events as e
from agent.casefile.records import Ask, Citation, Intent, Passage
from agent.models.cues import CUES, ENGLISH
from agent.models.port import ModelFailed
from agent.models.segment import sentences
from agent.models.sentences import Sentences
from agent.nodes.intake import frame_of
from agent.nodes.parts import settle, voice
from agent.nodes.proofs import history_of
from agent.speech.claims import Decision, Evidence, decide
from agent.speech.render import cited
from agent.state import Step
from agent.turn import OpenTurn

MOST_SENTENCES = 12
"""Sentences of an answer that are listened to, whether they may be sent or not."""
MOST_QUOTED = 3
"""Sentences of a passage that stand for an answer which may not be sent."""


async def answer(turn: OpenTurn, step: Step) -> None:
    """Word an answer from its passages; each sentence is checked, and only what holds is sent."""
    intent = turn.case.intent(step["intent"] or "")
    passages = [passage for passage in _found(turn, intent) if passage.id in step["names"]]
    spoken = _spoken(turn, intent)
    lead = _lead(turn, passages)
    if not spoken:  # a turn that died while speaking does not begin to speak again
        withheld = await _speak(turn, intent, passages, _worded(turn, intent, passages), spoken, lead)
        if withheld:
            turn.note(e.ReplySent(text="", intent=intent.id, withheld=withheld))
        if withheld and not spoken:  # the passage answers all the same, in its own words
            await _speak(turn, intent, passages, _quoted(turn, passages), spoken, lead)
    if spoken:
        settle(turn, step, "answered")
    else:
        _admit(turn, [intent], [])


def _lead(turn: OpenTurn, passages: list[Passage]) -> str:
    """What is said before passages that are not written in the customer's language."""
    elsewhere = any(one.locale != turn.case.language for one in passages)
    return f"{voice(turn).say('answered.elsewhere')} " if elsewhere else ""


async def unanswered(turn: OpenTurn, step: Step) -> None:
    """Said once for all open questions: it comes when none of them has an answer."""
    kinds = turn.playbook.intents
    questions = [intent for intent in turn.case.open_intents if kinds[intent.name].kind == "question"]
    _admit(turn, questions, [intent for intent in questions if await _tell_nearest(turn, intent)])


async def _tell_nearest(turn: OpenTurn, intent: Intent) -> bool:
    """Quote what is near the question, if anything is; whether anything was said."""
    enough = turn.playbook.company.nearest_threshold
    passages = [passage for passage in _found(turn, intent)[:1] if passage.support >= enough]
    spoken = _spoken(turn, intent)
    if passages and not spoken:
        lead = voice(turn).say("unanswered.nearest")
        await _speak(turn, intent, passages, _worded(turn, intent, passages), spoken, lead=f"{lead} ")
    return bool(spoken)


def _admit(turn: OpenTurn, questions: list[Intent], near: list[Intent]) -> None:
    """Say that there is no answer, unless something near to each question was told. A person is offered where nothing
    else is open, so that the customer is never asked two things that a yes might answer."""
    speak, asks = voice(turn), list[Ask]()
    text = "" if len(near) == len(questions) else speak.say("unanswered")
    if len(questions) == len(turn.case.open_intents):
        text = f"{text} {speak.say('unanswered.offer')}".strip()
        asks = [Ask(kind="choice", name="yes_no", options=["yes", "no"])]
    if text:
        turn.note(e.ReplySent(text=text, asks=asks))
    for intent in questions:
        turn.note(e.IntentSettled(intent=intent.id, status="done", outcome="unanswered"))


def _found(turn: OpenTurn, intent: Intent) -> list[Passage]:
    found = turn.noted(e.PassagesFound, lambda p: p.question == intent.text)
    return found.passages if found else []


def _spoken(turn: OpenTurn, intent: Intent) -> list[str]:
    return [said.text for said in turn.all_noted(e.ReplySent) if said.intent == intent.id and said.text]


def _worded(turn: OpenTurn, intent: Intent, passages: list[Passage]) -> AsyncIterator[str]:
    """The words that came with the proposal to answer; else the model is asked for some."""
    proposed = turn.noted(e.ModelAnswered, lambda told: told.question == intent.text)
    text = str(proposed.step.get("text") or "") if proposed is not None else ""
    return _told(text) if text else turn.model.word(intent.text, frame_of(turn), passages)


async def _told(text: str) -> AsyncGenerator[str]:
    whole = Sentences()
    for sentence in [*whole.feed(text), *whole.rest()]:
        yield sentence


async def _speak(
    turn: OpenTurn,
    intent: Intent,
    passages: list[Passage],
    words: AsyncIterator[str],
    spoken: list[str],
    lead: str = "",
) -> list[str]:
    """Send what holds, and add it to `spoken`; gives the reasons why the rest does not. `lead`: what is said first.

    The next sentence is worded and checked while one is on its way.
    """
    withheld, going = list[str](), asyncio.ensure_future(_nothing())
    known = Evidence(
        [one.text for one in passages], [intent.text], spoken, turn.case.language, history=history_of(turn)
    )
    try:
        for _ in range(MOST_SENTENCES):
            if (sentence := await anext(words, None)) is None:
                break
            decision = await asyncio.to_thread(decide, sentence, known)
            if decision.why is not None:
                withheld.append(decision.why)
            said = sentence if decision.why is None else _instead(turn, known, decision)
            await going
            if not said or said in spoken:
                continue
            if not any(one.text == said for one in turn.all_noted(e.ReplySent)):  # another question's answer
                citations = [] if decision.calls or decision.why else _cited(turn, sentence, passages, known)
                text = said if spoken else lead + said
                turn.note(e.ReplySent(text=text, intent=intent.id, continues=bool(spoken), citations=citations))
                going = asyncio.ensure_future(turn.commit())
            spoken.append(said)
    except ModelFailed as error:
        withheld.append(str(error))
    finally:
        if isinstance(words, AsyncGenerator):
            await words.aclose()
        await going
    return withheld


async def _nothing() -> None:
    """Nothing is on its way yet."""


def _instead(turn: OpenTurn, known: Evidence, decision: Decision) -> str:
    """What is said in the place of a sentence that tells otherwise of what was done in this turn: its receipt."""
    if not decision.claims or decision.near is None or decision.near < known.history.since:
        return ""
    return voice(turn).outcome(turn.case.receipts[decision.near])


def _cited(turn: OpenTurn, sentence: str, passages: list[Passage], known: Evidence) -> list[Citation]:
    """The passages that a sentence holds by alone."""
    carriers = [one for one in passages if decide(sentence, replace(known, passages=[one.text])).why is None]
    return cited(turn.release, carriers or passages, turn.case.language)


async def _quoted(turn: OpenTurn, passages: list[Passage]) -> AsyncGenerator[str]:
    """How the best passage begins."""
    for passage in passages[:1]:
        for start, end in sentences(passage.text, CUES.get(turn.case.language, ENGLISH))[:MOST_QUOTED]:
            yield passage.text[start:end]
