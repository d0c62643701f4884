"""The tools over a real RT: its traps are found out by the look that follows, and nobody meets another's ticket."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.rt.conftest import Tracker, connected, declared
from tests.rt.tracker import needs_rt
from tests.systems.real import Try, action, looked_up, scope_of
from tools.connectors.connection import Connection
from tools.contract import ToolLost, ToolRefused

pytestmark = needs_rt
TICKET = {"subject": "A lamp hums", "text": "It hums at night.\n\nVery loudly."}
BILLING = "4"


async def test_a_ticket_is_opened_once_for_its_customer(rt: Tracker, tools: Connection) -> None:
    assert await tools.probe() == []
    ada, theirs = scope_of(await rt.customer()), await rt.opened(await rt.customer())
    assert (await Try(action(tools, "open_ticket"), ada).done(**TICKET)).state == "verified"
    [ticket] = await rt.tickets(ada.customer())
    assert (ticket["Subject"], ticket["Status"], ticket["Queue"]["id"]) == ("A lamp hums", "new", "3")
    assert TICKET["text"] in await rt.texts(ticket["id"])
    assert (await looked_up(tools, "find_ticket", ada)).id == str(ticket["id"]) != theirs


@pytest.mark.parametrize(
    ("fault", "state", "tickets"), [("cut_after", "verified", 1), ("silent", "absent", 0), ("double", "mismatch", 2)]
)
async def test_a_ticket_is_found_whatever_became_of_the_answer(
    rt: Tracker, tools: Connection, fault: str, state: str, tickets: int
) -> None:
    ada = scope_of(await rt.customer())
    one = await Try(action(tools, "open_ticket"), ada).begun(**TICKET)
    rt.proxy.arm(fault)
    with contextlib.suppress(ToolLost):
        await one.send()
    assert ((await one.proven()).state, len(await rt.tickets(ada.customer()))) == (state, tickets)


async def test_a_ticket_that_rt_opens_for_nobody_is_not_the_customers(rt: Tracker, tools: Connection) -> None:
    """RT answers 201 for a requestor whom it does not know, and leaves the ticket without one."""
    nobody = scope_of("cus_not_on_file")
    rt.proxy.arm("")
    assert (await Try(action(tools, "open_ticket"), nobody).done(**TICKET)).state == "absent"
    assert [call.status for call in rt.proxy.writes] == [201]


CHANGES: dict[str, tuple[dict[str, str], str, Any]] = {
    "set_ticket_status": ({"status": "stalled"}, "Status", "stalled"),
    "set_ticket_priority": ({"priority": "42"}, "Priority", "42"),  # RT says: "changed from 'Low' to 'Low'"
    "move_ticket": ({"queue": BILLING}, "Queue.id", BILLING),
}
UNHEEDED = {
    "set_ticket_status": ({"status": "on hold"}, "Status 'on hold' isn't a valid status"),
    "move_ticket": ({"queue": "999"}, "Queue 999 does not exist"),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_change_is_verified_when_rt_has_made_it(rt: Tracker, tools: Connection, name: str) -> None:
    args, field, value = CHANGES[name]
    ada = scope_of(await rt.customer())
    number = await rt.opened(ada.customer())
    earlier = await rt.ticket(number)
    found = await Try(action(tools, name), ada).done(ticket_id=number, **args)
    assert found.state == "verified", found.differences
    ticket = await rt.ticket(number)
    assert (ticket["Queue"]["id"] if field == "Queue.id" else ticket[field]) == value
    assert ticket["Subject"] == earlier["Subject"]


@pytest.mark.parametrize("name", UNHEEDED)
async def test_a_200_with_a_sentence_of_refusal_is_not_believed(rt: Tracker, tools: Connection, name: str) -> None:
    args, sentence = UNHEEDED[name]
    ada = scope_of(await rt.customer())
    number = await rt.opened(ada.customer())
    earlier = await rt.ticket(number)
    one = await Try(action(tools, name), ada).begun(ticket_id=number, **args)
    rt.proxy.arm("")
    answer = await one.tool.run(one.args, ada, one.key)
    assert [call.status for call in rt.proxy.writes] == [200]
    assert sentence in str(answer)
    found = await one.proven()
    assert (found.state, [d.field for d in found.differences]) == ("absent", [CHANGES[name][1].partition(".")[0]])
    assert await rt.ticket(number) == earlier


@pytest.fixture
async def misspelt(rt: Tracker, tmp_path: Path) -> AsyncIterator[Connection]:
    """Tools of a description that has a field's name wrong."""
    (tmp_path / "misspelt").mkdir()
    wrong = [("        Status: {type: string, maxLength", "        Statuss: {type: string, maxLength")]
    connection = connected(declared(tmp_path / "misspelt", rt, *wrong, ("body.Status:", "body.Statuss:")))
    yield connection
    await connection.close()


async def test_a_field_that_rt_does_not_know_changes_nothing(rt: Tracker, misspelt: Connection) -> None:
    ada = scope_of(await rt.customer())
    one = await Try(action(misspelt, "set_ticket_status"), ada).begun(
        ticket_id=await rt.opened(ada.customer()), status="stalled"
    )
    assert await one.tool.run(one.args, ada, one.key) == {"answer": []}
    assert (await one.proven()).state == "absent"


async def test_a_ticket_that_has_changed_meanwhile_is_left_alone(rt: Tracker, tools: Connection) -> None:
    ada = scope_of(await rt.customer())
    number = await rt.opened(ada.customer())
    one = await Try(action(tools, "set_ticket_status"), ada).begun(ticket_id=number, status="stalled")
    rt.proxy.arm("stale", times=1)
    # A colleague's change, past our eyes: our next look still gets the answer from before it.
    await rt.change(number, Priority="60")
    with pytest.raises(ToolRefused, match="412"):
        await one.send()
    found = await one.proven()
    assert (found.state, {d.field for d in found.differences}) == ("mismatch", {"Status", "Priority"})
    assert ((await rt.ticket(number))["Status"], rt.proxy.writes[-1].status) == ("new", 412)
    assert (await Try(one.tool, ada).done(ticket_id=number, status="stalled")).state == "verified"


async def test_somebody_elses_ticket_is_like_one_that_does_not_exist(rt: Tracker, tools: Connection) -> None:
    theirs, ada = await rt.opened(await rt.customer()), scope_of(await rt.customer())
    shared = await rt.opened(await rt.customer(), Requestor=[await rt.customer(), ada.customer()])
    said = set()
    rt.proxy.arm("")
    for number in (theirs, shared, "99999"):
        assert await looked_up(tools, "get_ticket", ada, ticket_id=number) is None
        for name, (args, _, _) in CHANGES.items():
            tool = action(tools, name)
            exact = tool.args.model_validate({"ticket_id": number} | args)
            for call in (tool.before(exact, ada), tool.run(exact, ada, "key")):
                with pytest.raises(ToolRefused) as refused:
                    await call
                said.add(str(refused.value))
    assert len(said) == 1
    assert rt.proxy.writes == []
    assert await looked_up(tools, "find_ticket", ada) is None
