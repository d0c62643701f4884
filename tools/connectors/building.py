"""Building: a declared tool is held against what its system says of itself, and becomes a lookup or an action."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from tools.connectors.connection import forbidden
from tools.connectors.declaring import (
    ActionDeclaration,
    Argument,
    Before,
    Bound,
    Fact,
    Key,
    LookupDeclaration,
    More,
    Operations,
    Reading,
    Sent,
    ToolDeclaration,
    Value,
    Version,
)
from tools.connectors.working import ActionAtWork, LookupAtWork, ProofAtWork, ReadAtWork
from tools.contract import Action, Arguments, KeyKind, Lookup, Tool, Undo
from tools.declared import DeclarationError
from tools.schemas import ScalarName, Schema, arguments, facts


def built(operations: Operations, name: str, declared: ToolDeclaration, system: str) -> Tool:
    """The tool of a declaration. Raises DeclarationError, without the tool's name."""
    match declared:
        case LookupDeclaration():
            return _lookup(operations, name, declared, system)
        case ActionDeclaration():
            return _action(operations, name, declared, system)
        case _:
            return forbidden(name, "", system)


def _lookup(operations: Operations, name: str, declared: LookupDeclaration, system: str) -> Lookup:
    reading = ReadAtWork(operations, declared.lookup)
    _check_reading(reading)
    _names_nobody({**declared.lookup.send, **declared.lookup.where}, declared.lookup)
    record = reading.record_schema()
    result = facts(f"{name}_result", {fact: _typed(record, fact, told) for fact, told in declared.result.items()})
    places = _places(operations, declared.lookup.read, declared.lookup.send)
    for field, value in declared.lookup.where.items():
        if isinstance(value, Argument) and value.arg not in places:
            places[value.arg] = [record.at(field)], False
    args = arguments(f"{name}_arguments", places)
    looking = LookupAtWork(reading, result, declared.result)
    return Lookup(
        name=name,
        summary=declared.summary or operations.summary(declared.lookup.read),
        system=system,
        args=args,
        result=result,
        subject=declared.subject,
        run=looking.run,
    )


def _action(operations: Operations, name: str, declared: ActionDeclaration, system: str) -> Action:
    operations.writes(declared.action)
    sent = dict(declared.send)
    key, place = _key(declared)
    if place is not None:
        if place in sent:
            raise DeclarationError(f"the key goes to '{place}', and so does something else.")
        operations.place(declared.action, place)
    _check_sent(operations, declared.action, sent, {place} if place else set())
    _names_nobody(sent, declared.proof, *([declared.owns] if declared.owns else []))
    args = arguments(f"{name}_arguments", _places(operations, declared.action, sent))
    proof = ProofAtWork(operations, declared.proof)
    owns = ReadAtWork(operations, declared.owns) if declared.owns else None
    for reading in (proof, owns) if owns else (proof,):
        _check_reading(reading)
        _known_arguments(args, [*reading.declared.send.values(), *reading.declared.where.values()])
    _known_arguments(args, [*declared.proof.changed.values(), *declared.proof.added.values(), declared.target.id or ""])
    if declared.proof.added and owns is None and not any(isinstance(value, Bound) for value in sent.values()):
        raise DeclarationError("nothing makes the new record the customer's; send {scope: customer_id}, or add `owns`.")
    if declared.proof.gone and operations.answer(declared.proof.read).at(declared.proof.find).is_list:
        raise DeclarationError(
            "a list may show only a part, so what is missing there may not be gone; read the record."
        )
    _known_arguments(args, list(declared.undo.with_.values()) if declared.undo else [])
    doing = ActionAtWork(operations, declared, proof, owns, place, _version(operations, declared))
    return Action(
        name=name,
        summary=declared.summary or operations.summary(declared.action),
        system=system,
        args=args,
        risk=declared.risk,
        key=key,
        target=doing.target,
        before=doing.before,
        run=doing.run,
        verify=proof.verify,
        undo=Undo(declared.undo.action, doing.taken_back) if declared.undo else None,
        proof=declared.proof.read,
    )


def _key(declared: ActionDeclaration) -> tuple[KeyKind, str | None]:
    match declared.key:
        case Key(idempotency_key=str() as place):
            return KeyKind.IDEMPOTENCY_KEY, place
        case Key(marker=str() as place):
            return KeyKind.MARKER, place
        case Key(condition=place):
            return KeyKind.CONDITION, place
        case kind:
            return KeyKind(kind), None


def _version(operations: Operations, declared: ActionDeclaration) -> Version | None:
    if not isinstance(declared.key, Key) or declared.key.condition is None:
        return None
    if declared.proof.added:
        raise DeclarationError("a condition is the version of a record that has `changed`; a list has none.")
    return operations.version(declared.proof.read)


def _typed(record: Schema, fact: str, told: Fact) -> tuple[ScalarName, JsonValue]:
    kind = told.type
    if kind is None:
        try:
            found = record.at(told.at)
        except DeclarationError as error:
            raise DeclarationError(f"the record has no '{told.at}': {error}") from None
        kind = found.scalar
        if kind == "string" and told.default is None and not found.always:
            return kind, ""
    if kind is None:
        raise DeclarationError(f"the type of '{fact}' is not known; write {{at: {told.at}, type: string}} or another.")
    return kind, told.default


def _places(operations: Operations, operation: str, sent: Sent) -> dict[str, tuple[list[Schema], bool]]:
    """Each argument with the schemas of the places it goes to, and whether all of them may be left empty."""
    required, places = operations.required(operation), dict[str, tuple[list[Schema], bool]]()
    for place, value in sent.items():
        if isinstance(value, Argument):
            schemas, optional = places.get(value.arg, ([], True))
            schema = operations.place(operation, place)
            places[value.arg] = [*schemas, schema], optional and place not in required and not value.required
    return places


def _check_sent(operations: Operations, operation: str, sent: Sent, filled: set[str]) -> None:
    for place, value in sent.items():
        schema = operations.place(operation, place)
        if not isinstance(value, Argument | Bound) and (wrong := schema.objection(value)) is not None:
            raise DeclarationError(f"'{place}' cannot be {value!r}: {wrong}.")
    if missing := sorted(operations.required(operation) - sent.keys() - filled):
        raise DeclarationError(f"'{operation}' needs '{missing[0]}'; say under `send` what goes there.")


def _names_nobody(sent: Sent, *readings: Reading) -> None:
    """No argument goes where the customer goes: whose record is touched is bound by the server."""
    owners = {"customer_id", *(reading.owner for reading in readings)}
    for place, value in sent.items():
        if isinstance(value, Argument) and {value.arg, place.rpartition(".")[2]} & owners:
            raise DeclarationError(f"no argument names a customer; send {{scope: customer_id}} to '{place}'.")


def _known_arguments(args: type[Arguments], values: Sequence[Value | Before]) -> None:
    for value in values:
        if isinstance(value, Argument) and value.arg not in args.model_fields:
            raise DeclarationError(f"'{value.arg}' is no argument of the tool: nothing under its `send` takes it.")


def _check_reading(reading: ReadAtWork) -> None:
    """Raises DeclarationError when it may read what is somebody else's, or cannot be made at all."""
    operations, declared = reading.operations, reading.declared
    operations.reads(declared.read)
    _check_sent(operations, declared.read, declared.send, set())
    if declared.more is not None:
        _check_pages(operations, declared, declared.more)
    required = operations.required(declared.read)
    bound = any(isinstance(value, Bound) and place in required for place, value in declared.send.items())
    if declared.owner is None and not bound:
        advice = "name the field that says so under `owner`, or send {scope: customer_id} to a place it needs"
        raise DeclarationError(f"nothing shows whose the record of '{declared.read}' is; {advice}.")


def _check_pages(operations: Operations, declared: Reading, more: More) -> None:
    """Raises DeclarationError when there is no list, or nothing that leads on in it."""
    answer = operations.answer(declared.read)
    if not answer.at(declared.find).is_list:
        raise DeclarationError(f"what '{declared.read}' answers is no list, so it has no `more`; see `find`.")
    answer.at(more.at)
    if more.to is None:
        operations.leads_on(declared.read)
    elif isinstance(declared.send.get(more.to), Argument | Bound):
        raise DeclarationError(f"'{more.to}' has a value already, so nothing else can lead on there.")
    else:
        operations.place(declared.read, more.to)
