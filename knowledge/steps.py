"""Workflows against the tools: each step can be taken with what is known when it is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError

from knowledge.documents import Finding, Where
from knowledge.draft import Draft
from knowledge.parts import LEVELS, file_of, is_unknown, procedures
from knowledge.procedure import Placed, Procedure, variables_at
from knowledge.rules import ActionShape, FactType, Returns, RuleError, Vocabulary, closest, compile_rule
from knowledge.wording import names
from knowledge.workflows import Workflow, WorkflowStep


@dataclass(frozen=True)
class Step:
    """A step where it stands."""

    draft: Draft
    vocabulary: Vocabulary
    procedure: Procedure
    index: int

    @property
    def placed(self) -> Placed:
        """It, and where it was written."""
        return self.procedure.steps[self.index]

    @property
    def step(self) -> WorkflowStep:
        """It as it was written."""
        return self.placed.step

    @property
    def workflow(self) -> Workflow:
        """The document in which it stands."""
        return self.draft.workflows[self.placed.document]

    @property
    def shape(self) -> ActionShape | None:
        """What it looks up or proposes; None where that is unknown, or it does something else."""
        tools: Mapping[str, ActionShape] = self.vocabulary.lookups if self.step.look_up else self.vocabulary.actions
        return tools.get(self.step.look_up or self.step.propose or "")

    @property
    def variables(self) -> dict[str, FactType]:
        """What its expressions may name."""
        return variables_at(self.procedure, self.index, self.vocabulary)

    def finding(self, where: Where, wrong: str, instead: str = "") -> Finding:
        """A mistake in a part of it."""
        return self.draft.finding(file_of(self.placed.document), (*self.placed.where, *where), wrong, instead)


def workflows_fit(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each workflow's steps name what exists, and ask for enough identity."""
    for walked in procedures(draft):
        for index in range(len(walked.steps)):
            step = Step(draft, vocabulary, walked, index)
            for check in (
                _tool_exists,
                _arguments_fit,
                _condition_compiles,
                _identity_suffices,
                _texts_exist,
                _options_exist,
            ):
                yield from check(step)
    for workflow in draft.workflows.values():
        yield from _needs_are_worded(draft, workflow)


def _tool_exists(at: Step) -> Iterator[Finding]:
    if at.step.look_up is not None and at.shape is None:
        wrong = f"unknown lookup '{at.step.look_up}'"
        yield at.finding(("look_up",), wrong, closest(at.step.look_up, at.vocabulary.lookups))
    if at.step.propose is not None and at.shape is None:
        wrong = f"unknown action '{at.step.propose}'"
        yield at.finding(("propose",), wrong, closest(at.step.propose, at.vocabulary.actions))
    if at.step.propose is not None and at.shape is not None and at.shape.forbidden:
        wrong = f"nothing may propose '{at.step.propose}': nobody has classified it, and nothing proves it"
        advice = "classify it in its connection's declaration, or propose another"
        yield at.finding(("propose",), wrong, advice)


def _arguments_fit(at: Step) -> Iterator[Finding]:
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


def _condition_compiles(at: Step) -> Iterator[Finding]:
    """A condition is told where it is written: at its name, unless it stands in the step itself."""
    key, told = ("if", at.step.if_) if at.step.if_ is not None else ("when", at.step.when)
    if at.placed.when is None or is_unknown(told or "", at.workflow):
        return
    for found in _compiles(at, (key,), at.placed.when, "bool"):
        if told in at.workflow.conditions:
            yield at.draft.finding(file_of(at.placed.document), ("conditions", told), found.wrong, found.instead)
        else:
            yield found


def _compiles(at: Step, where: Where, text: str, returns: Returns) -> Iterator[Finding]:
    try:
        compile_rule(text, at.variables, returns)
    except RuleError as error:
        yield at.finding(where, error.message, error.instead)


def _identity_suffices(at: Step) -> Iterator[Finding]:
    tool = at.step.look_up or at.step.propose or ""
    action = at.draft.actions.get(tool)
    if action is not None and LEVELS.index(action.identity) > LEVELS.index(at.workflow.identity):
        wrong = f"'{tool}' needs identity '{action.identity}', the workflow asks for '{at.workflow.identity}'"
        yield at.finding((), wrong, f"write `identity: {action.identity}`")


def _texts_exist(at: Step) -> Iterator[Finding]:
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


def _values_are_known(at: Step, text_id: str, locale: str) -> Iterator[Finding]:
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
                yield draft.finding(file_of(workflow.id), where, wrong, advice)


def _named(at: Step, text_id: str, locale: str) -> Mapping[str, AbstractSet[str]]:
    try:
        return names(at.draft.wording[locale].texts[text_id])
    except (KeyError, TemplateSyntaxError):
        return {}


def _options_exist(at: Step) -> Iterator[Finding]:
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


def _lists(at: Step) -> dict[str, Mapping[str, FactType]]:
    """The lists that earlier steps looked up, as `SUBJECT.FIELD`."""
    lists: dict[str, Mapping[str, FactType]] = {}
    for placed in at.procedure.before(at.index):
        shape = at.vocabulary.lookups.get(placed.step.look_up or "")
        if shape is not None:
            lists |= {f"{placed.step.as_ or shape.subject}.{name}": option for name, option in shape.lists.items()}
    return lists
