"""JSON Schemas of the YAML documents: what editors complete and check while somebody writes.

They are made from the models and the tools. What other documents name, such as clauses and workflows, is left to the
checks: a schema would not know of the one that was written a minute ago.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from knowledge.company import Company
from knowledge.playbook import ActionDef, IntentDef, Translation
from knowledge.rules import Vocabulary
from knowledge.scenarios import Scenario
from knowledge.wording import contract
from knowledge.workflows import Workflow

FOLDER = "_schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_HEAD = re.compile(r"# *yaml-language-server: *\$schema=(\S+)")
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
"""What a plain text may look like to others: `yes`, `12:30` and `5.0` are texts in these documents."""
_BY_THE_FILE = {"Workflow": "id", "IntentDef": "name", "ActionDef": "name", "Scenario": "name"}
"""Model → the field that its document does not state."""


def schemas(vocabulary: Vocabulary) -> dict[str, Schema]:
    """Kind → the schema of its documents, for these tools."""
    named = {
        "look_up": sorted(vocabulary.lookups),
        "propose": sorted(vocabulary.actions),
        "undo": sorted(vocabulary.actions),
    }
    made = {
        "company": _made(Company, named),
        "intents": _made(dict[str, IntentDef], named),
        "actions": _made(dict[str, ActionDef], named) | _classes(vocabulary),
        "workflow": _made(Workflow, named),
        "wording": _wording(vocabulary),
        "scenarios": _made(dict[str, Scenario], named),
        "translations": _made(dict[str, Translation], named),
    }
    return {kind: {"$schema": DIALECT, **schema} for kind, schema in made.items()}


def write_schemas(folder: Path, vocabulary: Vocabulary) -> list[Path]:
    """Write the schemas into `FOLDER/_schemas/`; gives the files."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    files = []
    for kind, schema in schemas(vocabulary).items():
        files.append(folder / FOLDER / f"{kind}.json")
        files[-1].write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return files


def schema_of(file: str) -> str:
    """Where the schema of a YAML document is, as seen from the document."""
    folder, _, name = file.rpartition("/")
    kind = {"workflows": "workflow"}.get(folder, folder or name.removesuffix(".yaml"))
    return f"{'../' if folder else ''}{FOLDER}/{kind}.json"


def head(file: str) -> str:
    """The first line of a YAML document, by which editors find its schema."""
    return f"# yaml-language-server: $schema={schema_of(file)}"


def schema_named(text: str) -> tuple[int, str] | None:
    """The schema that the comments at the top of a document name, and in which line; None: none is named."""
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            return None
        if found := _HEAD.match(line):
            return number, found[1]
    return None


def _made(of: Any, named: Mapping[str, list[str]]) -> Schema:
    """The schema of a model, with the names that are known where one is wanted."""
    schema: Schema = _plain(TypeAdapter(of).json_schema())
    models = [schema, *schema.get("$defs", {}).values()]
    names = [getattr(of, "__name__", ""), *schema.get("$defs", {})]
    for name, model in zip(names, models, strict=True):
        if (given := _BY_THE_FILE.get(name)) is not None:
            del model["properties"][given]
            model["required"].remove(given)
        for field, values in named.items():
            if field in model.get("properties", {}):
                model["properties"][field] = {**model["properties"][field], "type": "string", "enum": values}
    return schema


def _plain(node: Any) -> Any:
    """Without what says nothing to who writes, and with every text as it may look: nothing here is ever null."""
    if isinstance(node, list):
        return [_plain(item) for item in node if item != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    kept = {key: _plain(value) for key, value in node.items() if not _is_noise(key, value)}
    if len(choices := kept.get("anyOf", [])) == 1:
        kept |= {**kept.pop("anyOf")[0], **{key: value for key, value in kept.items() if key != "anyOf"}}
    if kept.get("type") == "string" and not choices and not kept.keys() & {"enum", "const", "pattern"}:
        kept |= _TEXT
    return kept


def _is_noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value in (None, {}, []))


def _classes(vocabulary: Vocabulary) -> Schema:
    """Each tool has an entry, but for those that nobody has classified."""
    forbidden = {name for name, shape in vocabulary.actions.items() if shape.forbidden}
    tools = sorted([*vocabulary.lookups, *vocabulary.actions])
    return {
        "properties": {tool: {"$ref": "#/$defs/ActionDef"} for tool in tools},
        "required": [tool for tool in tools if tool not in forbidden],
        "additionalProperties": False,
    }


def _wording(vocabulary: Vocabulary) -> Schema:
    """The texts that every locale needs, each with the values that it is given; workflows say others besides."""
    given = {name: ", ".join(sorted(values)) for name, values in sorted(contract(vocabulary).items())}
    told = {name: f"It may use {values}." if values else "It is given nothing." for name, values in given.items()}
    return {
        "description": "What the agent says, each text under its id.",
        "type": "object",
        "properties": {name: {**_TEXT, "description": words} for name, words in told.items()},
        "required": list(given),
        "additionalProperties": _TEXT,
    }
