"""Served: a model of the port answers behind an endpoint, and knows no more than the prompts hold.

It is the script of a `ScriptedModel`. What it is told is read back from the quotes of the prompt; what it answers goes
out as an endpoint would send it, however little sense it makes.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from agent.casefile.fold import Line
from agent.casefile.records import Ask, Intent, Passage
from agent.models.port import (
    AnswerStep,
    Frame,
    IntentChoice,
    Model,
    ModelFailed,
    PersonStep,
    Reading,
    Step,
    ToolOffer,
)
from evals.scripted_model import Answer, Body, kind_of

_QUOTE = re.compile(r"^(\w+)> (.+)\n((?:.*\n)*?)<\1$", re.MULTILINE)
_LANGUAGE = re.compile(r"^(?:Language|Write in this language)[\w ]*: (\S+)", re.MULTILINE)
_ASKED = re.compile(r"^The customer was asked for (\w+)", re.MULTILINE)
_OPEN = re.compile(r"^Still open: (.+)$", re.MULTILINE)
_CHOICE = re.compile(r"^- (\w+): (.*)$", re.MULTILINE)
MOST_SENTENCES = 60
_ROLES = ("customer", "agent", "staff", "system")


@dataclass(frozen=True)
class Served:
    """Use it as a `ScriptedModel`'s script. `model` gives who answers now."""

    model: Callable[[], Model]

    async def __call__(self, body: Body) -> Answer:
        """The model's answer to one request; a failure of the model is the endpoint's."""
        rules, case = (str(message["content"]) for message in body["messages"])
        quotes = [(who, text.removesuffix("\n")) for _, who, text in _QUOTE.findall(case)]
        frame = _frame(case, quotes[:-1])
        asked = quotes[-1][1] if quotes else ""
        try:
            match kind_of(body):
                case "read":
                    return _report(await self.model().read(asked, frame, _choices(rules)))
                case "propose":
                    return _call(await self.model().propose(asked, frame, _tools(body), _passages(quotes)))
                case "word":
                    return await _worded(self.model().word(asked, frame, _passages(quotes)))
        except ModelFailed as failure:
            return Answer(raw=json.dumps({"error": {"message": str(failure)}}), status=500)


def _frame(case: str, quotes: list[tuple[str, str]]) -> Frame:
    language, still = _LANGUAGE.search(case), _OPEN.search(case)
    names = still[1].split(", ") if still else []
    told = dict(line.partition(": ")[::2] for who, text in quotes if who == "case" for line in text.split("\n"))
    return Frame(
        locale=language[1] if language else "en",
        window=[Line.model_validate({"role": who, "text": text}) for who, text in quotes if who in _ROLES],
        asks=[Ask.model_validate({"kind": "slot", "name": name}) for name in _ASKED.findall(case)],
        intents=[Intent(id=f"i{at}", name=name, confidence=1.0, text="") for at, name in enumerate(names)],
        told={name: values.split(", ") for name, values in told.items()},
    )


def _choices(rules: str) -> list[IntentChoice]:
    listed = rules.partition("\nIntents:")[2]
    explained = _CHOICE.findall(listed) or [(name, "") for name in listed.strip().split(", ")]
    return [IntentChoice(name=name, means=means, examples=[]) for name, means in explained]


def _tools(body: Body) -> list[ToolOffer]:
    """The tools, all as actions: an endpoint is not told which of them only read."""
    functions = [tool["function"] for tool in body.get("tools", [])]
    return [
        ToolOffer(name=one["name"], summary=one["description"], kind="action", schema_=one["parameters"])
        for one in functions
        if one["name"] not in ("answer", "hand_over")
    ]


def _passages(quotes: list[tuple[str, str]]) -> list[Passage]:
    found = [(who.removeprefix("passage "), text) for who, text in quotes if who.startswith("passage ")]
    return [
        Passage(id=id_, kind="article", title=text.split("\n")[0], text=text.partition("\n")[2], release="", locale="",
                support=1.0)
        for id_, text in found
    ]  # fmt: skip


async def _worded(sentences: AsyncIterator[str]) -> Answer:
    """All of the wording, or as much of one without end as an endpoint lets a model say."""
    said = list[str]()
    async for sentence in sentences:
        said.append(sentence)
        if len(said) == MOST_SENTENCES:
            break
    return Answer(text=" ".join(said))


def _report(reading: Reading) -> Answer:
    return Answer(report=reading.model_dump(mode="json", exclude={"plain"}, warnings=False))


def _call(step: Step) -> Answer:
    name, args = _called(step)
    return Answer(calls=((name, json.dumps(args)),))


def _called(step: Step) -> tuple[str, Mapping[str, object]]:
    match step:
        case AnswerStep(passages=ids, text=text):
            return "answer", {"passages": ids, "text": text}
        case PersonStep(reason=reason):
            return "hand_over", {"reason": reason}
        case _:
            return step.tool, step.args
