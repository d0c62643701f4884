"""Calendar events: how an appointment stands in a calendar, and when nobody has anything to do.

Moments are written in UTC, so that no time zone has to travel with them. What others wrote is read as it was meant: in
the zone that it names, or in the company's where it names none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from icalendar import Calendar, Event
from pydantic import JsonValue

from tools.finding import Record

MOMENTS = {"starts_at": "DTSTART", "ends_at": "DTEND"}
DATES = {"day": "DTSTART", "until": "DTEND"}
"""Of an event that has no time of day; it ends as the day of `until` begins."""
SHOWN_OTHERWISE = frozenset({"BEGIN", "END", "UID", "DTSTART", "DTEND", "DURATION"})
VOLATILE = frozenset({"DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE"})
"""What any change of an event changes, too."""
PRODUCT = "-//Deskhand//Deskhand//EN"


@dataclass(frozen=True)
class Span:
    """From when to when, in UTC."""

    start: datetime
    end: datetime

    def meets(self, other: Span) -> bool:
        """Whether they share more than a border."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Shift:
    """A stretch of a weekday on which the company works, by its own clocks."""

    weekday: int
    """0 is Monday."""
    opens: time
    closes: time


def moment(at: datetime) -> str:
    """A moment as records write it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def written(fields: Mapping[str, JsonValue], *, now: datetime) -> str:
    """A calendar with one new event of these fields, named as `as_record` names them."""
    calendar, event = Calendar(), Event()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add_component(event)
    _set(event, {"uid" if name == "id" else name: value for name, value in fields.items()})
    event.add("DTSTAMP", now.astimezone(UTC))
    return _text(calendar)


def changed(text: str, fields: Mapping[str, JsonValue], *, now: datetime) -> str:
    """The same calendar with these fields of its event changed; all else stays as it is. Raises ValueError."""
    calendar = Calendar.from_ical(text)
    event = _only(calendar)
    if not fields.keys().isdisjoint(MOMENTS | DATES):
        event.pop("DURATION", None)
    _set(event, fields)
    sequence = int(event.pop("SEQUENCE", 0)) + 1
    event.add("SEQUENCE", sequence)
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        event.pop(name, None)
        event.add(name, now.astimezone(UTC))
    return _text(calendar)


def as_record(text: str, zone: tzinfo) -> Record:
    """The event of a calendar: every property by its name in small letters, its moments in UTC. Raises ValueError."""
    event = _only(Calendar.from_ical(text))
    record: Record = {"id": str(event["UID"])}
    if isinstance(event.start, datetime):
        span = _span(event, zone)
        record |= {"starts_at": moment(span.start), "ends_at": moment(span.end)}
    else:
        record |= {"day": event.start.isoformat(), "until": event.end.isoformat()}
    for name, value in event.property_items(recursive=False, sorted=False):
        if name not in SHOWN_OTHERWISE | VOLATILE:
            shown, earlier = _shown(value), record.get(name.lower())
            record[name.lower()] = shown if earlier is None else f"{earlier} | {shown}"
    return record | ({"parts": len(event.subcomponents)} if event.subcomponents else {})


def busy(texts: Iterable[str], zone: tzinfo) -> Iterator[tuple[str, Span]]:
    """The id and the time of every event that takes somebody's time. Raises ValueError."""
    for text in texts:
        for event in Calendar.from_ical(text).events:
            if event.get("STATUS") != "CANCELLED" and event.get("TRANSP") != "TRANSPARENT":
                yield str(event.get("UID", "")), _span(event, zone)


def stretches(shifts: Iterable[Shift], length: timedelta, zone: tzinfo, window: Span) -> list[Span]:
    """The working time within the window, cut from each opening on into pieces of this length."""
    kept, found = list(shifts), list[Span]()
    first, last = (at.astimezone(zone).date() for at in (window.start, window.end))
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        for shift in (one for one in kept if one.weekday == day.weekday()):
            start = _in_utc(datetime.combine(day, shift.opens), zone)
            closes = _in_utc(datetime.combine(day, shift.closes), zone)
            while start + length <= closes:
                found += [Span(start, start + length)] if window.start <= start and start + length <= window.end else []
                start += length
    return sorted(found, key=lambda span: span.start)


def _set(event: Event, fields: Mapping[str, JsonValue]) -> None:
    """Set these fields, and take out those that are None."""
    places = MOMENTS | DATES
    for name in fields:
        event.pop(places.get(name, name.upper()), None)
    for name, value in fields.items():
        if value is not None:
            event.add(places.get(name, name.upper()), _as_property(name, str(value)))


def _as_property(name: str, value: str) -> str | datetime | date:
    if name in MOMENTS:
        return datetime.fromisoformat(value).astimezone(UTC)
    return date.fromisoformat(value) if name in DATES else value


def _text(calendar: Calendar) -> str:
    return bytes(calendar.to_ical()).decode()


def _only(calendar: Calendar) -> Event:
    events = calendar.events
    if len(events) != 1:
        raise ValueError(f"{len(events)} events stand where one should")
    return events[0]


def _span(event: Event, zone: tzinfo) -> Span:
    return Span(_in_utc(event.start, zone), _in_utc(event.end, zone))


def _in_utc(at: datetime | date, zone: tzinfo) -> datetime:
    """A day begins at midnight, and what names no zone is meant in the company's."""
    moment = at if isinstance(at, datetime) else datetime.combine(at, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _shown(value: object) -> str:
    """A property with its parameters."""
    raw = getattr(value, "to_ical", None)
    text = str(value) if isinstance(value, str) or raw is None else bytes(raw()).decode()
    params = getattr(value, "params", None)
    return f"{bytes(params.to_ical()).decode()}:{text}" if params else text
