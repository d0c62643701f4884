"""The REST interface: nine collections, the journal, the faults. Open, as the demo runs on loopback.

- `GET /api/orders?status=shipped&customer_id=cus_…`: a bare array in the order of making. Any top-level field filters,
  as text (`free=true`, `delivered_at=null`); a repeated one matches any of its values; an unknown one is 400.
- `POST`: 201 with the record; `PATCH`: 200 with the record, nested objects merged, unknown fields ignored.
- `Idempotency-Key`: the same call again is answered as the first time and writes nothing; another call under a used
  key is 409. Refused calls use no key. `X-Actor` names who writes. Calls with `X-Oracle: 1` meet no fault.
Bodies must say `application/json`, which no page of another origin can send here unasked.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field

from tools.backoffice import faults
from tools.backoffice.collection import COLLECTIONS, Collection
from tools.backoffice.faults import Fault, Met
from tools.backoffice.fields import Row
from tools.backoffice.problems import PROBLEM, NotFound, Refused
from tools.backoffice.store import Filters, Store, to_json
from tools.backoffice.writes import Answer, Call, journal, write

PAGING = ("limit", "offset")
MOST = 10**9
"""No number in a query is above it."""


class Caller(BaseModel):
    """What a call says of itself in its headers."""

    idempotency_key: str | None = Field(default=None, min_length=1, max_length=255)
    x_actor: str = Field(default="unknown", min_length=1, max_length=100)
    x_oracle: str | None = None


Headers = Annotated[Caller, Header()]


class JournalRow(BaseModel):
    """One accepted write; `applied`: the store now holds every field that was asked for."""

    seq: int
    at: str
    method: str
    resource: str
    id: str
    key: str | None
    actor: str
    applied: bool
    changes: dict[str, tuple[Any, Any]]


def api(store: Store) -> APIRouter:
    """All of `/api`."""
    router = APIRouter(prefix="/api", dependencies=[Depends(_only_json)], responses={"4XX": PROBLEM, "5XX": PROBLEM})
    for collection in COLLECTIONS.values():
        _add_reads(router, store, collection)
        _add_writes(router, store, collection)
    _add_journal_and_faults(router, store)
    return router


def _only_json(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in ("POST", "PATCH") and kind != "application/json" and not kind.endswith("+json"):
        raise Refused("Send the body as application/json.", status=415)


def _answer(answer: Answer) -> Response:
    return Response(answer.body, answer.status, media_type="application/json")


def _take(store: Store, collection: Collection, method: str, caller: Caller) -> Met | None:
    return None if caller.x_oracle == "1" else faults.take(store, collection.name, method)


def _filters(collection: Collection, request: Request) -> Filters:
    asked = {name: request.query_params.getlist(name) for name in request.query_params if name not in PAGING}
    fields = collection.record.model_fields
    unknown = sorted(set(asked) - set(fields))
    if unknown:
        raise Refused(f"{collection.name} cannot be filtered by {unknown[0]!r}, only by {', '.join(fields)}.")
    return asked


def _add_reads(router: APIRouter, store: Store, collection: Collection) -> None:
    name, record = collection.name, collection.record

    @router.get(f"/{name}", response_model=list[record], tags=[name], summary=f"List {name}")  # type: ignore[valid-type]  # made at run time
    async def listing(
        request: Request,
        caller: Headers,
        limit: Annotated[int, Query(ge=0, le=MOST)] = 1000,
        offset: Annotated[int, Query(ge=0, le=MOST)] = 0,
    ) -> Response:
        filters, fault = _filters(collection, request), _take(store, collection, "GET", caller)

        def act() -> Answer:
            stale = fault is not None and fault.name == "stale_read"
            found = store.listing(name, filters, limit=limit, offset=offset, stale=stale)
            return Answer(200, f"[{','.join(found)}]")

        return _answer(await faults.met(fault, act))

    @router.get(f"/{name}/{{id}}", response_model=record, tags=[name], summary=f"One of {name}")
    async def item(id: str, caller: Headers) -> Response:  # noqa: A002 - the field's name
        fault = _take(store, collection, "GET", caller)

        def act() -> Answer:
            found = store.item(name, id, stale=fault is not None and fault.name == "stale_read")
            if found is None:
                raise NotFound(f"There is no {id!r} in {name}.")
            return Answer(200, found)

        return _answer(await faults.met(fault, act))


def _add_writes(router: APIRouter, store: Store, collection: Collection) -> None:
    name, record = collection.name, collection.record

    async def carry_out(call: Call, caller: Caller) -> Response:
        fault = _take(store, collection, call.method, caller)
        return _answer(await faults.met(fault, lambda: write(store, call, fault.bend if fault else None)))

    async def call_for(request: Request, body: BaseModel, caller: Caller, id: str | None = None) -> Call:  # noqa: A002
        sent = await request.json()
        asked, key = collection.asked(body), caller.idempotency_key
        return Call(collection=collection, id=id, asked=asked, sent=sent, key=key, actor=caller.x_actor)

    async def create(request: Request, body: BaseModel, caller: Headers) -> Response:
        return await carry_out(await call_for(request, body, caller), caller)

    async def change(id: str, request: Request, body: BaseModel, caller: Headers) -> Response:  # noqa: A002
        return await carry_out(await call_for(request, body, caller, id), caller)

    # The bodies are models derived from the record, known only now.
    create.__annotations__["body"], change.__annotations__["body"] = collection.new, collection.patch
    describe: Row = {"response_model": record, "tags": [name]}
    router.post(f"/{name}", status_code=201, summary=f"Add to {name}", **describe)(create)
    router.patch(f"/{name}/{{id}}", summary=f"Change one of {name}", **describe)(change)


def _add_journal_and_faults(router: APIRouter, store: Store) -> None:
    @router.get("/journal", response_model=list[JournalRow], tags=["journal"])
    async def read_journal(after: Annotated[int, Query(ge=0, le=MOST)] = 0) -> Response:
        """Every accepted write after `seq`, oldest first: what really happened."""
        return _answer(Answer(200, to_json(journal(store, after))))

    @router.post("/faults", status_code=201, tags=["faults"])
    async def arm(fault: Fault) -> Fault:
        """Arm a fault for the next `n` calls that match."""
        faults.arm(store, fault)
        return fault

    @router.get("/faults", tags=["faults"])
    async def armed() -> list[Fault]:
        """What is still to be met, in the order of arming."""
        return faults.armed(store)

    @router.delete("/faults", status_code=204, tags=["faults"])
    async def disarm() -> None:
        """Disarm everything."""
        faults.clear(store)
