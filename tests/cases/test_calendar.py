"""A house whose appointments stand in the company's own calendar, beside its mail server and the back office."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from evals.talk import Case, Turn
from tests.backoffice import Record
from tests.cases.conftest import copied
from tests.cases.house import House, running
from tests.cases.people import People
from tests.systems.proxy import FaultProxy, fault_proxy
from tests.systems.radicale import PASSWORD, USER, calendars
from tests.tools.connectors.post_office import PostOffice, post_office

CONNECTIONS = """
systems:
  - connector: smtp
    host: 127.0.0.1
    port: {port}
    security: none
    sender: help@harbor-goods.example
    archive: {{maildir: {maildir}}}
  - connector: caldav
    url: {calendar}
    user: {user}
    password: {{file: calendar_password}}
    hours:
      monday: 09:00-12:00
      tuesday: 09:00-12:00
      wednesday: 09:00-12:00
      thursday: 09:00-12:00
      friday: 09:00-12:00
    kinds:
      service: {{minutes: 60, title: Consultation}}
      callback: {{minutes: 30, title: Call}}
      delivery: {{minutes: 180, title: Delivery}}
    notice_minutes: 2880
    days_ahead: 12
    timeout_s: 1
"""


@dataclass
class Office:
    """The house, its people, and the systems beside it."""

    house: House
    people: People
    mail: PostOffice
    calendar: FaultProxy
    path: str

    async def events(self) -> list[str]:
        """The texts of all events in the calendar."""
        listed = await self.calendar.target.request("PROPFIND", self.path, headers={"Depth": "1"})
        names = [part.split("</href>")[0] for part in listed.text.split("<href>") if ".ics</href>" in part]
        return [(await self.calendar.target.get(name)).text for name in names]

    async def event_of(self, customer: Record) -> str:
        """The customer's only event."""
        (event,) = [event for event in await self.events() if f"X-DESKHAND-CUSTOMER:{customer['id']}" in event]
        return event


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    folder, path = tmp_path_factory.mktemp("office"), f"/{USER}/{uuid4()}/"
    async with calendars() as radicale, fault_proxy(radicale.base) as calendar:
        calendar.target.auth = httpx.BasicAuth(USER, PASSWORD)
        (await calendar.target.request("MKCALENDAR", path)).raise_for_status()
        with post_office(folder) as mail:
            (folder / "calendar_password").write_text(PASSWORD)
            url = f"{calendar.base}{path}"
            written = CONNECTIONS.format(port=mail.port, maildir=mail.maildir, calendar=url, user=USER)
            (folder / "connections.yaml").write_text(written)
            home = copied(built_home, folder / "home")
            async with running(home, connections=folder / "connections.yaml", retry_s=0.2) as house:
                yield Office(house, await People.of(house.oracle), mail, calendar, path)


@pytest.fixture
def office(opened: Office) -> Office:
    opened.calendar.clear()
    opened.mail.faults.clear()
    return opened


async def chosen(case: Case, said: str) -> Turn:
    """What a request comes to when the first that is offered is taken."""
    turn = await case.say(said)
    assert turn["asks"][0]["kind"] == "choice", turn
    return await case.say("the first one")


async def test_an_appointment_is_booked_told_moved_and_cancelled(office: Office) -> None:
    customer, _ = office.people.with_order("delivered")
    case = await office.house.verified(customer["id"])
    turn = await chosen(case, "I'd like to book a consultation")
    assert turn["asks"][0]["kind"] == "confirmation", turn
    turn = await case.say("yes")
    assert (turn["receipts"][0]["action"], turn["receipts"][0]["state"]) == ("book_appointment", "verified"), turn
    event = await office.event_of(customer)
    assert f"SUMMARY:Consultation: {customer['name']}" in event
    assert not await office.house.oracle.rows("appointments", customer_id=customer["id"], status="booked")
    turn = await chosen(case, "I need to move my consultation to another time")
    assert turn["asks"][0]["kind"] == "confirmation", turn
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"
    moved = await office.event_of(customer)
    assert [line for line in moved.splitlines() if line.startswith("DTSTART")] != [
        line for line in event.splitlines() if line.startswith("DTSTART")
    ]
    turn = await case.say("please cancel my consultation")
    assert turn["asks"][0]["kind"] == "confirmation", turn
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"
    assert "STATUS:CANCELLED" in await office.event_of(customer)


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "hang", "double", "error", "busy"])
async def test_what_goes_wrong_on_the_way_leaves_one_appointment(office: Office, fault: str) -> None:
    customer, _ = office.people.with_order("delivered")
    case = await office.house.verified(customer["id"])
    await chosen(case, "I'd like to book a consultation")
    office.calendar.arm(fault, where=".ics")
    turn = await case.say("yes")
    assert office.calendar.met
    assert turn["receipts"][0]["state"] == "verified", turn
    assert "STATUS:CONFIRMED" in await office.event_of(customer)


@pytest.mark.parametrize(("fault", "state"), [("cut_before", "unknown"), ("silent", "mismatch"), ("error", "failed")])
async def test_what_no_search_shows_is_not_told_as_done(office: Office, fault: str, state: str) -> None:
    customer, _ = office.people.with_order("delivered")
    case = await office.house.verified(customer["id"])
    await chosen(case, "I'd like to book a consultation")
    office.calendar.arm(fault, times=99, where=".ics")
    turn = await case.say("yes")
    assert turn["receipts"][0]["state"] == state, turn
    assert turn["status"] == "waiting_person"
    assert ("not confirmed yet" in turn["reply"]) == (state == "unknown")
    assert not [event for event in await office.events() if customer["id"] in event]
