"""Tools over a company's own HTTP API: what they read, what proves them, and whose records they touch."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.tools.conftest import scope_of
from tests.tools.connectors.crm import DECLARATION, FAULTS, Crm, declared, running_crm
from tests.tools.papers import Drawer
from tools.catalog import connected_catalog
from tools.connections import connections_of
from tools.connectors.connection import Connection, Needs
from tools.connectors.working import MOST_PAGES
from tools.contract import Catalog, Compensation, KeyKind, Risk, Scope, Target, ToolLost, ToolRefused
from tools.declared import DeclarationError
from tools.finding import Finding, Snapshot
from tools.http import Backoffice

NEEDS = Needs(
    clock=lambda: datetime.now(UTC), code_secret=b"", customers=Backoffice("http://127.0.0.1:9"), own=Drawer()
)
MINE, THEIRS = scope_of("cus_1"), scope_of("cus_2")


@dataclass
class Desk:
    crm: Crm
    connection: Connection
    tools: Catalog


@pytest.fixture(scope="module")
async def one_desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    folder = tmp_path_factory.mktemp("crm")
    async with running_crm() as crm:
        [connection] = connections_of(declared(folder, crm), NEEDS)
        yield Desk(crm, connection, connected_catalog(Catalog(), [connection]))
        await connection.close()


@pytest.fixture
def desk(one_desk: Desk) -> Desk:
    """The desk over a system that holds nothing and works."""
    vars(one_desk.crm).update(vars(Crm(url=one_desk.crm.url)))
    return one_desk


async def done(
    desk: Desk, name: str, args: dict[str, Any], fault: str | None = None, key: str = "key-1"
) -> tuple[str, Finding]:
    """What became of the call, and what was found afterwards."""
    action = desk.tools.action(name)
    exact = action.args.model_validate(args)
    before = await action.before(exact, MINE)
    desk.crm.fault, outcome = fault, "answered"
    try:
        await action.run(exact, MINE, key)
    except ToolLost as error:
        outcome = "answered by an error" if error.answered else "lost"
    except ToolRefused:
        outcome = "refused"
    return outcome, await action.verify(exact, MINE, before)


PAUSED = {None: "verified", "cut": "verified", "hang": "verified", "truncated": "verified", "double": "verified",
          "silent": "absent", "stale": "absent", "ignored": "mismatch", "collateral": "mismatch", "refused": "absent",
          "broken": "absent", "repriced": "mismatch", "raced": "verified"}  # fmt: skip
CALLED = PAUSED | {"double": "mismatch", "stale": "verified", "collateral": "verified", "repriced": "verified"}
"""A read of callbacks is never stale here, and a field that nobody asked about may have any value in a new record."""
OUTCOMES = {"cut": "lost", "hang": "lost", "truncated": "lost", "refused": "refused", "broken": "answered by an error"}


@pytest.mark.parametrize("fault", [None, *FAULTS])
async def test_a_changed_record_is_proven_whatever_the_answer_was(desk: Desk, fault: str | None) -> None:
    args = {"membership_id": desk.crm.join("cus_1"), "date": "2026-10-01"}
    outcome, finding = await done(desk, "pause_membership", args, fault)
    assert outcome == OUTCOMES.get(fault or "", "answered")
    assert finding.state == PAUSED[fault], finding
    if fault == "collateral":
        assert [difference.field for difference in finding.differences] == ["note"]


@pytest.mark.parametrize("fault", [None, *FAULTS])
async def test_a_new_record_is_proven_whatever_the_answer_was(desk: Desk, fault: str | None) -> None:
    desk.crm.callbacks.append({"customer_id": "cus_2", "phone": "99999", "topic": "other", "minutes": 5, "number": 1})
    outcome, finding = await done(desk, "ask_for_a_call", {"phone": "+4420794600", "minutes": 20}, fault)
    assert outcome == OUTCOMES.get(fault or "", "answered")
    assert finding.state == CALLED[fault], finding


@pytest.mark.parametrize("more", ["{{at: next}}", "{{at: cursor, to: query.cursor}}"])
@pytest.mark.parametrize("fault", [None, "silent", "double"])
@pytest.mark.parametrize("earlier", [0, 3, 4])
async def test_a_list_in_pages_is_read_to_its_end(
    desk: Desk, tmp_path: Path, more: str, fault: str | None, earlier: int
) -> None:
    _waiting(desk.crm, earlier, page_size=2)
    [connection] = connections_of(declared(tmp_path, desk.crm, _in_pages(more)), NEEDS)
    over = replace(desk, tools=connected_catalog(Catalog(), [connection]))
    _, finding = await done(over, "ask_for_a_call", {"phone": "+4420794600", "minutes": 20}, fault)
    assert finding.state == CALLED[fault], finding
    await connection.close()


async def test_no_page_leads_to_another_customers(desk: Desk, tmp_path: Path) -> None:
    """What leads on comes from the system: it may go on in the list, and not name whose list it is."""
    _waiting(desk.crm, 3, page_size=1)
    asked = "      send: {{query.customer_id: {{scope: customer_id}}}}\n      find: results"
    text = _in_pages("{{at: next}}").replace("      find: results", asked)
    [connection] = connections_of(declared(tmp_path, desk.crm, text), NEEDS)
    call = connected_catalog(Catalog(), [connection]).action("ask_for_a_call")
    await call.before(call.args.model_validate({"phone": "+4420794600"}), MINE)
    assert desk.crm.asked == ["cus_1"] * 3
    await connection.close()


async def test_a_list_without_an_end_is_not_waited_for(desk: Desk, tmp_path: Path) -> None:
    _waiting(desk.crm, MOST_PAGES + 1, page_size=1)
    [connection] = connections_of(declared(tmp_path, desk.crm, _in_pages("{{at: next}}")), NEEDS)
    call = connected_catalog(Catalog(), [connection]).action("ask_for_a_call")
    with pytest.raises(ToolLost, match="more than 20 pages"):
        await call.before(call.args.model_validate({"phone": "+4420794600"}), MINE)
    await connection.close()


def _in_pages(more: str) -> str:
    return DECLARATION.replace("      find: results\n", f"      find: results\n      more: {more}\n")


def _waiting(crm: Crm, how_many: int, page_size: int) -> None:
    crm.page_size = page_size
    for number in range(1, how_many + 1):
        call = {"customer_id": "cus_1", "phone": "99999", "topic": "other", "minutes": 5, "number": number}
        crm.callbacks.append(call)


async def test_a_repeat_with_the_same_key_changes_nothing_twice(desk: Desk) -> None:
    args = {"membership_id": desk.crm.join("cus_1"), "date": "2026-10-01"}
    await done(desk, "pause_membership", args)
    await done(desk, "pause_membership", args)
    assert desk.crm.memberships["M-1"]["updated_at"] == 1


async def test_a_lookup_gives_its_facts_and_the_action_its_class(desk: Desk) -> None:
    tool, id_ = desk.tools.lookup("get_membership"), desk.crm.join("cus_1")
    seen = await tool.run(tool.args.model_validate({"membership_id": id_}), MINE)
    assert seen is not None
    assert seen.model_dump() == {"id": id_, "status": "active", "plan": "basic", "price": 4.5, "paused_until": ""}
    pause, call = desk.tools.action("pause_membership"), desk.tools.action("ask_for_a_call")
    assert (pause.risk, pause.key, pause.proof) == (
        Risk.CUSTOMER_CONFIRMED, KeyKind.IDEMPOTENCY_KEY, "read_membership",
    )  # fmt: skip
    assert (call.key, call.summary) == (KeyKind.NONE, "Have somebody call the customer.")
    args = pause.args.model_validate({"membership_id": id_, "date": "2026-10-01"})
    assert pause.aim(args, MINE) == Target(kind="membership", id=id_)
    assert call.aim(call.args.model_validate({"phone": "12345"}), MINE) == Target(kind="callback", id="cus_1")


@pytest.mark.parametrize("scope", [THEIRS, scope_of(None)])
async def test_somebody_elses_record_is_one_that_does_not_exist(desk: Desk, scope: Scope) -> None:
    id_, nothing = desk.crm.join("cus_1"), "M-99"
    tool, action = desk.tools.lookup("get_membership"), desk.tools.action("pause_membership")
    words = set()
    for wanted in (id_, nothing):
        assert await tool.run(tool.args.model_validate({"membership_id": wanted}), scope) is None
        args = action.args.model_validate({"membership_id": wanted, "date": "2026-10-01"})
        for call in (action.before(args, scope), action.run(args, scope, "key")):
            with pytest.raises(ToolRefused) as raised:
                await call
            words.add(str(raised.value))
    assert len(words) == 1
    assert desk.crm.writes == []


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("pause_membership", {"membership_id": "M-1/../M-2", "date": "2026-10-01"}),
        ("pause_membership", {"membership_id": "M-1", "date": "soon"}),
        ("pause_membership", {"membership_id": "M-1", "date": 20261001}),
        ("pause_membership", {"membership_id": "M-1"}),
        ("pause_membership", {"membership_id": "M-1", "date": "2026-10-01", "customer_id": "cus_2"}),
        ("ask_for_a_call", {"phone": "1"}),
        ("ask_for_a_call", {"phone": "12345", "minutes": 4}),
        ("ask_for_a_call", {"phone": "12345", "minutes": True}),
        ("ask_for_a_call", {"phone": "12345", "topic": "billing"}),
    ],
)
def test_arguments_that_the_description_refuses_are_refused_here(desk: Desk, name: str, args: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        desk.tools.action(name).args.model_validate(args)


async def test_what_was_left_out_is_not_sent(desk: Desk) -> None:
    outcome, finding = await done(desk, "ask_for_a_call", {"phone": "12345"})
    assert (outcome, finding.state) == ("answered", "verified")
    assert desk.crm.callbacks[0]["minutes"] == 15


async def test_what_is_out_of_reach_says_so(desk: Desk) -> None:
    assert await desk.connection.probe() == []
    desk.crm.down = True
    [trouble] = await desk.connection.probe()
    assert "503" in trouble.wrong
    tool = desk.tools.lookup("get_membership")
    with pytest.raises(ToolLost):
        await tool.run(tool.args.model_validate({"membership_id": "M-1"}), MINE)


async def test_a_wrong_token_is_told_as_such(desk: Desk, tmp_path: Path) -> None:
    connections = declared(tmp_path, desk.crm)
    (tmp_path / "crm-token").write_text("another")
    [connection] = connections_of(connections, NEEDS)
    [trouble] = await connection.probe()
    assert "401" in trouble.wrong
    assert "secret" in trouble.advice
    await connection.close()


async def test_an_answer_that_is_not_as_described_is_told(desk: Desk, tmp_path: Path) -> None:
    connections, api = declared(tmp_path, desk.crm), tmp_path / "crm-api.json"
    spec = json.loads(api.read_text())
    spec["components"]["schemas"]["Callback"]["required"].append("agent")
    api.write_text(json.dumps(spec))
    desk.crm.callbacks.append({"customer_id": "c", "phone": "99999", "topic": "other", "minutes": 5, "number": 1})
    [connection] = connections_of(connections, NEEDS)
    [trouble] = await connection.probe()
    assert "'agent' is a required property" in trouble.wrong
    await connection.close()


ASKED = """
system: crm
spec: crm-api.json
url: {url}
auth: {{secret: {{file: crm-token}}}}
tools:
  find_membership:
    lookup:
      read: search
      send: {{query.question: {{scope: customer_id, within: "holder = '{{}}'"}}}}
      owner: holders.0.id
    subject: own_membership
    result: {{id: id, other: {{at: holders.1.id, type: string}}}}
  pause_membership:
    action: change_membership
    risk: customer_confirmed
    key: {{condition: header.If-Match}}
    send: {{path.membership_id: {{arg: membership_id}}, body.status: paused}}
    target: {{kind: membership, id: {{arg: membership_id}}}}
    proof:
      read: read_membership
      send: {{path.membership_id: {{arg: membership_id}}}}
      owner: holders.0.id
      changed: {{status: paused}}
      follows: [updated_at, plan.price]
"""


@pytest.fixture
async def asked(desk: Desk, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk for which owners stand in a list, a search has its own language, and records have versions."""
    [connection] = connections_of(declared(tmp_path, desk.crm, ASKED), NEEDS)
    yield Desk(desk.crm, connection, connected_catalog(Catalog(), [connection]))
    await connection.close()


async def test_a_system_is_asked_in_its_own_language_for_this_customer_alone(asked: Desk) -> None:
    tool, mine = asked.tools.lookup("find_membership"), asked.crm.join("cus_1")
    seen = await tool.run(tool.args.model_validate({}), MINE)
    assert seen is not None
    assert seen.model_dump() == {"id": mine, "other": "cus_9"}
    assert await tool.run(tool.args.model_validate({}), scope_of("cus_9")) is None, "only the first holder owns it"
    for name in ("cus_1' or holder = 'cus_2", "", "cus_1\n"):
        with pytest.raises(ToolLost, match="cannot stand in a question"):
            await tool.run(tool.args.model_validate({}), scope_of(name))


@pytest.mark.parametrize(
    ("fault", "outcome", "state"),
    [(None, "answered", "verified"), ("repriced", "answered", "verified"), ("collateral", "answered", "mismatch"),
     ("raced", "refused", "absent"), ("silent", "answered", "absent")],
)  # fmt: skip
async def test_a_record_is_changed_in_the_version_that_was_looked_at(
    asked: Desk, fault: str | None, outcome: str, state: str
) -> None:
    mine = asked.crm.join("cus_1")
    said, finding = await done(asked, "pause_membership", {"membership_id": mine}, fault)
    assert (said, finding.state) == (outcome, state)
    action = asked.tools.action("pause_membership")
    assert action.key is KeyKind.CONDITION
    for wanted in (asked.crm.join("cus_2"), "M-99"):
        with pytest.raises(ToolRefused, match="no such record of this customer"):
            await action.run(action.args.model_validate({"membership_id": wanted}), MINE, "key-1")


async def test_a_system_that_tells_no_version_is_sent_nothing(desk: Desk, tmp_path: Path) -> None:
    text = ASKED.replace("read: read_membership", "read: membership_of")
    text = text.replace(
        "{{path.membership_id: {{arg: membership_id}}}}\n      owner",
        "{{path.customer_id: {{scope: customer_id}}}}\n      owner",
    )
    [connection] = connections_of(declared(tmp_path, desk.crm, text), NEEDS)
    action = connected_catalog(Catalog(), [connection]).action("pause_membership")
    with pytest.raises(ToolLost, match="which version"):
        await action.run(action.args.model_validate({"membership_id": desk.crm.join("cus_1")}), MINE, "key-1")
    assert desk.crm.writes == []
    await connection.close()


async def test_it_is_taken_back_by_the_action_that_is_declared_for_it(desk: Desk) -> None:
    mine, pause = desk.crm.join("cus_1"), desk.tools.action("pause_membership")
    exact = pause.args.model_validate({"membership_id": mine, "date": "2026-10-01"})
    before = await pause.before(exact, MINE)
    await done(desk, "pause_membership", exact.model_dump())
    assert pause.undo is not None
    back = pause.undo(exact, before)
    assert back == Compensation(action="restore_membership", args={"membership_id": mine, "status": "active"})
    _, finding = await done(desk, back.action, back.args, key="key-2")
    assert (finding.state, desk.crm.memberships[mine]["status"]) == ("verified", "active")
    assert pause.undo(exact, Snapshot(record={"id": mine}).kept()) is None, "nobody knows how it was"


ENDED = """
  end_membership:
    action: end_membership
    risk: human_approved
    key: condition
    send: {{path.membership_id: {{arg: membership_id}}}}
    target: {{kind: membership, id: {{arg: membership_id}}}}
    proof:
      read: read_membership
      send: {{path.membership_id: {{arg: membership_id}}}}
      owner: customer_id
      gone: true
"""


@pytest.mark.parametrize(
    ("fault", "outcome", "state"),
    [(None, "answered", "verified"), ("cut", "lost", "verified"), ("silent", "answered", "absent"),
     ("refused", "refused", "absent"), ("broken", "answered by an error", "absent")],
)  # fmt: skip
async def test_a_record_that_is_removed_is_there_no_more(
    desk: Desk, tmp_path: Path, fault: str | None, outcome: str, state: str
) -> None:
    mine, other = desk.crm.join("cus_1"), desk.crm.join("cus_2")
    [connection] = connections_of(declared(tmp_path, desk.crm, DECLARATION + ENDED), NEEDS)
    ending = Desk(desk.crm, connection, connected_catalog(Catalog(), [connection]))
    said, finding = await done(ending, "end_membership", {"membership_id": mine}, fault)
    assert (said, finding.state, mine in desk.crm.memberships) == (outcome, state, state != "verified")
    action, exact = ending.tools.action("end_membership"), {"membership_id": other}
    with pytest.raises(ToolRefused, match="no such record of this customer"):
        await action.run(action.args.model_validate(exact), MINE, "key-1")
    assert other in desk.crm.memberships
    await connection.close()


def test_what_a_list_does_not_show_is_not_gone(desk: Desk, tmp_path: Path) -> None:
    before, proof, _ = ENDED.partition("    proof:")
    text = f"{before}{proof} {{{{read: list_callbacks, find: results, owner: customer_id, gone: true}}}}\n"
    with pytest.raises(DeclarationError, match="may show only a part"):
        connections_of(declared(tmp_path, desk.crm, DECLARATION + text), NEEDS)


async def test_what_became_somebody_elses_is_not_gone(desk: Desk, tmp_path: Path) -> None:
    mine = desk.crm.join("cus_1")
    [connection] = connections_of(declared(tmp_path, desk.crm, DECLARATION + ENDED), NEEDS)
    action = connected_catalog(Catalog(), [connection]).action("end_membership")
    exact = action.args.model_validate({"membership_id": mine})
    before = await action.before(exact, MINE)
    desk.crm.memberships[mine]["customer_id"] = "cus_2"
    assert (await action.verify(exact, MINE, before)).state == "absent"
    await connection.close()


SECOND_PROOF = DECLARATION[DECLARATION.index("    proof:\n      read: list") :]
MINE_AS_ARGUMENT = "body.customer_id: {{arg: who}}"
WRONG = {
    "an unknown operation": ("read: read_membership", "read: read_member", "no operation 'read_member'; did you mean"),
    "no owner": ("      owner: customer_id\n    subject", "    subject", "nothing shows whose the record"),
    "an action without a proof": (SECOND_PROOF, "", "'proof' is missing"),
    "a proof of nothing": ("changed: {{status: paused, paused_until: {{arg: date}}}}", "changed: {{}}", "write one of"),
    "an unknown place": ("body.paused_until", "body.paused_til", "no 'paused_til'; did you mean 'paused_until'?"),
    "a value it refuses": ("body.status: paused", "body.status: asleep", "'body.status' cannot be 'asleep'"),
    "a customer as an argument": ("body.customer_id: {{scope: customer_id}}", MINE_AS_ARGUMENT, "names a customer"),
    "what it needs is missing": ("      body.phone: {{arg: phone}}\n", "", "'create_callback' needs 'body.phone'"),
    "a GET as an action": ("action: create_callback", "action: list_callbacks", "is a GET, which changes nothing"),
    "a write as a lookup": ("read: read_membership", "read: change_membership", "is a PATCH; only a GET"),
    "an unknown fact": ("plan: plan.name", "plan: plan.title", "the record has no 'plan.title'"),
    "a fact that is no scalar": ("plan: plan.name", "plan: plan", "the type of 'plan' is not known"),
    "an unknown argument": ("added: {{phone: {{arg: phone}}", "added: {{phone: {{arg: no}}", "'no' is no argument"),
    "a secret written out": ("secret: {{file: crm-token}}", "secret: hush", "crm.yaml:5: "),
    "an address with more": ("url: {url}", "url: https://u:p@crm.example", "write an address like"),
    "pages of what is no list": ("      find: results", "      more: {{at: next}}", "is no list"),
    "pages that nothing leads to": ("find: results", "find: results\n      more: {{at: nxt}}", "did you mean 'next'"),
    "a cursor that goes nowhere": (
        "find: results",
        "find: results\n      more: {{at: cursor, to: query.from}}",
        "no place 'query.from'",
    ),
    "a cursor in place of the customer": (
        "find: results",
        "find: results\n      send: {{query.customer_id: {{scope: customer_id}}}}\n"
        "      more: {{at: cursor, to: query.customer_id}}",
        "'query.customer_id' has a value already",
    ),
    "a version of a list": ("key: none", "key: {{condition: header.If-Match}}", "a list has none"),
    "two kinds of key": (
        "key: none",
        "key: {{marker: body.note, condition: header.If-Match}}",
        "{marker: PLACE} or {condition",
    ),
    "an id that stands nowhere": (
        "{{scope: customer_id}}\n      body.phone",
        "{{scope: customer_id, within: x}}\n      body.phone",
        "in one place of `within`",
    ),
    "an unknown argument of the way back": (
        "with: {{membership_id: {{arg: membership_id}}",
        "with: {{membership_id: {{arg: id}}",
        "'id' is no argument",
    ),
    "what was not there before": (
        "added: {{phone: {{arg: phone}}, minutes: {{arg: minutes}}, topic: other}}",
        "added: {{topic: other}}\n    undo: {{action: forget_call, with: {{number: {{before: number}}}}}}",
        "`before` goes with `changed`",
    ),
    "an unknown class": ("risk: customer_confirmed", "risk: harmless", "'risk' is 'harmless'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_a_declaration_is_told_with_its_line(tmp_path: Path, case: str) -> None:
    old, new, told = WRONG[case]
    assert old in DECLARATION
    with pytest.raises(DeclarationError) as raised:
        connections_of(declared(tmp_path, Crm(url="http://127.0.0.1:9"), DECLARATION.replace(old, new, 1)), NEEDS)
    assert told in str(raised.value)
    assert "crm.yaml:" in str(raised.value)


def test_what_is_no_openapi_is_told(tmp_path: Path) -> None:
    connections = declared(tmp_path, Crm(url="http://127.0.0.1:9"))
    (tmp_path / "crm-api.json").write_text('{"swagger": "2.0"}')
    with pytest.raises(DeclarationError, match=r"crm-api\.json: it is no OpenAPI 3"):
        connections_of(connections, NEEDS)
