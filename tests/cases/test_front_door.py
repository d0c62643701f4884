"""Bad input gets a clear answer, and changes nothing."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from tests.cases.house import House
from tests.cases.people import People
from web.app import create_app


def _say(text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "text": text} | more


async def test_every_refusal_is_a_problem_and_leaves_the_file_as_it_was(house: House) -> None:
    case, other = await house.open(), await house.open()
    path = f"/v1/cases/{case.id}/messages"
    post, mine = house.client.post, case.headers
    wrong = {"Authorization": "Bearer nope"}
    answers = {
        "no token": (401, await post(path, json=_say())),
        "wrong token": (404, await post(path, json=_say(), headers=wrong)),
        "another case's token": (404, await post(path, json=_say(), headers=other.headers)),
        "unknown case": (404, await post(f"/v1/cases/{uuid.uuid4()}/messages", json=_say(), headers=mine)),
        "not a UUID": (422, await post("/v1/cases/17/messages", json=_say(), headers=mine)),
        "empty": (422, await post(path, json=_say("  \n "), headers=mine)),
        "too long": (422, await post(path, json=_say("x" * 8001), headers=mine)),
        "no JSON": (400, await post(path, content=b"{", headers=mine | {"Content-Type": "application/json"})),
        "a field too many": (422, await post(path, json=_say(role="system"), headers=mine)),
        "an id that is none": (422, await post(path, json=_say(id="1"), headers=mine)),
        "too large": (413, await post(path, content=b" " * 300_000, headers=mine)),
        "not staff": (403, await house.client.get("/v1/approvals", headers=mine)),
        "unknown approval": (404, await house.decide(str(uuid.uuid4()), decision="approve")),
        "unknown decision": (422, await house.decide(str(uuid.uuid4()), decision="perhaps")),
        "no handoff yet": (404, await house.client.get(f"/v1/cases/{case.id}/handoff", headers=house.staff)),
        "a turn beyond all": (422, await house.client.get(f"/v1/cases/{case.id}/turns?after={'9' * 20}", headers=mine)),
        "no such route": (404, await house.client.get("/v2/cases")),
    }
    for what, (status, answer) in answers.items():
        assert answer.status_code == status, (what, answer.text)
        assert answer.headers["content-type"] == "application/problem+json", what
        assert answer.json()["detail"], what
    assert len((await house.client.get(f"/v1/cases/{case.id}/file", headers=house.staff)).text.splitlines()) == 1


async def test_a_body_that_grows_past_the_limit_is_cut_off(house: House) -> None:
    async def endless() -> Any:
        for _ in range(400):
            yield b" " * 1024

    case = await house.open()
    answer = await house.client.post(f"/v1/cases/{case.id}/messages", content=endless(), headers=case.headers)
    assert answer.status_code == 413


async def test_eight_thousand_characters_are_read(house: House) -> None:
    case = await house.open()
    assert (await case.say("a" * 8000))["reply"]


async def test_a_used_id_with_another_text_is_refused(house: House) -> None:
    case, message_id = await house.open(), str(uuid.uuid4())
    first = await case.say("hello", message_id)
    assert await case.say("hello", message_id) == first
    path = f"/v1/cases/{case.id}/messages"
    again = await house.client.post(path, json={"id": message_id, "text": "other"}, headers=case.headers)
    assert again.status_code == 409


@pytest.mark.parametrize(
    "forged",
    [
        {"key": "wrong" * 8},
        {"aud": "someone"},
        {"exp": datetime.now(UTC) - timedelta(minutes=1)},
        {"exp": datetime.now(UTC) + timedelta(minutes=60)},
        {"algorithm": "none", "key": ""},
        {"sub": None},
    ],
)
async def test_a_forged_customer_token_is_refused(house: House, forged: dict[str, Any]) -> None:
    claims = {"sub": "cus_1", "aud": "deskhand", "exp": datetime.now(UTC) + timedelta(minutes=5)}
    key, algorithm = forged.pop("key", house.front.customer_secret), forged.pop("algorithm", "HS256")
    token = jwt.encode({k: v for k, v in (claims | forged).items() if v is not None}, key, algorithm=algorithm)
    answer = await house.client.post("/v1/cases", json={"customer_token": token})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_closed_case_takes_no_message_and_a_taken_one_gets_no_answer(house: House) -> None:
    case = await house.open()
    await case.say("hello")
    view = (await house.client.post(f"/v1/cases/{case.id}/takeover", headers=house.staff)).json()
    assert view["status"] == "waiting_person"
    assert (await case.say("How long does delivery take?"))["reply"] == ""
    await house.client.post(f"/v1/cases/{case.id}/release", headers=house.staff)
    assert (await case.say("How long does delivery take?"))["reply"]
    await house.client.post(f"/v1/cases/{case.id}/close", headers=house.staff)
    path = f"/v1/cases/{case.id}/messages"
    assert (await house.client.post(path, json=_say(), headers=case.headers)).status_code == 409
    file = f"/v1/cases/{case.id}/file"
    before = (await house.client.get(file, headers=house.staff)).text
    for move in ("takeover", "release", "close"):
        refused = await house.client.post(f"/v1/cases/{case.id}/{move}", headers=house.staff)
        assert refused.status_code == 409, move
    assert (await house.client.get(file, headers=house.staff)).text == before


@pytest.mark.parametrize("move", ["takeover", "close"])
async def test_what_waited_for_approval_is_withdrawn_when_a_person_has_the_case(
    house: House, people: People, move: str
) -> None:
    customer, order = people.refundable(60, 400)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await case.say(f"refund for {order['id']} please because it is damaged")
    [approval] = await house.approvals(case)
    await house.client.post(f"/v1/cases/{case.id}/{move}", headers=house.staff)
    assert (await house.decide(approval["id"], decision="approve")).status_code == 409
    assert await house.approvals(case) == []
    assert await house.oracle.written(before, resource="refunds") == []
    assert (await case.view())["status"] == {"takeover": "waiting_person", "close": "closed"}[move]


VISITED = {401, 404, 422, 503}
STAFFED = VISITED | {403}
DESCRIBED: dict[str, dict[str, set[int]]] = {
    "/healthz": {"get": {200, 503}},
    "/v1/cases": {"post": {201, 400, 401, 422, 503}},
    "/v1/cases/{case_id}": {"get": {200} | VISITED},
    "/v1/cases/{case_id}/messages": {"post": {200, 202, 400, 409, 413} | VISITED},
    "/v1/cases/{case_id}/turns": {"get": {200} | VISITED},
    "/v1/cases/{case_id}/turns/{message_id}": {"get": {200, 202} | VISITED},
    "/v1/cases/{case_id}/file": {"get": {200} | STAFFED},
    "/v1/cases/{case_id}/handoff": {"get": {200} | STAFFED},
    "/v1/cases/{case_id}/takeover": {"post": {200, 400, 409} | STAFFED},
    "/v1/cases/{case_id}/undo": {"post": {200, 400, 409} | STAFFED},
    "/v1/cases/{case_id}/release": {"post": {200, 400, 409} | STAFFED},
    "/v1/cases/{case_id}/close": {"post": {200, 400, 409} | STAFFED},
    "/v1/approvals": {"get": {200} | STAFFED - {404}},
    "/v1/approvals/{approval_id}": {"post": {200, 400, 409} | STAFFED},
}


async def test_openapi_describes_every_answer_of_the_contract(house: House) -> None:
    document = (await house.client.get("/openapi.json")).json()
    operations = {(path, method): o for path, item in document["paths"].items() for method, o in item.items()}
    assert {key: {int(status) for status in o["responses"]} for key, o in operations.items()} == {
        (path, method): statuses for path, methods in DESCRIBED.items() for method, statuses in methods.items()
    }
    refusals = [(key, status) for key, o in operations.items() for status in o["responses"] if int(status) >= 400]
    for key, status in refusals:
        content = operations[key]["responses"][status]["content"]
        assert list(content) == ["application/problem+json"], (key, status)
        assert {"title", "status", "detail"} <= content["application/problem+json"]["schema"]["properties"].keys()
    message = operations["/v1/cases/{case_id}/messages", "post"]["responses"]
    assert message["200"]["content"].keys() == {"application/json", "text/event-stream"}
    file = operations["/v1/cases/{case_id}/file", "get"]["responses"]
    assert file["200"]["content"].keys() == {"application/x-ndjson"}


async def test_the_pages_that_describe_the_api_load_nothing_from_elsewhere(house: House) -> None:
    page = (await house.client.get("/docs")).text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(loaded) >= 3
    for address in loaded:
        assert (await house.client.get(address)).status_code == 200, address


async def test_what_breaks_on_our_side_is_a_problem_too() -> None:
    app = create_app()
    app.state.front = None

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret words")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://deskhand") as client:
        answers = {status: await client.get(path) for status, path in {500: "/broken", 503: "/healthz"}.items()}
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert "secret" not in answer.text
