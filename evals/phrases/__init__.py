"""How simulated customers put things: the project's own phrases, several for each thing, in each language."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

LANGUAGES = ("en", "de", "fr", "es")


class Phrases:
    """The phrases of one language."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told

    def wants(self, intent: str) -> list[str]:
        """What somebody writes who wants this."""
        return list(self._told["wants"].get(intent, ()))

    def some(self, kind: str, name: str) -> list[str]:
        """The phrases of a kind that have this name, else those called `other`."""
        told = self._told[kind]
        return list(told[name] if name in told else told["other"])

    def joined(self) -> list[str]:
        """How two wishes stand in one message."""
        return list(self._told["joins"])

    def value(self, name: str, dice: Random) -> str:
        """Something that they might name."""
        return str(dice.choice(self._told["values"][name]))

    def plan(self, plan: str) -> str:
        """A plan in words."""
        return str(self._told["values"]["plan"][plan])

    def all(self) -> list[str]:
        """Every wish and question."""
        wishes = [text for texts in self._told["wants"].values() for text in texts]
        return [*wishes, *self._told["values"]["question"]]


@cache
def phrases_in(language: str) -> Phrases:
    """The phrases of a language."""
    text = Path(__file__).with_name(f"{language}.yaml").read_text(encoding="utf-8")
    return Phrases(yaml.safe_load(text))


def fitting(texts: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """Those that name nothing but these values, filled in."""
    return [text.format_map(values) for text in texts if named(text) <= values.keys()]


def named(text: str) -> set[str]:
    """The values that a phrase names."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
