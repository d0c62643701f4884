"""Scenarios: a playbook's own conversations, played over fresh systems, and whether they come out as it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import httpx

from agent.casefile import events as e
from agent.casefile.records import Turn
from agent.errors import DeskhandError
from agent.publishing import Rehearsal
from evals.customer import Customer, Goal, Persona
from evals.oracle import Record
from evals.phrases import phrases_in
from evals.scratch import Conversation, Scratch
from knowledge.release import Release
from knowledge.scenarios import Change, Expect, Given, GivenOrder, Scenario
from tools.contract import Action

BESIDE = ("messages", "tickets")
"""What is written besides the changes: looked at only where a scenario names it."""
DECISIONS = {"approves": "approved", "rejects": "rejected", "edits": "edited"}


class Played(NamedTuple):
    """What came of one scenario."""

    id: str
    passed: bool
    why: str
    """What was otherwise than it has to be; "" when it passed."""


class Nobody(LookupError):
    """No customer is as a scenario describes them."""


async def play(company: Scratch, release: Release, scenarios: Iterable[Scenario] | None = None) -> list[Played]:
    """Play scenarios under a release that the company's desk keeps; those of the release itself, if none are named."""
    wanted = release.playbook.scenarios.values() if scenarios is None else scenarios
    return [await _played(company, release, scenario) for scenario in wanted]


async def flips(company: Scratch, live: Release, draft: Release, now: Iterable[Played]) -> list[str]:
    """The scenarios that fail under the draft, as `now` tells, and passed before: as the live release has them."""
    failed = [draft.playbook.scenarios[one.id] for one in now if not one.passed]
    before = [live.playbook.scenarios.get(scenario.name, scenario) for scenario in failed]
    return [one.id for one in await play(company, live, before) if one.passed]


class Held(NamedTuple):
    """What came of a draft's scenarios, and of holding them against the live release's."""

    played: list[Played]
    rehearsal: Rehearsal


async def hold(company: Scratch, live: Path) -> Held:
    """Play the scenarios of the company's own release, and those that fail under the live one, kept in that folder."""
    before, played = await company.keep(live), await play(company, company.live)
    failing = await flips(company, before, company.live, played)
    return Held(played, Rehearsal(failing, await rewritten(company, before, company.live)))


async def rewritten(company: Scratch, live: Release, draft: Release) -> list[str]:
    """What was promised before and is not any more: a scenario does not stop failing by being rewritten."""
    now = draft.playbook.scenarios
    others = [one for name, one in live.playbook.scenarios.items() if now.get(name) != one]
    failed = [live.playbook.scenarios[one.id] for one in await play(company, draft, others) if not one.passed]
    return [one.id for one in await play(company, live, failed) if one.passed]


async def _played(company: Scratch, release: Release, scenario: Scenario) -> Played:
    zone = ZoneInfo(release.playbook.company.time_zone)
    at = scenario.given.at
    company.begin(at if at is None or at.tzinfo else at.replace(tzinfo=zone))
    try:
        scene = await Scene.found(company, release, scenario)
        wrong = await scene.played()
    except (Nobody, DeskhandError) as error:
        wrong = [str(error)]
    except httpx.HTTPStatusError as error:
        wrong = [f"the systems do not take this fault: {error.response.text}"]
    return Played(scenario.name, not wrong, "; ".join(wrong))


@dataclass
class Scene:
    """A scenario with the records that fit it."""

    company: Scratch
    release: Release
    scenario: Scenario
    customer: Record
    names: dict[str, str]
    """What its texts may name."""

    @classmethod
    async def found(cls, company: Scratch, release: Release, scenario: Scenario) -> Scene:
        """Raises Nobody when no customer is as they are described."""
        tables = ("customers", "orders", "refunds", "subscriptions", "appointments", "slots")
        books = {name: await company.oracle.rows(name) for name in tables}
        customer, names = Cast(scenario.given, books, company.clock.now()).found()
        facts = {name: str(customer[name]) for name in ("name", "email", "phone", "postcode", "address")}
        return cls(company, release, scenario, customer, {"customer_id": customer["id"], **facts, **names})

    async def played(self) -> list[str]:
        """What came out otherwise. Raises Unanswered, httpx.HTTPStatusError."""
        given = self.scenario.given
        for fault in given.faults:
            aim = fault.model_dump(exclude_none=True)
            await self.company.oracle.arm(aim.pop("name"), **aim)
        vouched = str(self.customer["id"]) if given.signed_in else None
        opened = await self.company.open(release=self.release.id, customer_id=vouched, channel=given.channel)
        await (self._acted(opened) if self.scenario.goal else self._recited(opened))
        return await self._wrong(opened)

    async def _recited(self, opened: Conversation) -> None:
        """The customer's messages, word for word."""
        for text in self.scenario.customer:
            code = await self.company.code_for(str(self.customer["id"])) if "{code}" in text else ""
            await self._reviewed(opened, await opened.say(_filled(text, {**self.names, "code": code})))

    async def _acted(self, opened: Conversation) -> None:
        """The simulated customer, until there is nothing more for them to do."""
        goal = self.scenario.goal
        if goal is None:
            return
        phrases, values = phrases_in("en"), {name: _filled(text, self.names) for name, text in goal.slots.items()}
        if "plan" in values:
            values["plan_words"] = phrases.plan(values["plan"])
        proof = "vouched" if self.scenario.given.signed_in else goal.proof
        customer = Customer(
            Persona(self.customer, style=goal.style, proof=proof, answer=goal.answer, steady=True),
            [Goal(goal.intent, {**self.names, **values} if "order_id" in self.names else values)],
            Random(self.scenario.name),  # noqa: S311 - a story, not a secret
            lambda: self.company.code_for(str(self.customer["id"])),
            titles={name: i.title.get("en", name) for name, i in self.release.playbook.intents.items()},
        )
        text: str | None = customer.opening()
        for _ in range(customer.persona.patience):
            turn = await self._reviewed(opened, await opened.say(text or ""))
            if (text := await customer.answer(turn)) is None:
                return

    async def _reviewed(self, opened: Conversation, turn: Turn) -> Turn:
        """The reviewer's answer, where something waits for one."""
        does = self.scenario.reviewer
        asked = await opened.approval() if turn.status == "waiting_approval" and does else None
        if asked is None:
            return turn
        if does == "lets_lapse":
            return (await opened.wait(self.company.desk.limits.approval_ttl_s + 1))[-1]
        args = {**asked.args, **self.scenario.edited} if does == "edits" else None
        return await opened.decide(asked, DECISIONS[str(does)], "As the scenario says.", args=args)

    async def _wrong(self, opened: Conversation) -> list[str]:
        """Each expectation that is not met, as a sentence."""
        expect, events, last = self.scenario.expect, await opened.events(), opened.turns[-1]
        return [
            *_differs("the status", expect.status, last.status),
            *_differs("the last ruling", expect.outcome, self._ruled(events)),
            *_differs("the handoff", expect.handoff, last.handoff.reason if last.handoff else None),
            *_uncited(expect, events, opened.turns),
            *self._words(expect, opened.turns),
            *await self._changed(expect),
        ]

    def _ruled(self, events: Sequence[e.Event]) -> str | None:
        """The outcome of the last ruling on a change that the customer wants."""
        tools = self.company.desk.catalog.tools
        ruled = [event.body for event in events if isinstance(event.body, e.Ruled) and event.body.intent]
        changes = [one for one in ruled if isinstance(tools.get(one.proposal.action), Action)]
        return changes[-1].ruling.outcome.value if changes else None

    def _words(self, expect: Expect, turns: Sequence[Turn]) -> Iterator[str]:
        said = "\n".join(turn.reply for turn in turns).casefold()
        for text in expect.says:
            if (filled := _filled(text, self.names)).casefold() not in said:
                yield f"it was not said: {filled}"
        for text in expect.never_says:
            if (filled := _filled(text, self.names)).casefold() in said:
                yield f"it was said: {filled}"

    async def _changed(self, expect: Expect) -> list[str]:
        """What the agent changed and should not have, and the other way round."""
        if expect.changes is None:
            return []
        named = {change.resource for change in expect.changes}
        rows = [row for row in await self.company.oracle.written() if row["applied"]]
        left = [row for row in rows if row["resource"] not in BESIDE or row["resource"] in named]
        wrong = []
        for change in expect.changes:
            made = next((row for row in left if self._is(change, row)), None)
            if made is None:
                wrong.append(f"nothing changed {change.resource} to {json.dumps(change.fields)}")
            else:
                left.remove(made)
        extra = [row for row in left if row["resource"] not in BESIDE]
        return wrong + [f"{row['resource']} {row['id']} was changed" for row in extra]

    def _is(self, change: Change, row: Record) -> bool:
        values = {field: after for field, (_, after) in row["changes"].items()}
        return row["resource"] == change.resource and _holds(change.fields, values, self.names)


def _holds(wanted: Mapping[str, Any], values: Any, names: Mapping[str, str]) -> bool:
    """Whether a record has these fields, and of its parts at least these."""
    if not isinstance(values, Mapping):
        return False
    return all(
        _holds(value, values.get(field), names)
        if isinstance(value, Mapping)
        else str(values.get(field)) == _filled(value, names)
        for field, value in wanted.items()
    )


def _differs(what: str, wanted: str | None, seen: str | None) -> Iterator[str]:
    if wanted is not None and wanted != seen:
        yield f"{what} is {seen}, not {wanted}"


def _uncited(expect: Expect, events: Sequence[e.Event], turns: Sequence[Turn]) -> Iterator[str]:
    told = {citation.id for turn in turns for citation in turn.citations}
    told |= {clause for event in events if isinstance(event.body, e.Ruled) for clause in event.body.ruling.clauses}
    yield from (f"{clause} was not cited" for clause in expect.cites if clause not in told)


def _filled(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text


# -- who plays -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cast:
    """The records of a fresh day, among which a scenario finds its own."""

    given: Given
    books: Mapping[str, Sequence[Record]]
    now: datetime

    def found(self) -> tuple[Record, dict[str, str]]:
        """The first customer whose records are as they are described, and what these are called. Raises Nobody."""
        for customer in self.books["customers"]:
            if self.given.customer in (None, customer["id"]) and (names := self._names(customer["id"])) is not None:
                return customer, names
        raise Nobody("no customer is as `given` describes them")

    def _names(self, customer_id: str) -> dict[str, str] | None:
        """What their records are called; None where one is missing."""
        given, names = self.given, dict[str, str]()
        wanted: list[tuple[str, object, str, Callable[[Record], bool]]] = [
            ("order_id", given.order, "orders", lambda row: self._bought(given.order, row)),
            ("others_order", given.others_order, "orders", lambda row: self._bought(given.others_order, row)),
            ("subscription_id", given.subscription, "subscriptions", self._subscribed),
            ("appointment_id", given.appointment, "appointments", self._booked),
        ]
        for name, described, table, fits in wanted:
            if described is None:
                continue
            whose = (
                row for row in self.books[table] if (row["customer_id"] == customer_id) != (name == "others_order")
            )
            if (row := next(filter(fits, whose), None)) is None:
                return None
            names |= {name: str(row["id"])} | ({"total": row["total"]["amount"]} if name == "order_id" else {})
        return names

    def _bought(self, wanted: GivenOrder | None, order: Record) -> bool:
        refunded = any(row["customer_id"] == order["customer_id"] for row in self.books["refunds"])
        total = Decimal(order["total"]["amount"])
        return (
            wanted is not None
            and wanted.status in (None, order["status"])
            and self._within(wanted.days_since_delivery, order["delivered_at"], -1)
            and (wanted.total is None or wanted.total[0] <= total <= wanted.total[1])
            and wanted.refunded in (None, refunded)
        )

    def _subscribed(self, row: Record) -> bool:
        wanted = self.given.subscription
        return (
            wanted is not None
            and wanted.status in (None, row["status"])
            and wanted.plan in (None, row["plan"])
            and self._within(wanted.days_to_next, row["next_at"], 1)
        )

    def _booked(self, row: Record) -> bool:
        wanted = self.given.appointment
        starts = next((slot["starts_at"] for slot in self.books["slots"] if slot["id"] == row["slot_id"]), None)
        return (
            wanted is not None
            and row["status"] == "booked"
            and wanted.kind in (None, row["kind"])
            and self._within(wanted.days_ahead, starts, 1)
        )

    def _within(self, days: tuple[int, int] | None, at: str | None, ahead: int) -> bool:
        """Whether a moment is so many days ahead, or ago where `ahead` is -1."""
        if days is None or at is None:
            return days is None
        apart = (datetime.fromisoformat(at) - self.now) / timedelta(days=1)
        return days[0] <= apart * ahead <= days[1]
