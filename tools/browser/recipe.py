"""A recipe: what is done on which pages, declared; see `docs/browser-recipes.md`.

Text may name values as `{{ points }}`: the arguments, `customer` (bound by the server), `marker` (made from the
effect's key), and in `proves` and `undo` also `before.FIELD`. They are put in as data, and as one part of a path where
they stand in an address.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic_core import SchemaError

from tools.contract import Arguments, KeyKind, Risk
from tools.declared import Declared, Secret

PLAIN = SandboxedEnvironment(undefined=StrictUndefined)
ADDRESS = SandboxedEnvironment(undefined=StrictUndefined, finalize=lambda value: quote(str(value), safe=""))
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


def _template(text: str) -> str:
    try:
        PLAIN.parse(text)
    except TemplateError as error:
        raise ValueError(f"'{text}' cannot be filled in: {error.message}.") from None
    return text


def _expression(text: str) -> str:
    try:
        PLAIN.compile_expression(text)
    except TemplateError as error:
        raise ValueError(f"'{text}' cannot be reckoned: {error.message}.") from None
    return text


def _regex(pattern: str) -> str:
    """Alone first: a pattern that is none by itself could undo the anchors around it."""
    try:
        TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])
    except SchemaError:
        raise ValueError(f"the pattern '{pattern}' is no regular expression (without look-around).") from None
    return pattern


Text = Annotated[str, AfterValidator(_template)]
Expression = Annotated[str, AfterValidator(_expression)]


class Locator(Declared):
    """Where something stands on a page: by role (with its name), label, text or CSS. It has to match one element."""

    role: str | None = None
    name: Text | None = None
    label: Text | None = None
    text: Text | None = None
    css: Text | None = None
    within: Locator | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.role, self.label, self.text, self.css)) != 1:
            raise ValueError("a locator has one of role, label, text and css.")
        if self.name is not None and self.role is None:
            raise ValueError("'name' belongs to a role; write `role: …` beside it.")
        return self

    def __str__(self) -> str:
        said = ", ".join(f"{k} '{v}'" for k, v in self.model_dump(exclude={"within"}, exclude_none=True).items())
        return f"{said} within {self.within}" if self.within else said


class SecretRef(Declared):
    """A secret of the recipe, by its name."""

    secret: str


class Step(Declared):
    """One thing that is done, in the recipe's words; `into` says where for `fill` and `select`."""

    goto: Text | None = None
    """A path of the recipe's first site."""
    fill: Text | SecretRef | None = None
    select: Text | None = None
    """The option with this label."""
    into: Locator | None = None
    check: Locator | None = None
    click: Locator | None = None
    submit: Locator | None = None
    """A click that sends: the one moment at which anything may change."""
    expect: Locator | None = None
    at: Text | None = None
    """The path that the page has to be at."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if len(self._doing()) != 1:
            raise ValueError(f"a step does one thing: {', '.join(VERBS)}.")
        for path in (self.goto, self.at):
            if path is not None and not path.startswith("/"):
                raise ValueError(f"'{path}' is no path of the recipe's first site; begin it with '/'.")
        if (self.into is not None) != (self.fill is not None or self.select is not None):
            raise ValueError("'into' says where `fill` and `select` write, and belongs to no other step.")
        return self

    def _doing(self) -> dict[str, Any]:
        return {verb: getattr(self, verb) for verb in VERBS if getattr(self, verb) is not None}

    @property
    def verb(self) -> str:
        """What it does."""
        return next(iter(self._doing()))

    def __str__(self) -> str:
        """As it is declared, so that no value is in it."""
        what = "a secret" if isinstance(self.fill, SecretRef) else next(iter(self._doing().values()))
        return f"{self.verb} {what}" + (f" into {self.into}" if self.into else "")


VERBS = ("goto", "fill", "select", "check", "click", "submit", "expect", "at")


class Login(Declared):
    """How somebody signs in, and what a page shows when nobody is."""

    signed_out: Locator
    steps: list[Step] = Field(min_length=1)


class FieldOf(Locator):
    """A field of the record. `as`: its text, a whole number, a control's value, the rows of a table (by the titles of
    its columns), the texts of any number of matches, or all controls of a form (each one a field, `FIELD.control`)."""

    as_: Literal["text", "int", "value", "rows", "list", "form"] = Field(default="text", alias="as")
    part: Annotated[str, AfterValidator(_regex)] | None = None
    """Of a text, only what this pattern finds in it."""


class Read(Declared):
    """The record as the pages show it."""

    steps: list[Step] = Field(min_length=1)
    fields: dict[Name, FieldOf] = Field(min_length=1)


class Reckoned(Declared):
    """A value that is reckoned: `before.points + points`."""

    value: Expression


class Proof(Declared):
    """A lookup of another tool that gives the record, where the system has an API to ask."""

    lookup: str
    with_: dict[str, Text | Reckoned] = Field(default={}, alias="with")


class Gains(Declared):
    """Exactly one more row, whose named cells say this (or one more text, in which this stands)."""

    gains: dict[str, Text] | Text


Intended = Text | Reckoned | Gains


class Argument(Declared):
    """A value that the recipe is given; the pattern has to fit the whole of it."""

    pattern: Annotated[str, AfterValidator(_regex)]
    type: Literal["str", "int"] = "str"
    about: str = ""


class Aim(Declared):
    """The record that is changed; without an id, the one of the customer in scope."""

    kind: str
    id: Text = ""


class Undo(Declared):
    """The action that takes it back (this one, unless another is named), with its arguments."""

    action: str | None = None
    with_: dict[str, Text | Reckoned] = Field(alias="with", min_length=1)


class Recipe(Declared):
    """One action in a browser."""

    id: Name
    version: int = Field(ge=1)
    summary: str
    system: str
    risk: Risk
    key: Literal[KeyKind.MARKER, KeyKind.NONE]
    """No page recognises a repeat: a marker in free text shows what was sent, and nothing sends it again."""
    sites: list[str] = Field(min_length=1)
    """What may be reached: names that the settings give an address, or addresses. Paths begin at the first one."""
    secrets: dict[Name, Secret] = {}
    arguments: dict[Name, Argument] = {}
    target: Aim
    owner: str | None = None
    """The field of the record that has the customer's id; needed where the addresses are not made from `customer`."""
    login: Login | None = None
    read: Read | None = None
    proof: Proof | None = None
    steps: list[Step] = Field(min_length=1)
    proves: dict[str, Intended] = Field(min_length=1)
    undo: Undo | None = None
    limit_s: float = Field(default=15, gt=0, le=20)
    """For one visit."""

    @property
    def label(self) -> str:
        """`ID@VERSION`."""
        return f"{self.id}@{self.version}"

    def arguments_model(self) -> type[Arguments]:
        """The model of its arguments."""
        fields: dict[str, Any] = {name: (_annotated(argument), ...) for name, argument in self.arguments.items()}
        return create_model(f"{self.id.title().replace('_', '')}Arguments", __base__=Arguments, **fields)


def _annotated(argument: Argument) -> Any:
    whole: TypeAdapter[str] = TypeAdapter(Annotated[str, StringConstraints(pattern=rf"\A(?:{argument.pattern})\z")])

    def fits(value: Any) -> Any:
        try:
            whole.validate_python(str(value))
        except ValidationError:
            raise ValueError(f"this does not fit {argument.pattern}") from None
        return value

    return Annotated[int if argument.type == "int" else str, AfterValidator(fits)]
