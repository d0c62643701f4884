"""Workflows against the tools: each step can be taken with what is known when it is reached, and each way ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError

from knowledge.documents import Finding, Where
from knowledge.draft import Draft
from knowledge.playbook import IdentityLevel, Workflow, WorkflowStep
from knowledge.rules import ActionShape, FactType, Returns, RuleError, Vocabulary, closest, compile_rule, step_variables
from knowledge.wording import names

LEVELS: tuple[IdentityLevel, ...] = ("anonymous", "claimed", "confirmed", "verified")


@dataclass(frozen=True)
class _Step:
    """A step where it stands."""

    draft: Draft
    vocabulary: Vocabulary
    workflow: Workflow
    index: int

    @property
    def step(self) -> WorkflowStep:
        return self.workflow.steps[self.index]

    @property
    def shape(self) -> ActionShape | None:
        tools: Mapping[str, ActionShape] = self.vocabulary.lookups if self.step.look_up else self.vocabulary.actions
        return tools.get(self.step.look_up or self.step.propose or "")

    @property
    def variables(self) -> dict[str, FactType]:
        return step_variables(self.workflow, self.index, self.vocabulary)

    def finding(self, where: Where, wrong: str, instead: str = "") -> Finding:
        return self.draft.finding(f"workflows/{self.workflow.id}.yaml", ("steps", self.index, *where), wrong, instead)


def workflows_fit(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each workflow's steps name what exists, ask for enough identity, and end."""
    for workflow in draft.workflows.values():
        for index in range(len(workflow.steps)):
            step = _Step(draft, vocabulary, workflow, index)
            for check in (
                _tool_exists,
                _arguments_fit,
                _guard_compiles,
                _identity_suffices,
                _texts_exist,
                _options_exist,
                _slot_is_needed,
            ):
                yield from check(step)
        yield from _needs_are_worded(draft, workflow)
        yield from _ends(_Step(draft, vocabulary, workflow, len(workflow.steps) - 1))


def _tool_exists(at: _Step) -> Iterator[Finding]:
    if at.step.look_up is not None and at.shape is None:
        wrong = f"unknown lookup '{at.step.look_up}'"
        yield at.finding(("look_up",), wrong, closest(at.step.look_up, at.vocabulary.lookups))
    if at.step.propose is not None and at.shape is None:
        wrong = f"unknown action '{at.step.propose}'"
        yield at.finding(("propose",), wrong, closest(at.step.propose, at.vocabulary.actions))
    if at.step.propose is not None and at.shape is not None and at.shape.forbidden:
        advice = "classify it in its connection's declaration, or propose another"
        yield at.finding(("propose",), f"nothing may propose '{at.step.propose}', which nobody has classified", advice)


def _arguments_fit(at: _Step) -> Iterator[Finding]:
    if at.shape is None:
        return
    for name, text in at.step.with_.items():
        if name not in at.shape.args:
            yield at.finding(("with", name), f"unknown argument '{name}'", closest(name, at.shape.args))
        else:
            yield from _compiles(at, ("with", name), text, at.shape.args[name])
    for name in sorted(at.shape.args.keys() - at.shape.optional - at.step.with_.keys()):
        tool = at.step.look_up or at.step.propose
        yield at.finding(("with",), f"'{tool}' needs the argument '{name}'", f"add `{name}: …` under `with:`")


def _guard_compiles(at: _Step) -> Iterator[Finding]:
    if at.step.when is not None:
        yield from _compiles(at, ("when",), at.step.when, "bool")


def _compiles(at: _Step, where: Where, text: str, returns: Returns) -> Iterator[Finding]:
    try:
        compile_rule(text, at.variables, returns)
    except RuleError as error:
        yield at.finding(where, error.message, error.instead)


def _identity_suffices(at: _Step) -> Iterator[Finding]:
    tool = at.step.look_up or at.step.propose or ""
    action = at.draft.actions.get(tool)
    if action is not None and LEVELS.index(action.identity) > LEVELS.index(at.workflow.identity):
        wrong = f"'{tool}' needs identity '{action.identity}', the workflow asks for '{at.workflow.identity}'"
        yield at.finding((), wrong, f"write `identity: {action.identity}`")


def _texts_exist(at: _Step) -> Iterator[Finding]:
    texts = {"say": at.step.say, "if_missing": at.step.if_missing, "shown": at.step.shown}
    if at.step.person is not None:
        texts["person"] = f"handoff.{at.step.person}"
    if at.step.ask is not None:
        texts["ask"] = at.step.asked or f"ask.{at.step.ask}"
    for key, text_id in texts.items():
        for locale, wording in at.draft.wording.items() if text_id else []:
            if text_id not in wording.texts:
                wrong = f"there is no text '{text_id}' in wording/{locale}.yaml"
                yield at.finding((key,), wrong, closest(str(text_id), wording.texts))
            elif key in ("say", "if_missing"):
                yield from _values_are_known(at, str(text_id), locale)


def _values_are_known(at: _Step, text_id: str, locale: str) -> Iterator[Finding]:
    """A text that a workflow says may name slots and what was looked up before it."""
    file = f"wording/{locale}.yaml"
    for name, fields in _named(at, text_id, locale).items():
        known = {v.partition(".")[2] for v in at.variables if v.partition(".")[0] == name}
        if not known:
            wrong = f"'{text_id}' names '{name}', which '{at.workflow.id}' has not looked up"
            yield at.draft.finding(file, (text_id,), wrong, closest(name, {v.partition(".")[0] for v in at.variables}))
        for field in sorted(fields - known) if known else []:
            yield at.draft.finding(file, (text_id,), f"'{name}' has no '{field}'", closest(field, known))


def _needs_are_worded(draft: Draft, workflow: Workflow) -> Iterator[Finding]:
    for index, need in enumerate(workflow.needs):
        for locale, wording in draft.wording.items() if need.asked else []:
            if need.asked not in wording.texts:
                wrong = f"there is no text '{need.asked}' in wording/{locale}.yaml"
                where = ("needs", index, "asked")
                advice = closest(str(need.asked), wording.texts)
                yield draft.finding(f"workflows/{workflow.id}.yaml", where, wrong, advice)


def _named(at: _Step, text_id: str, locale: str) -> Mapping[str, AbstractSet[str]]:
    try:
        return names(at.draft.wording[locale].texts[text_id])
    except (KeyError, TemplateSyntaxError):
        return {}


def _options_exist(at: _Step) -> Iterator[Finding]:
    """What a customer chooses from was looked up before; its value is a text, and a text shows it by its fields."""
    if at.step.options is None:
        return
    lists = _lists(at)
    option = lists.get(at.step.options or "")
    if option is None:
        yield at.finding(
            ("options",), f"no list '{at.step.options}' was looked up", closest(str(at.step.options), lists)
        )
        return
    if option.get(at.step.value) != "string":
        texts = [name for name, kind in option.items() if kind == "string"]
        wrong = f"an option of '{at.step.options}' has no text '{at.step.value}' that stands for it"
        yield at.finding(("value",), wrong, closest(at.step.value, texts))
    for locale in at.draft.wording:
        for name in sorted(_named(at, str(at.step.shown), locale).keys() - option.keys()):
            wrong = f"'{at.step.shown}' names '{name}', which an option of '{at.step.options}' has not"
            yield at.draft.finding(f"wording/{locale}.yaml", (str(at.step.shown),), wrong, closest(name, option))


def _lists(at: _Step) -> dict[str, Mapping[str, FactType]]:
    """The lists that earlier steps looked up, as `SUBJECT.FIELD`."""
    lists: dict[str, Mapping[str, FactType]] = {}
    for step in at.workflow.steps[: at.index]:
        shape = at.vocabulary.lookups.get(step.look_up or "")
        if shape is not None:
            lists |= {f"{step.as_ or shape.subject}.{name}": option for name, option in shape.lists.items()}
    return lists


def _slot_is_needed(at: _Step) -> Iterator[Finding]:
    needed = [need.slot for need in at.workflow.needs]
    if at.step.slot is not None and at.step.slot not in needed:
        yield at.finding(("slot",), f"the workflow does not need '{at.step.slot}'", closest(at.step.slot, needed))


def _ends(at: _Step) -> Iterator[Finding]:
    if at.step.when is not None or at.step.look_up is not None or at.step.ask is not None:
        advice = "end with a say, person or propose step that has no `when`"
        yield at.finding((), "the workflow may come to no end here", advice)
