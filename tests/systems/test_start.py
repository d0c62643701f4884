"""Each system starts, lets us in and keeps others out."""

from __future__ import annotations

import httpx

from tests.systems.helpdesk import helpdesk
from tests.systems.mail import mail_sink, text_of
from tests.systems.pretix import EVENT, pretix
from tests.systems.radicale import calendars
from tests.systems.real import client


async def test_pretix_has_its_orders_and_writes_to_its_customers() -> None:
    with mail_sink() as sink:
        async with pretix(smtp_port=sink.port) as system, client(system) as http:
            order = (await http.get(f"{EVENT}/orders/HG200000/")).raise_for_status().json()
            assert (order["customer"], order["status"], order["total"]) == ("cus_100001", "p", "31.00")
            (await http.post(f"{EVENT}/orders/HG200000/mark_canceled/")).raise_for_status()
            [mail] = sink.messages("robin0@newcomers.example")
            assert "HG200000" in str(mail["subject"]) + text_of(mail)
            assert (await http.get(f"{EVENT}/orders/", headers={"Authorization": "Token no"})).status_code == 401


async def test_every_run_finds_the_help_desk_as_it_was_seeded() -> None:
    for _ in range(2):
        async with helpdesk() as system, client(system) as http:
            assert (await http.get("/api/tickets/")).raise_for_status().json()["count"] == 0
            ticket = {"queue": 1, "submitter_email": "", "title": "A person, please", "priority": 3, "description": "x"}
            (await http.post("/api/tickets/", json=ticket)).raise_for_status()
            assert (await http.get("/api/tickets/", headers={"Authorization": "Token no"})).status_code == 401


async def test_the_calendars_are_the_users_own() -> None:
    async with calendars() as system, httpx.AsyncClient(base_url=system.base, trust_env=False) as http:
        ours, theirs = (system.user, system.password), ("alice", "alicepw1")
        made = await http.request("MKCALENDAR", f"/{system.user}/shop/", auth=ours)
        assert made.status_code == 201
        for auth, status in ((ours, 207), (theirs, 403)):
            seen = await http.request("PROPFIND", f"/{system.user}/shop/", auth=auth, headers={"Depth": "0"})
            assert seen.status_code == status
