"""A new playbook: the least that a desk can work by, for people to write on.

Every tool has a class, and a safe one; every text that a desk needs is there. What one demo company says to everybody
is taken from its documents, so that nothing has to be invented before the first policy is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from knowledge.company import Company
from knowledge.documents import Finding, PlaybookError
from knowledge.draft import Draft, read_draft
from knowledge.plain import action_in_words
from knowledge.rules import Vocabulary
from knowledge.schemas import head, write_schemas
from knowledge.wording import contract

WORDS = {
    "do": "{doing}",
    "confirm": "Shall I {doing}? Please answer yes or no.",
    "verified": "That is done ({doing}). I looked again in our system and it says so.",
    "mismatch": "I tried to {doing}, but what our system shows now is not what I asked for.",
    "failed": "I could not {doing}. Our system did not accept it.",
    "unknown": "Whether that is done ({doing}) is not confirmed yet.",
}
"""What is said of an action for which nobody has written words yet."""
POLICY = """\
---
owner: Customer care
locale: en
valid_from: 2026-01-01
---
# How we help

## 1.1 A person is always there
You can ask for a person at any time and need not say why.

## 1.2 A colleague looks at every change
Before we change anything for you, a colleague looks at it. This usually takes a few hours.

## 1.3 Whoever gets nowhere gets a person
When we have asked you for the same thing three times, we change nothing more by ourselves, and a colleague goes on.
```rule
when: state.repeats >= 3 && action.risk != "low_risk"
then: handoff
```
"""
ARTICLE = """\
---
owner: Customer care
locale: en
valid_from: 2026-01-01
---
# Who we are

We are a small company. Our assistant answers questions from our own articles and rules, and a colleague is there for
everything else.
```asked
Who are you?
What can you help me with?
```
"""


def start(folder: Path, vocabulary: Vocabulary, template: Path, own: Collection[str]) -> list[Path]:
    """Write a new company's documents into a folder that is empty or not there yet; gives the files.

    `template`: the documents that words are taken from. `own`: the tools that the desk uses for its own steps, whose
    classes are the template's. Raises PlaybookError for a folder with something in it.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise PlaybookError([Finding(str(folder), 1, "there is something here already", "name a new folder")])
    draft = read_draft(template)
    if draft.findings or draft.company is None:
        raise PlaybookError(draft.findings)
    documents = {
        "company.yaml": _yaml("company.yaml", _company(folder, draft.company)),
        "intents.yaml": _yaml("intents.yaml", _intents(draft)),
        "actions.yaml": _yaml("actions.yaml", _classes(draft, vocabulary, own)),
        "wording/en.yaml": _yaml("wording/en.yaml", _words(draft, vocabulary)),
        "policies/service.md": POLICY,
        "articles/about-us.md": ARTICLE,
    }
    for file, text in documents.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    (folder / "workflows").mkdir()
    return [*(folder / file for file in documents), *write_schemas(folder, vocabulary)]


def _company(folder: Path, template: Company) -> dict[str, Any]:
    name = folder.resolve().name
    identifier = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30]
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    return {
        "id": identifier if identifier[:1].isalpha() and len(identifier) > 1 else f"company-{identifier}",
        "name": name.replace("-", " ").replace("_", " ").title(),
        "locales": ["en"],
        "currency": "EUR",
        "channels": ["web", "email"],
        "time_zone": "UTC",
        "business_hours": dict.fromkeys(days, "9:00 to 17:00"),
        "tone": "Friendly, plain and short.",
        "identity": template.identity.model_dump(mode="json"),
        "support_threshold": template.support_threshold,
        "nearest_threshold": template.nearest_threshold,
    }


def _intents(draft: Draft) -> dict[str, Any]:
    """What customers want of every desk: an answer, a person, or to say hello."""
    kept = {name: intent for name, intent in draft.intents.items() if intent.workflow is None}
    return {name: i.model_dump(mode="json", exclude={"name", "workflow", "urgency"}) for name, i in kept.items()}


def _classes(draft: Draft, vocabulary: Vocabulary, own: Collection[str]) -> dict[str, Any]:
    """A person looks at every change, until the playbook says otherwise; records are for those who have shown who
    they are."""
    classes: dict[str, Any] = {}
    for name, shape in {**vocabulary.lookups, **vocabulary.actions}.items():
        if name in own and name in draft.actions:
            known = draft.actions[name]
            classes[name] = {"risk": known.risk, "identity": known.identity}
        elif name in vocabulary.lookups:
            classes[name] = {"risk": "low_risk", "identity": "confirmed"}
        elif not shape.forbidden:
            classes[name] = {"risk": "human_approved", "identity": "verified", "clause": "service/1.2"}
            classes[name] |= {"reversible": True, "undo": shape.undo} if shape.undo else {}
    return classes


def _words(draft: Draft, vocabulary: Vocabulary) -> dict[str, str]:
    known: Mapping[str, str] = draft.wording["en"].texts
    return {name: known[name] if name in known else _worded(name) for name in contract(vocabulary)}


def _worded(name: str) -> str:
    """The first words for `do.ACTION`, `confirm.ACTION` or `outcome.ACTION.STATE`."""
    kind, action, *state = name.split(".")
    return WORDS[state[0] if state else kind].format(doing=action_in_words(action))


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as one that people can read."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def _yaml(file: str, data: dict[str, Any]) -> str:
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=500)
    return f"{head(file)}\n{text}"
