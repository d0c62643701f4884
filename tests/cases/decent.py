"""A decent model behind an endpoint: reads, proposes and words as a good one does, from what its prompts hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evals.scripted_model import Answer, Body, kind_of

_MESSAGE = re.compile(r"Newest message:\n(\w+)> customer\n(.*)\n<\1", re.DOTALL)
_PASSAGE = re.compile(r"(\w+)> passage (\S+)\n.*?\n(.*?)\n<\1", re.DOTALL)
_SHAPES = {
    "order_id": r"HG-\d{6}",
    "email": r"[\w.+-]+@[\w.-]+\w",
    "phone": r"\+\d[\d ]{7,}\d",
    "code": r"(?<![\w-])\d{6}(?!\d)",
    "amount": r"\d+\.\d\d(?= EUR)",
    "reason": r"(?<=because ).+",
}


@dataclass
class Decent:
    """Use it as a `ScriptedModel`'s script."""

    wants: Mapping[str, str]
    """Words of a message → the intent that they carry."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Further values that it recognises where they stand: name → value."""
    asked: list[str] = field(default_factory=list)
    """Which calls it got."""

    def __call__(self, body: Body) -> Answer:
        kind, case = kind_of(body), str(body["messages"][-1]["content"])
        self.asked.append(kind)
        if kind == "read":
            return Answer(report=self._read(case))
        passages = _PASSAGE.findall(case)
        if kind == "propose":
            args = {"passages": [id_ for _, id_, _ in passages[:1]], "text": _first_sentences(passages)}
            return Answer(calls=(("answer", json.dumps(args)),))
        return Answer(text=_first_sentences(passages) or "-")

    def _read(self, case: str) -> dict[str, Any]:
        found = _MESSAGE.search(case)
        assert found is not None, case
        message = found[2]
        intents = [
            {"name": name, "confidence": 0.9, "text": words, "runner_up": None}
            for words, name in self.wants.items()
            if words in message
        ]
        seen = [(name, match[0]) for name, shape in _SHAPES.items() for match in re.finditer(shape, message)]
        seen += [(name, value) for name, value in self.facts.items() if value in message]
        values = [{"name": name, "text": text, "value": text, "new": None} for name, text in seen]
        return {"language": "en", "intents": intents, "values": values}


def _first_sentences(passages: list[tuple[str, str, str]]) -> str:
    sentences = re.findall(r"[^.!?]+[.!?](?=\s|$)", " ".join(passages[0][2].split())) if passages else []
    return "".join(sentences[:2]).strip()
