"""Checks of the documents against each other and against the tools. One function a check; each gives its findings.

A check says only what is certain: where a kind of document could not be read in whole, nothing is missing there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from jinja2 import TemplateSyntaxError

from knowledge.documents import Finding
from knowledge.draft import LOCALE, Draft
from knowledge.evidence import rules_can_be_told
from knowledge.guards import what_touches_is_guarded
from knowledge.parts import parts_fit
from knowledge.playbook import Rule
from knowledge.policies import CITES
from knowledge.precedence import escalations_can_hold, rules_have_a_say
from knowledge.reach import comparisons_can_hold, steps_are_reached
from knowledge.rules import FactType, RuleError, Vocabulary, closest, compile_rule
from knowledge.scenarios import Scenario, braced
from knowledge.schemas import head, schema_of
from knowledge.steps import workflows_fit
from knowledge.ways import workflows_are_used, workflows_end, workflows_get_on
from knowledge.wording import contract, names

OPEN = "time.open"
FEWEST_EXAMPLES = 5
"""An intent cannot be told from others with less."""


def misfits(draft: Draft, vocabulary: Vocabulary) -> list[Finding]:
    """What keeps the documents from being worked by, today or years after they were published."""
    among = [finding for check in AMONG_DOCUMENTS for finding in check(draft)]
    return among + [finding for check in AGAINST_TOOLS for finding in check(draft, vocabulary)]


def all_findings(draft: Draft, vocabulary: Vocabulary, today: date | None = None) -> list[Finding]:
    """All that can be said of the documents to who writes them; without a day, nothing is past its date."""
    proved = [finding for proof in PROOFS for finding in proof(draft, vocabulary)]
    told = [finding for check in TOLD_AUTHORS for finding in check(draft)]
    past = list(articles_are_in_force(draft, today)) if today else []
    return [*misfits(draft, vocabulary), *proved, *told, *past]


def hours_are_known(draft: Draft) -> Iterator[Finding]:
    """No rule asks whether people are there where the company does not say by weekday when they are."""
    if draft.company is None or any(draft.company.business_hours.week):
        return
    for rule in (rule for clause in draft.clauses.values() for rule in clause.rules if OPEN in rule.when):
        file, line = _place(rule)
        wrong = f"'{OPEN}' is never known: the company does not say by weekday when people are there"
        yield Finding(file, line, wrong, "write `business_hours:` in company.yaml, as `monday: 9:00 to 18:00`")


def heads_fit(draft: Draft) -> Iterator[Finding]:
    """The schema that a document names is its own; to name none is no mistake, nor is one on the web."""
    for file, (line, schema) in draft.schemas.items():
        if schema != schema_of(file) and "://" not in schema:
            yield Finding(file, line, f"'{schema}' is not the schema of this document", f"write `{head(file)}`")


def languages_are_named(draft: Draft) -> Iterator[Finding]:
    """What stands for a language in an intent is one: the rest of a text that was cut short is none."""
    for name, intent in draft.intents.items():
        for key, texts in (("title", intent.title), ("examples", intent.examples)):
            for locale in texts:
                if not LOCALE.fullmatch(locale):
                    advice = "put a text with a comma in quotes"
                    yield draft.finding("intents.yaml", (name, key, locale), f"'{locale}' is no language", advice)


def scenarios_fit(draft: Draft) -> Iterator[Finding]:
    """What scenarios want, cite and name is there."""
    for file in (file for file in draft.sources if file.startswith("scenarios/")):
        for name in draft.sources[file].data:
            if (scenario := draft.scenarios.get(name)) is not None:
                yield from _scenario_fits(draft, file, scenario)


def _scenario_fits(draft: Draft, file: str, scenario: Scenario) -> Iterator[Finding]:
    goal, expect = scenario.goal, scenario.expect
    if goal is not None and draft.absent("intents", goal.intent):
        advice = closest(goal.intent, draft.intents)
        yield draft.finding(file, (scenario.name, "goal", "intent"), f"unknown intent '{goal.intent}'", advice)
    for place, clause in enumerate(expect.cites):
        if draft.absent("clauses", clause) and draft.absent("articles", clause):
            where = (scenario.name, "expect", "cites", place)
            yield draft.finding(file, where, f"there is no clause '{clause}'", closest(clause, draft.clauses))
    known = scenario.names
    for part, texts in (("customer", scenario.customer), ("says", expect.says), ("never_says", expect.never_says)):
        for place, text in enumerate(texts):
            for name in sorted(braced(text) - known):
                where = (scenario.name, *(("expect",) if part != "customer" else ()), part, place)
                advice = f"{closest(name, known)}, or describe it under `given`"
                yield draft.finding(file, where, f"nothing is given as '{{{name}}}'", advice)


def articles_are_in_force(draft: Draft, today: date) -> Iterator[Finding]:
    """No article is past its date: nobody finds it any more."""
    for name, article in draft.articles.items():
        if article.valid_to is not None and article.valid_to < today:
            wrong = f"the article ended on {article.valid_to}"
            yield draft.finding(f"articles/{name}.md", ("valid_to",), wrong, "give it a later day, or remove the file")


def tools_have_classes(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each tool has its class, and each class is of a tool: what has none would always wait for a person."""
    tools = {*vocabulary.lookups, *vocabulary.actions}
    forbidden = {name for name, shape in vocabulary.actions.items() if shape.forbidden}
    if "actions" not in draft.partial:
        for name in sorted(tools - forbidden - draft.actions.keys()):
            advice = f"add `{name}:` with its `risk` and `identity`"
            yield draft.finding("actions.yaml", (), f"the tool '{name}' has no class", advice)
    for name in draft.actions:
        if name not in tools:
            yield draft.finding("actions.yaml", (name,), f"unknown tool '{name}'", closest(name, tools))


def undo_agrees(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """What the playbook says takes an action back is what the tool says, and then it is reversible."""
    for name, action in draft.actions.items():
        if action.undo is not None and action.undo not in vocabulary.actions:
            advice = closest(action.undo, vocabulary.actions)
            yield draft.finding("actions.yaml", (name, "undo"), f"unknown action '{action.undo}'", advice)
        elif (shape := vocabulary.tool(name)) is not None and action.undo != shape.undo:
            wrong = f"'{name}' is taken back by {_quoted(shape.undo)}, not by {_quoted(action.undo)}"
            advice = f"write `undo: {shape.undo}`" if shape.undo else "remove `undo`"
            yield draft.finding("actions.yaml", (name, "undo") if action.undo else (name,), wrong, advice)
        elif action.undo is not None and not action.reversible:
            wrong = f"'{name}' is taken back by '{action.undo}' and is called irreversible"
            yield draft.finding("actions.yaml", (name,), wrong, "write `reversible: true`")


def _quoted(name: str | None) -> str:
    return f"'{name}'" if name else "nothing"


def cited_clauses_exist(draft: Draft) -> Iterator[Finding]:
    """Each clause that a document cites can be read, in a comment too."""
    for source in draft.sources.values():
        for where in source.lines:
            if where[:1] == (CITES,) and draft.absent("clauses", clause := str(where[1])):
                yield source.finding(f"unknown clause '{clause}'", closest(clause, draft.clauses), where)


def intents_lead_somewhere(draft: Draft) -> Iterator[Finding]:
    """Each intent has a workflow that exists, and a customer can always ask a question or for a person."""
    for name, intent in draft.intents.items():
        if intent.workflow is not None and draft.absent("workflows", intent.workflow):
            advice = closest(intent.workflow, draft.workflows)
            wrong = f"unknown workflow '{intent.workflow}'"
            yield draft.finding("intents.yaml", (name, "workflow"), wrong, advice)
    kinds = {intent.kind for intent in draft.intents.values()}
    for kind in ("person", "question"):
        if "intents" not in draft.partial and kind not in kinds:
            yield draft.finding("intents.yaml", (), f"no intent is of kind '{kind}'", f"add one with `kind: {kind}`")


def intents_are_told_apart(draft: Draft) -> Iterator[Finding]:
    """Each intent has a title and enough examples in each locale served, and none that is another's too."""
    owner: dict[str, str] = {}
    for name, intent in draft.intents.items():
        for locale in draft.company.locales if draft.company else []:
            examples = intent.examples.get(locale, [])
            if len(examples) < FEWEST_EXAMPLES:
                wrong = f"'{name}' has {len(examples)} examples in '{locale}'"
                yield draft.finding("intents.yaml", (name, "examples", locale), wrong, "write 15 or more, at least 5")
            if locale not in intent.title:
                advice = f"add `{locale}: …` under `title:`"
                yield draft.finding("intents.yaml", (name, "title"), f"'{name}' has no title in '{locale}'", advice)
        for locale, examples in intent.examples.items():
            for index, example in enumerate(examples):
                first = owner.setdefault(" ".join(example.lower().split()), name)
                if first != name:
                    where = (name, "examples", locale, index)
                    wrong = f"this is an example of '{first}' too"
                    yield draft.finding("intents.yaml", where, wrong, "keep it where it belongs")


def locales_are_served(draft: Draft) -> Iterator[Finding]:
    """Each locale of the company has its wording, and each document is in one of them."""
    locales = draft.company.locales if draft.company else []
    for index, locale in enumerate(locales):
        if draft.absent("wording", locale):
            wrong = f"there is no wording for '{locale}'"
            yield draft.finding("company.yaml", ("locales", index), wrong, f"write wording/{locale}.yaml")
    for file, source in draft.sources.items():
        locale = source.data.get("locale", "") if file.endswith(".md") else ""
        if locale and locales and locale not in locales:
            yield source.finding(f"the company does not serve '{locale}'", closest(locale, locales), ("locale",))


def translations_fit(draft: Draft) -> Iterator[Finding]:
    """Each translation is of a clause or an article that is there, into a language that is served."""
    locales = draft.company.locales if draft.company else []
    for locale, told in draft.translations.items():
        file = f"translations/{locale}.yaml"
        if locales and locale not in locales[1:]:
            wrong = f"'{locale}' is no further language of the company"
            yield draft.finding(file, (), wrong, "add it to `locales` in company.yaml, or remove the file")
        for id_ in told:
            if draft.absent("clauses", id_) and draft.absent("articles", id_):
                advice = closest(id_, [*draft.clauses, *draft.articles])
                yield draft.finding(file, (id_,), f"there is no clause or article '{id_}'", advice)


def rules_compile(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each rule is a condition over declared facts."""
    for clause in draft.clauses.values():
        for rule in clause.rules:
            file, line = _place(rule)
            for finding in _condition(rule.when, vocabulary.variables):
                yield finding._replace(file=file, line=line)


def money_is_told(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """How much an action moves is a number."""
    for name, action in draft.actions.items():
        for finding in _condition(action.money, vocabulary.variables, "double") if action.money else ():
            yield draft.finding("actions.yaml", (name, "money"), finding.wrong, finding.instead)


def escalations_compile(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each escalation rule is a condition over what is known of any case; no record has been looked up there."""
    for index, text in enumerate(draft.company.escalate_when if draft.company else []):
        for finding in _condition(text, dict(vocabulary.facts)):
            yield draft.finding("company.yaml", ("escalate_when", index), finding.wrong, finding.instead)


def wording_is_whole(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each locale has each text that the agent needs, and a template names only what it is given."""
    needed = contract(vocabulary)
    for locale, wording in draft.wording.items():
        file = f"wording/{locale}.yaml"
        for key in sorted(needed.keys() - wording.texts.keys()):
            yield draft.finding(file, (), f"the text '{key}' is missing", f"add a line `{key}: …`")
        for key, text in wording.texts.items():
            try:
                used = names(text)
            except TemplateSyntaxError as error:
                yield draft.finding(
                    file, (key,), f"'{key}' is no template: {error.message}", "write values as {{ name }}"
                )
                continue
            for name in sorted(used.keys() - needed[key]) if key in needed else []:
                wrong = f"'{key}' is not given '{name}'"
                advice = closest(name, needed[key]) if needed[key] else "write it without values"
                yield draft.finding(file, (key,), wrong, advice)


def _condition(text: str, variables: dict[str, FactType], returns: FactType = "bool") -> Iterator[Finding]:
    try:
        compile_rule(text, variables, returns)
    except RuleError as error:
        yield Finding("", 0, error.message, error.instead)


def _place(rule: Rule) -> tuple[str, int]:
    file, _, line = rule.source.rpartition(":")
    return file, int(line)


AMONG_DOCUMENTS: tuple[Callable[[Draft], Iterator[Finding]], ...] = (
    cited_clauses_exist,
    intents_lead_somewhere,
    intents_are_told_apart,
    locales_are_served,
    translations_fit,
    parts_fit,
)
TOLD_AUTHORS: tuple[Callable[[Draft], Iterator[Finding]], ...] = (
    heads_fit,
    hours_are_known,
    languages_are_named,
    workflows_are_used,
    workflows_end,
    scenarios_fit,
)
AGAINST_TOOLS: tuple[Callable[[Draft, Vocabulary], Iterator[Finding]], ...] = (
    tools_have_classes,
    undo_agrees,
    rules_compile,
    money_is_told,
    escalations_compile,
    wording_is_whole,
    workflows_fit,
)
PROOFS: tuple[Callable[[Draft, Vocabulary], Iterator[Finding]], ...] = (
    rules_have_a_say,
    escalations_can_hold,
    what_touches_is_guarded,
    workflows_get_on,
    steps_are_reached,
    comparisons_can_hold,
    rules_can_be_told,
)
