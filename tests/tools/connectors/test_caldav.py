"""Appointments in a real calendar: found free, booked, moved, cancelled, and told only when a search shows them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import ValidationError

from tests.systems.process import System
from tests.systems.proxy import FaultProxy, fault_proxy
from tests.systems.radicale import PASSWORD, USER, calendars
from tests.tools.conftest import SECRET, Shop
from tests.tools.papers import Drawer
from tools.connectors.caldav import CalDavSettings, connect
from tools.connectors.connection import Connection, Needs
from tools.contract import Action, Catalog, Scope, ToolLost, ToolRefused
from tools.finding import Finding
from tools.http import Backoffice

NOW = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)
"""A Monday, 8 o'clock in Berlin; the clocks there go back in the night to Sunday."""
KEYS = (f"{n:064x}" for n in count(1))


@dataclass
class Desk:
    """The tools over a calendar of their own, and what is in it."""

    shop: Shop
    customers: Backoffice
    http: httpx.AsyncClient
    proxy: FaultProxy
    path: str
    tools: Catalog
    connection: Connection

    async def customer(self) -> Scope:
        """A new case of a new customer, with the key of an effect of its own."""
        _, scope = await self.shop.order()
        return self.effect(scope)

    def effect(self, scope: Scope) -> Scope:
        return replace(scope, effect=next(KEYS))

    async def events(self) -> list[str]:
        """The texts of all events in the calendar."""
        listed = await self.http.request("PROPFIND", self.path, headers={"Depth": "1"})
        names = [part.split("</href>")[0] for part in listed.text.split("<href>") if ".ics</href>" in part]
        return [(await self.http.get(name)).text for name in names]

    async def write(self, *lines: str, name: str = "") -> str:
        """Somebody writes an event by hand."""
        name = name or str(uuid4())
        head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//People//EN", "BEGIN:VEVENT", f"UID:{name}"]
        text = "\r\n".join([*head, "DTSTAMP:20261001T000000Z", *lines, "END:VEVENT", "END:VCALENDAR", ""])
        (await self.http.put(f"{self.path}{name}.ics", content=text)).raise_for_status()
        return name

    async def edit(self, old: str, new: str) -> None:
        """Somebody changes the only event by hand."""
        (text,) = await self.events()
        assert old in text
        name = text.split("UID:")[1].split()[0].partition("@")[0]
        (await self.http.put(f"{self.path}{name}.ics", content=text.replace(old, new))).raise_for_status()

    async def free(self, kind: str = "callback") -> list[str]:
        return [slot.id for slot in (await self.look("find_slots", NOBODY, kind=kind)).free]

    async def slot(self, slot: str) -> dict[str, Any]:
        """How a slot is booked, or moved to."""
        found = await self.look("get_slot", NOBODY, slot_id=slot)
        return {"slot_id": slot, "starts": found.starts, "kind": found.kind}

    async def book(self, scope: Scope, slot: str) -> Attempt:
        return await self.attempt("book_appointment", scope, **await self.slot(slot))

    async def move(self, scope: Scope, appointment: str, slot: str) -> Attempt:
        where = {name: value for name, value in (await self.slot(slot)).items() if name != "kind"}
        return await self.attempt("move_appointment", self.effect(scope), appointment_id=appointment, **where)

    async def cancel(self, scope: Scope, appointment: str) -> Attempt:
        named = {"appointment_id": appointment, "kind": "callback"}
        return await self.attempt("cancel_appointment", self.effect(scope), **named)

    async def look(self, tool: str, scope: Scope, **args: Any) -> Any:
        lookup = self.tools.lookup(tool)
        return await lookup.run(lookup.args.model_validate(args), scope)

    async def attempt(self, tool: str, scope: Scope, **args: Any) -> Attempt:
        """One attempt at an action, as dispatch makes it."""
        action = self.tools.action(tool)
        exact = action.args.model_validate(args)
        return await Attempt(action, exact, scope, await action.before(exact, scope)).made()

    async def booked(self, scope: Scope, slot: str) -> str:
        """The id of a new appointment of theirs."""
        attempt = await self.book(scope, slot)
        assert (await attempt.verified()).state == "verified"
        return str(attempt.came["id"]).removesuffix("@deskhand")


NOBODY = Scope(tenant="harbor", case_id="c", customer_id=None)


@dataclass
class Attempt:
    """What one attempt came to."""

    action: Action
    args: Any
    scope: Scope
    before: Any
    came: Any = None

    async def made(self) -> Attempt:
        try:
            self.came = await self.action.run(self.args, self.scope, self.scope.effect)
        except (ToolLost, ToolRefused) as error:
            self.came = error
        return self

    async def verified(self) -> Finding:
        return await self.action.verify(self.args, self.scope, self.before)


def entry(**more: Any) -> CalDavSettings:
    known = {
        "connector": "caldav", "url": "https://cal.example.com/x/", "user": USER,
        "password": {"env": "CALENDAR_PASSWORD"},
        "hours": {"monday": "09:00-11:00, 14:00-15:00", "saturday": "10:00-11:00"},
        "kinds": {"callback": {"minutes": 30, "title": "Call"}, "service": {"minutes": 60, "title": "Service"}},
        "notice_minutes": 0, "days_ahead": 8, "timeout_s": 3,
    }  # fmt: skip
    return CalDavSettings.model_validate(known | more)


@pytest.fixture(scope="session")
async def radicale() -> AsyncIterator[System]:
    async with calendars() as system:
        yield system


@pytest.fixture
async def opened(shop: Shop, radicale: System) -> AsyncIterator[Callable[..., Any]]:
    async with (
        httpx.AsyncClient(base_url=radicale.base, auth=(USER, PASSWORD), trust_env=False) as http,
        Backoffice(shop.base_url) as customers,
        fault_proxy(radicale.base) as proxy,
    ):

        @asynccontextmanager
        async def open_desk(**more: Any) -> AsyncIterator[Desk]:
            path = f"/{USER}/{uuid4()}/"
            (await http.request("MKCALENDAR", path)).raise_for_status()
            zone = ZoneInfo("Europe/Berlin")
            needs = Needs(clock=lambda: NOW, code_secret=SECRET, customers=customers, own=Drawer(), zone=zone)
            connection = connect(entry(**{"url": f"{proxy.base}{path}", **more}), needs)
            yield Desk(shop, customers, http, proxy, path, Catalog.of(*connection.tools), connection)
            await connection.close()

        yield open_desk


@pytest.fixture
async def desk(opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setenv("CALENDAR_PASSWORD", PASSWORD)
    async with opened() as desk:
        yield desk


# -- what is free -----------------------------------------------------------------------------------------------------


async def test_free_is_what_the_working_hours_leave_by_the_companys_clocks(desk: Desk) -> None:
    assert await desk.free("service") == [
        "ser_202610190700", "ser_202610190800", "ser_202610191200",
        "ser_202610240800",
        "ser_202610260800", "ser_202610260900", "ser_202610261300",
    ], "the clocks went back: nine o'clock is eight in UTC"  # fmt: skip
    assert len(await desk.free("callback")) == 2 * len(await desk.free("service"))


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (["DTSTART:20261019T071500Z", "DTEND:20261019T074500Z"], {"190700", "190730"}),
        (["DTSTART;TZID=America/New_York:20261019T040000", "DURATION:PT30M"], {"190800"}),
        (["DTSTART:20261019T100000", "DTEND:20261019T103000"], {"190800"}),
        (["DTSTART;VALUE=DATE:20261024", "DTEND;VALUE=DATE:20261025"], {"240800", "240830"}),
        (["DTSTART:20261012T070000Z", "DURATION:PT30M", "RRULE:FREQ=WEEKLY"], {"190700"}),
        (["DTSTART;TZID=Europe/Berlin:20261012T090000", "DURATION:PT30M", "RRULE:FREQ=WEEKLY"],
         {"190700", "260800"}),
        (["DTSTART:20261019T070000Z", "DTEND:20261019T090000Z", "TRANSP:TRANSPARENT"], set()),
        (["DTSTART:20261019T070000Z", "DTEND:20261019T090000Z", "STATUS:CANCELLED"], set()),
        (["DTSTART:20261019T060000Z", "DTEND:20261019T070000Z"], set()),
    ],
    ids=["utc", "other zone", "no zone", "whole day", "weekly in utc", "weekly by our clocks", "free", "cancelled",
         "ends as we open"],
)  # fmt: skip
async def test_what_people_write_takes_its_time_as_they_meant_it(desk: Desk, lines: list[str], gone: set[str]) -> None:
    everything = set(await desk.free())
    await desk.write(*lines)
    assert everything - set(await desk.free()) == {f"cal_202610{at}" for at in gone}


async def test_another_calendar_can_count_as_busy(desk: Desk, opened: Callable[..., Any]) -> None:
    await desk.write("DTSTART;VALUE=DATE:20261024", "DTEND;VALUE=DATE:20261025")
    async with opened(busy=[f"{desk.proxy.base}{desk.path}"]) as other:
        assert not [slot for slot in await other.free() if "1024" in slot]
        (trouble,) = [*(await other.connection.probe()), None][:1]
        assert trouble is None


# -- booking, moving, cancelling --------------------------------------------------------------------------------------


async def test_an_appointment_is_booked_moved_and_cancelled_and_stays_on_record(desk: Desk) -> None:
    scope = await desk.customer()
    first, *_, last = await desk.free()
    booked = await desk.booked(scope, first)
    assert first not in await desk.free()
    (event,) = await desk.events()
    assert "DTSTART:20261019T070000Z" in event
    assert "SUMMARY:Call: Ada Quill" in event
    assert "ATTENDEE" not in event, "the server would write to them"
    moved = await desk.move(scope, booked, last)
    assert (await moved.verified()).state == "verified"
    assert [slot in await desk.free() for slot in (first, last)] == [True, False]
    (shown,) = (await desk.look("find_appointments", scope)).booked
    assert (shown.id, shown.kind, shown.slot_id, shown.starts) == (booked, "callback", last, "2026-10-26T14:30")
    assert shown.days_ahead == 7
    gone = await desk.cancel(scope, booked)
    assert (await gone.verified()).state == "verified"
    assert (await desk.look("find_appointments", scope)).booked == []
    assert (await desk.look("get_appointment", scope, appointment_id=booked)).status == "cancelled"
    assert last in await desk.free()
    assert len(await desk.events()) == 1


async def undone(desk: Desk, attempt: Attempt) -> Attempt:
    """What takes the attempt back, attempted."""
    assert attempt.action.undo is not None
    undo = attempt.action.undo(attempt.args, attempt.before)
    assert undo is not None
    return await desk.attempt(undo.action, desk.effect(attempt.scope), **undo.args)


async def test_what_moves_or_cancels_names_what_takes_it_back(desk: Desk) -> None:
    scope, (slot, other, *_) = await desk.customer(), await desk.free()
    appointment = await desk.booked(scope, slot)
    where = {"appointment_id": appointment, "slot_id": other, "starts": (await desk.slot(other))["starts"]}
    moved = await desk.attempt("move_appointment", scope, **where, was=(await desk.slot(slot))["starts"])
    assert (await (await undone(desk, moved)).verified()).state == "verified"
    assert [one in await desk.free() for one in (slot, other)] == [False, True]
    named = {"appointment_id": appointment, "kind": "callback", "starts": (await desk.slot(slot))["starts"]}
    cancelled = await desk.attempt("cancel_appointment", scope, **named)
    assert slot in await desk.free()
    assert (await (await undone(desk, cancelled)).verified()).state == "verified"
    assert slot not in await desk.free()


async def test_a_call_without_a_time_takes_nobodys_and_can_be_given_one(desk: Desk) -> None:
    scope, everything = await desk.customer(), await desk.free()
    asked = await desk.attempt("ask_for_call", scope)
    assert (await asked.verified()).state == "verified"
    assert await desk.free() == everything
    (event,) = await desk.events()
    assert "DTSTART;VALUE=DATE:20261019" in event
    (shown,) = (await desk.look("find_appointments", scope)).booked
    assert (shown.kind, shown.starts, shown.slot_id, shown.days_ahead) == ("callback", "", "", -1)
    moved = await desk.move(scope, shown.id, everything[0])
    assert (await moved.verified()).state == "verified"
    assert everything[0] not in await desk.free()
    gone = await desk.cancel(scope, shown.id)
    assert (await gone.verified()).state == "verified"


@pytest.mark.parametrize("slot", ["cal_202610190715", "cal_202610200700", "cal_202601190700"])
async def test_only_what_is_offered_can_be_booked(desk: Desk, slot: str) -> None:
    with pytest.raises(ToolRefused, match="taken"):
        await desk.book(await desk.customer(), slot)
    assert await desk.events() == []


@pytest.mark.parametrize("slot", ["hai_202610190700", "cal_999999999999", "cal_7", "ser_000000000000"])
async def test_what_stands_for_no_time_is_no_slot(desk: Desk, slot: str) -> None:
    assert await desk.look("get_slot", NOBODY, slot_id=slot) is None
    args = {"slot_id": slot, "kind": "callback", "starts": "2026-10-19T09:00"}
    with pytest.raises(ToolRefused, match="taken"):
        await desk.attempt("book_appointment", await desk.customer(), **args)


async def test_a_slot_that_is_not_when_the_customer_was_told_is_refused(desk: Desk) -> None:
    told = await desk.slot((await desk.free())[0])
    assert told["starts"] == "2026-10-19T09:00", "by the company's clocks"
    with pytest.raises(ToolRefused, match="does not begin"):
        await desk.attempt("book_appointment", await desk.customer(), **told | {"starts": "2026-10-19T07:00"})


async def test_what_has_been_taken_meanwhile_is_refused(desk: Desk) -> None:
    slot, *_ = await desk.free()
    await desk.booked(await desk.customer(), slot)
    with pytest.raises(ToolRefused, match="taken"):
        await desk.book(await desk.customer(), slot)


async def test_two_who_take_one_time_at_once_are_both_seen_by_a_person(desk: Desk) -> None:
    slot, *_ = await desk.free()
    scopes = [await desk.customer() for _ in range(2)]
    action = desk.tools.action("book_appointment")
    args = action.args.model_validate(await desk.slot(slot))
    attempts = [Attempt(action, args, scope, await action.before(args, scope)) for scope in scopes]
    await asyncio.gather(*(attempt.made() for attempt in attempts))
    for attempt in attempts:
        finding = await attempt.verified()
        assert (finding.state, [one.field for one in finding.differences]) == ("mismatch", ["overlaps"])


async def test_an_appointment_is_not_moved_to_another_kind_of_time_but_may_overlap_itself(desk: Desk) -> None:
    scope = await desk.customer()
    services = await desk.free("service")
    booked = await desk.booked(scope, services[0])
    free = (await desk.free("callback"))[-1]
    with pytest.raises(ToolRefused, match="taken"):
        await desk.move(scope, booked, free)
    same = await desk.move(scope, booked, services[0])
    assert (await same.verified()).state == "verified"


@pytest.mark.parametrize("tool", ["get_appointment", "cancel_appointment", "move_appointment"])
async def test_another_customers_appointment_is_like_one_that_does_not_exist(desk: Desk, tool: str) -> None:
    slot, other, *_ = await desk.free()
    theirs = await desk.booked(await desk.customer(), slot)
    by_hand = await desk.write("DTSTART:20261024T080000Z", "DURATION:PT30M", name="app_123@deskhand")
    by_hand = by_hand.removesuffix("@deskhand")
    stranger, said = await desk.customer(), set[str]()
    assert by_hand.startswith("app_")
    for id in (theirs, by_hand, "app_1"):  # noqa: A001
        if tool == "get_appointment":
            assert await desk.look(tool, stranger, appointment_id=id) is None
            continue
        with pytest.raises(ToolRefused) as refused:
            await (desk.move(stranger, id, other) if tool == "move_appointment" else desk.cancel(stranger, id))
        said.add(str(refused.value).replace(id, "it"))
    assert len(said) == (tool != "get_appointment")
    assert (await desk.look("find_appointments", stranger)).booked == []


# -- what others do, and what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ("SUMMARY:Call", "SUMMARY:Lunch", ["summary"]),
        ("DTEND:20261019T073000Z", "DTEND:20261019T074500Z", ["ends_at"]),
        ("STATUS:CONFIRMED", "STATUS:TENTATIVE", ["status"]),
        ("STATUS:CONFIRMED", "STATUS:CONFIRMED\nLOCATION:Cellar", ["location"]),
        ("END:VEVENT", "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT5M\nDESCRIPTION:x\nEND:VALARM\nEND:VEVENT", ["parts"]),
    ],
)
async def test_an_event_that_is_not_as_intended_in_every_property_is_a_mismatch(
    desk: Desk, old: str, new: str, fields: list[str]
) -> None:
    slot, *_ = await desk.free()
    attempt = await desk.book(await desk.customer(), slot)
    await desk.edit(old, new)
    finding = await attempt.verified()
    assert (finding.state, [one.field for one in finding.differences]) == ("mismatch", fields)


async def test_what_else_changes_while_it_is_moved_is_named(desk: Desk) -> None:
    scope, (slot, other, *_) = await desk.customer(), await desk.free()
    booked = await desk.booked(scope, slot)
    attempt = await desk.move(scope, booked, other)
    await desk.edit("SUMMARY:Call", "SUMMARY:Lunch")
    assert [one.field for one in (await attempt.verified()).differences] == ["summary"]


async def test_what_people_added_to_an_appointment_stays_when_it_is_moved(desk: Desk) -> None:
    scope, (slot, other, *_) = await desk.customer(), await desk.free()
    booked = await desk.booked(scope, slot)
    await desk.edit(
        "STATUS:CONFIRMED", "LOCATION:Cellar\nSTATUS:CONFIRMED\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example"
    )
    moved = await desk.move(scope, booked, other)
    assert (await moved.verified()).state == "verified"
    (event,) = await desk.events()
    assert "LOCATION:Cellar" in event
    assert "PARTSTAT=ACCEPTED" in event


NEW = ("book_appointment", "ask_for_call")
TOOLS = (*NEW, "move_appointment", "cancel_appointment")
FAULTS = {
    "cut_before": ("lost", "absent"),
    "cut_after": ("lost", "verified"),
    "hang": ("lost", "verified"),
    "double": ("refused", "verified"),
    "silent": ("answered", "absent"),
    "error": ("lost without effect", "absent"),
    "busy": ("lost without effect", "absent"),
    "truncate": ("answered", "verified"),
    "empty": ("answered", "verified"),
    "garbage": ("answered", "verified"),
}
"""What the call came back with, and what a search shows then; Radicale answers a write without a body."""


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_told_for_what_it_is_and_a_repeat_changes_nothing_twice(
    opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, fault: str, tool: str
) -> None:
    monkeypatch.setenv("CALENDAR_PASSWORD", PASSWORD)
    async with opened(timeout_s=1.0) as desk:
        scope, (slot, other, *_) = await desk.customer(), await desk.free()
        booked = await desk.booked(scope, slot) if tool not in NEW else ""
        where = await desk.slot(other)
        desk.proxy.arm(fault, where=".ics")
        match tool:
            case "book_appointment":
                attempt = await desk.attempt(tool, scope, **where)
            case "ask_for_call":
                attempt = await desk.attempt(tool, scope)
            case "move_appointment":
                attempt = await desk.move(scope, booked, other)
            case _:
                attempt = await desk.cancel(scope, booked)
        assert desk.proxy.met
        assert (told(attempt.came), (await attempt.verified()).state) == FAULTS[fault]
        again = await attempt.made()
        assert (await again.verified()).state == "verified"
        assert len(await desk.events()) == 1


def told(came: Any) -> str:
    if isinstance(came, ToolLost):
        return "lost without effect" if came.answered else "lost"
    return "refused" if isinstance(came, ToolRefused) else "answered"


async def test_a_change_from_a_state_that_is_past_is_refused(desk: Desk) -> None:
    scope, (slot, *_) = await desk.customer(), await desk.free()
    booked = await desk.booked(scope, slot)
    agenda_put = desk.proxy.target.request

    async def first_somebody_else(method: str, path: str, **call: Any) -> httpx.Response:
        if method == "PUT":
            desk.proxy.target.request = agenda_put  # type: ignore[method-assign]
            await desk.edit("SUMMARY:Call", "SUMMARY:Lunch")
        return await agenda_put(method, path, **call)

    desk.proxy.target.request = first_somebody_else  # type: ignore[method-assign,assignment]
    attempt = await desk.cancel(scope, booked)
    assert told(attempt.came) == "refused"
    assert (await attempt.verified()).state == "mismatch"
    (event,) = await desk.events()
    assert "STATUS:CONFIRMED" in event
    assert "Lunch" in event


async def test_a_calendar_that_is_away_had_no_effect(opened: Callable[..., Any], desk: Desk) -> None:
    scope, (slot, *_) = await desk.customer(), await desk.free()
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{door.getsockname()[1]}/cal/"
    async with opened(url=nowhere) as away:
        with pytest.raises(ToolLost, match="reached"):
            await away.free()
        action = away.tools.action("book_appointment")
        args = action.args.model_validate(await desk.slot(slot))
        with pytest.raises(ToolLost) as lost:
            await action.run(args, scope, scope.effect)
        assert lost.value.answered
        assert [trouble.wrong for trouble in await away.connection.probe()] == ["The calendar cannot be reached."]


async def test_another_users_calendar_is_nobodys_to_read(opened: Callable[..., Any], desk: Desk) -> None:
    async with opened(url=f"{desk.proxy.base}/alice/cal/") as hers:
        with pytest.raises(ToolLost, match="nobody in"):
            await hers.free()
        (trouble,) = await hers.connection.probe()
        assert "password" in trouble.advice
        scope, (slot, *_) = await desk.customer(), await desk.free()
        action, args = hers.tools.action("book_appointment"), await desk.slot(slot)
        with pytest.raises(ToolRefused):
            await action.run(action.args.model_validate(args), scope, scope.effect)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"url": "http://cal.example.com/x/"}, "https"),
        ({"url": "https://me:secret@cal.example.com/x/"}, "user"),
        ({"hours": {"monday": "9-17"}}, "no hours"),
        ({"hours": {"monday": "17:00-09:00"}}, "no hours"),
        ({"hours": {"someday": "09:00-17:00"}}, "someday"),
        ({"kinds": {}}, "kinds"),
        ({"kinds": {"haircut": {"minutes": 30, "title": "x"}}}, "kinds"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(more: dict[str, Any], said: str) -> None:
    entry()
    with pytest.raises(ValidationError, match=said):
        entry(**more)
