"""Offers: the tools that a model is shown for what no workflow covers, and which of its steps are taken up."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import JsonValue

from agent.casefile.events import LookedUp
from agent.casefile.records import Args, Level, Passage
from agent.dispatch import HOUSEKEEPING
from agent.models.port import ActionStep, AnswerStep, LookupStep, ModelFailed, PersonStep, Step, ToolOffer
from agent.models.recognise import recognise
from agent.models.values import stands_in
from agent.policy.workflow import exact_args
from agent.turn import OpenTurn
from tools.contract import Action, Risk, Tool

LONGEST_REASON = 300
LONGEST_TEXT = 2000


def offers(turn: OpenTurn) -> list[ToolOffer]:
    """The tools that the guards let a model see: classed, not forbidden, and open to this level of identity."""
    level, offered = turn.case.identity.level, list[ToolOffer]()
    for name, defined in turn.playbook.actions.items():
        tool = turn.desk.catalog.tools.get(name)
        if tool is None or _is_forbidden(tool) or name in HOUSEKEEPING:
            continue
        if defined.risk != "forbidden" and Level.named(defined.identity) <= level:
            kind = "action" if isinstance(tool, Action) else "lookup"
            schema = tool.args.model_json_schema()
            offered.append(ToolOffer(name=name, summary=tool.summary, kind=kind, schema_=schema))
    return offered


def _is_forbidden(tool: Tool) -> bool:
    return isinstance(tool, Action) and tool.risk is Risk.FORBIDDEN


def taken_up(turn: OpenTurn, step: Step, offered: Sequence[ToolOffer], passages: Sequence[Passage]) -> Step:
    """The step with its exact arguments; a person instead of one that was not open to the model.

    Raises ModelFailed for what is no step.
    """
    match step:
        case AnswerStep(passages=ids, text=text):
            known = {passage.id for passage in passages}
            return AnswerStep(passages=[id_ for id_ in dict.fromkeys(ids) if id_ in known], text=text[:LONGEST_TEXT])
        case PersonStep(reason=reason):
            return PersonStep(reason=reason[:LONGEST_REASON])
        case LookupStep() | ActionStep():
            return _exact(turn, step, offered)
    raise ModelFailed("the model proposed no step")


def _exact(turn: OpenTurn, step: LookupStep | ActionStep, offered: Sequence[ToolOffer]) -> Step:
    if not any(offer.name == step.tool and offer.kind == step.kind for offer in offered):
        return PersonStep(reason="The model proposed a tool that it was not offered.")
    try:
        args = exact_args(turn.desk.catalog, step.tool, step.args)
    except ValueError:
        return PersonStep(reason=f"The model proposed `{step.tool}` with arguments that it does not take.")
    if isinstance(step, ActionStep) and not _were_given(turn, args):
        return PersonStep(reason=f"The model proposed `{step.tool}` with values that nobody gave.")
    return step.model_copy(update={"args": args})


def _were_given(turn: OpenTurn, args: Args) -> bool:
    """Whether the customer gave each value, now or earlier, or it stands in a record that was read this turn."""
    lines = [line.text for line in turn.case.window if line.role == "customer"]
    found = {value.value for line in lines for value in recognise(line, [], "", turn.case.language)}
    told = {value for values in turn.case.told.values() for value in values}
    read = {str(value) for seen in turn.all_noted(LookedUp) for value in (seen.result or {}).values()}
    return all(_is_given(value, lines, found | told | read) for value in args.values() if value not in (None, ""))


def _is_given(value: JsonValue, lines: Sequence[str], known: Collection[str]) -> bool:
    return str(value) in known or any(stands_in(line, str(value)) for line in lines)
