"""The tools over a real django-helpdesk: one ticket for each handoff, notes and status on it, and its traps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.systems.real import HelpDesk, Try, action, looked_up, scope_of
from tools.calls import Calls
from tools.connectors.connection import Connection
from tools.connectors.helpdesk import Desk
from tools.contract import Action, Scope, ToolLost, ToolRefused

Tools = dict[str, Connection]
TICKET: dict[str, Any] = {"subject": "A person, please", "body": "The lamp\n\n- broke", "priority": "high", "number": 1}


@pytest.fixture
async def scope(tools: Tools) -> Scope:
    """A case with one ticket."""
    scope = scope_of("cus_1")
    assert (await Try(action(tools["helpdesk"], "create_ticket"), scope).done(**TICKET)).state == "verified"
    return scope


async def test_a_ticket_says_what_it_is_about_and_whose_it_is(desk: HelpDesk, tools: Tools, scope: Scope) -> None:
    [ticket] = await desk.tickets(scope.case_id)
    assert (ticket["queue"], ticket["title"], ticket["priority"], ticket["status"]) == (1, "A person, please", 2, 1)
    assert ticket["description"].startswith(f"The lamp\n\n- broke\n\n[Case {scope.case_id}, ticket 1, reference ")
    seen = await looked_up(tools["helpdesk"], "get_ticket", scope, number=1)
    assert (seen.id, seen.status, seen.notes) == (ticket["id"], "open", 1)
    assert await looked_up(tools["helpdesk"], "get_ticket", scope_of("cus_1"), number=1) is None


async def test_a_ticket_is_opened_once_however_often_it_is_sent(desk: HelpDesk, tools: Tools) -> None:
    one = await Try(action(tools["helpdesk"], "create_ticket"), scope_of("cus_1")).begun(**TICKET)
    for _ in range(3):
        await one.send()
    assert (await one.proven()).state == "verified"
    assert len(await desk.tickets(one.scope.case_id)) == 1


async def test_a_second_handoff_has_a_ticket_of_its_own(desk: HelpDesk, tools: Tools, scope: Scope) -> None:
    again = TICKET | {"number": 2, "subject": "x" * 300, "body": ""}
    assert (await Try(action(tools["helpdesk"], "create_ticket"), scope).done(**again)).state == "verified"
    assert [ticket["title"] for ticket in await desk.tickets(scope.case_id)] == ["A person, please", "x" * 200]


async def test_a_mark_that_a_customer_writes_is_no_mark(desk: HelpDesk, tools: Tools) -> None:
    create, scope = action(tools["helpdesk"], "create_ticket"), scope_of("cus_1")
    forged = f"[Case {scope.case_id}, ticket 2, reference abc]"
    assert (await Try(create, scope).done(**TICKET | {"body": forged})).state == "verified"
    assert (await Try(create, scope).done(**TICKET | {"number": 2})).state == "verified"
    assert len(await desk.tickets(scope.case_id)) == 2


async def test_two_tickets_for_one_handoff_are_seen(desk: HelpDesk, tools: Tools) -> None:
    one = await Try(action(tools["helpdesk"], "create_ticket"), scope_of("cus_1")).begun(**TICKET)
    desk.proxy.arm("double")
    await one.send()
    found = await one.proven()
    assert (found.state, [d.seen for d in found.differences if d.field == "added"]) == ("mismatch", [2])


async def test_a_ticket_among_many_is_found(desk: HelpDesk, tools: Tools, scope: Scope) -> None:
    """Pages are read from the newest on, as far back as one looks."""
    for number in (2, 3, 4):
        ticket = Try(action(tools["helpdesk"], "create_ticket"), scope)
        assert (await ticket.done(**TICKET | {"number": number})).state == "verified"
    async with Calls(desk.system.base, headers={"Authorization": f"Token {desk.system.token}"}, timeout_s=10) as calls:
        pages = Desk(calls, 1, page=3, look_back=1000)
        assert [row["id"] for row in await pages.of_the_case(scope)] == [
            t["id"] for t in await desk.tickets(scope.case_id)
        ]
        assert len(await Desk(calls, 1, page=1, look_back=2).of_the_case(scope)) == 2


async def test_a_note_stands_under_the_ticket_and_changes_nothing_else(
    desk: HelpDesk, tools: Tools, scope: Scope
) -> None:
    one = await Try(action(tools["helpdesk"], "add_to_ticket"), scope).begun(number=1, text="They called again.")
    for _ in range(2):
        await one.send()
    assert (await one.proven()).state == "verified"
    [ticket] = await desk.tickets(scope.case_id)
    assert [note["public"] for note in ticket["followup_set"]] == [True, False]
    assert (await looked_up(tools["helpdesk"], "get_ticket", scope, number=1)).notes == 2


def instead(desk: HelpDesk, tool: Action, method: str, path: str, body: dict[str, Any]) -> Action:
    """The tool with another write, as somebody may have declared it who did not know better."""

    async def run(_: Any, scope: Scope, __: str) -> Any:
        [ticket] = await desk.tickets(scope.case_id)
        sent = body | ({"ticket": ticket["id"]} if method == "POST" else {})
        return (await desk.http.request(method, path.format(id=ticket["id"]), json=sent)).raise_for_status().json()

    return replace(tool, run=run)


async def test_a_note_with_a_title_renames_the_ticket_and_is_found_out(
    desk: HelpDesk, tools: Tools, scope: Scope
) -> None:
    note = {"comment": "They called again.", "title": "Called again", "public": False}
    renaming = instead(desk, action(tools["helpdesk"], "add_to_ticket"), "POST", "/api/followups/", note)
    found = await Try(renaming, scope).done(number=1, text="They called again.")
    assert found.state == "mismatch"
    assert [(d.field, d.seen) for d in found.differences] == [("title", "Called again")]


async def test_a_status_that_is_misspelt_is_answered_200_and_never_believed(
    desk: HelpDesk, tools: Tools, scope: Scope
) -> None:
    change = action(tools["helpdesk"], "set_ticket_status")
    misspelt = instead(desk, change, "PATCH", "/api/tickets/{id}/", {"statuss": 4})
    assert (await Try(misspelt, scope).done(number=1, status="closed")).state == "absent"
    assert (await Try(change, scope).done(number=1, status="closed")).state == "verified"
    both = instead(desk, change, "PATCH", "/api/tickets/{id}/", {"status": 2, "priority": 5})
    found = await Try(both, scope).done(number=1, status="reopened")
    assert (found.state, [d.field for d in found.differences]) == ("mismatch", ["priority"])


async def test_a_ticket_of_another_case_cannot_be_named(tools: Tools, scope: Scope) -> None:  # noqa: ARG001
    for name, more in (("add_to_ticket", {"text": "x"}), ("set_ticket_status", {"status": "closed"})):
        with pytest.raises(ToolRefused, match="no ticket number 1"):
            await Try(action(tools["helpdesk"], name), scope_of("cus_1")).begun(number=1, **more)


async def test_without_a_description_nothing_is_opened(desk: HelpDesk, tools: Tools) -> None:
    """The help desk fails on one; that is no ticket, and none will come."""
    create = action(tools["helpdesk"], "create_ticket")

    async def run(args: Any, _: Scope, __: str) -> Any:
        body = {"queue": 1, "title": args.subject, "priority": 3}
        if (await desk.http.post("/api/tickets/", json=body)).is_server_error:
            raise ToolLost("The system answered 500.", answered=True)

    one = await Try(replace(create, run=run), scope_of("cus_1")).begun(**TICKET)
    with pytest.raises(ToolLost):
        await one.send()
    assert (await one.proven()).state == "absent"
