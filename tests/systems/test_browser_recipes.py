"""Recipes on pages that nobody here wrote: done in a form, read back in a fresh context, and agreeing with the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import executable
from tests.systems.helpdesk import helpdesk
from tests.systems.pretix import EVENT, pretix
from tests.systems.process import System
from tools.browser.action import RECIPES, Browsing, marker, recipe_action
from tools.browser.chromium import Chromium
from tools.browser.load import load_recipe
from tools.contract import Action, Scope, ToolLost, ToolRefused
from tools.finding import Finding

ADA = "ada@quillbox.example"
KEY = "effect-of-this-test"


@dataclass
class Staffed:
    """A system with a recipe for its pages, and its API beside them."""

    system: System
    api: httpx.AsyncClient
    action: Action
    home: Path
    scope: Scope

    async def done(self, **args: str) -> Finding:
        """Carry it out, and look again."""
        exact = self.action.args.model_validate(args)
        before = await self.action.before(exact, self.scope)
        await self.action.run(exact, self.scope, KEY)
        return await self.action.verify(exact, replace(self.scope, effect=KEY), before)


def staffed(system: System, name: str, recipe: Path, chromium: Chromium, home: Path, customer: str) -> Staffed:
    (home / f"{name}_login").write_text(system.user)
    (home / f"{name}_password").write_text(system.password)
    browsing = Browsing(chromium, home, {name: system.base})
    headers = {"Authorization": f"Token {system.token}"}
    return Staffed(
        system,
        httpx.AsyncClient(base_url=system.base, headers=headers, timeout=30, trust_env=False),
        recipe_action(load_recipe(recipe), browsing),
        home,
        Scope(tenant="harbor", case_id="4f7e9c52-0c30-4b6c-8f9f-3f2f4d1c9a11", customer_id=customer),
    )


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Chromium]:
    async with Chromium(executable(), queue_s=60) as browser:
        yield browser


@pytest.fixture(scope="module")
async def desk(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Staffed]:
    async with helpdesk() as system:
        recipe, home = RECIPES / "helpdesk_status.yaml", tmp_path_factory.mktemp("home")
        staff = staffed(system, "helpdesk", recipe, chromium, home, ADA)
        yield staff
        await staff.api.aclose()


async def ticket(desk: Staffed, email: str = ADA) -> dict[str, Any]:
    said = {"queue": 1, "title": "Blender broken", "description": "It broke", "submitter_email": email}
    answer = await desk.api.post("/api/tickets/", json=said | {"status": 1, "priority": 3, "on_hold": False})
    return answer.raise_for_status().json()  # type: ignore[no-any-return]


async def test_a_ticket_is_answered_and_resolved_in_the_form_and_the_api_agrees(desk: Staffed) -> None:
    opened = await ticket(desk)
    args = {"ticket": str(opened["id"]), "status": "Resolved", "comment": "A new blender is on its way."}
    finding = await desk.done(**args)
    assert finding.state == "verified", finding.differences
    stands = (await desk.api.get(f"/api/tickets/{opened['id']}/")).json()
    assert stands["status"] == 3
    [first, answer] = stands["followup_set"]
    assert first == opened["followup_set"][0]
    assert answer["comment"] == f"{args['comment']} [{marker(KEY)}]"
    same = {"title", "submitter_email", "priority", "queue", "description", "assigned_to"}
    assert {name: stands[name] for name in same} == {name: opened[name] for name in same}
    text = "".join(str(log) for log in finding.log)
    assert desk.system.password not in text
    finding = await desk.done(**args | {"status": "Closed", "comment": "Closed now."})
    assert finding.state == "verified", finding.differences
    assert (await desk.api.get(f"/api/tickets/{opened['id']}/")).json()["status"] == 4


async def test_a_colleagues_change_beside_it_is_named(desk: Staffed) -> None:
    opened = await ticket(desk)
    exact = desk.action.args.model_validate({"ticket": str(opened["id"]), "status": "Resolved", "comment": "Done."})
    before = await desk.action.before(exact, desk.scope)
    await desk.action.run(exact, desk.scope, KEY)
    # A follow-up with a title renames the ticket: a trap that this system really has.
    await desk.api.post("/api/followups/", json={"ticket": opened["id"], "title": "Renamed", "comment": "x"})
    finding = await desk.action.verify(exact, replace(desk.scope, effect=KEY), before)
    assert finding.state == "mismatch"
    assert {difference.field for difference in finding.differences} >= {"titles", "comments"}


async def test_a_ticket_of_somebody_else_is_like_one_that_does_not_exist(desk: Staffed) -> None:
    theirs = await ticket(desk, "someone@else.example")
    said = []
    for number in (str(theirs["id"]), "999999"):
        exact = desk.action.args.model_validate({"ticket": number, "status": "Closed", "comment": "Mine."})
        for call in (desk.action.before(exact, desk.scope), desk.action.run(exact, desk.scope, KEY)):
            with pytest.raises(ToolRefused) as refused:
                await call
            said.append(str(refused.value))
    assert len(set(said)) == 1
    assert (await desk.api.get(f"/api/tickets/{theirs['id']}/")).json() == theirs


async def test_a_wrong_password_is_told_and_nothing_is_tried_again(desk: Staffed, tmp_path: Path) -> None:
    opened = await ticket(desk)
    (tmp_path / "helpdesk_login").write_text(desk.system.user)
    (tmp_path / "helpdesk_password").write_text("not the password")
    async with Chromium(executable(), queue_s=60) as browser:
        browsing = Browsing(browser, tmp_path, {"helpdesk": desk.system.base})
        action = recipe_action(load_recipe(RECIPES / "helpdesk_status.yaml"), browsing)
        exact = action.args.model_validate({"ticket": str(opened["id"]), "status": "Closed", "comment": "x"})
        with pytest.raises(ToolLost, match="does not accept the login"):
            await action.before(exact, desk.scope)


@pytest.fixture(scope="module")
async def shop(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Staffed]:
    async with pretix() as system:
        home = tmp_path_factory.mktemp("home")
        staff = staffed(system, "pretix", RECIPES / "pretix_comment.yaml", chromium, home, "cus_100001")
        yield staff
        await staff.api.aclose()


async def orders(shop: Staffed, account: str) -> list[dict[str, Any]]:
    found = (await shop.api.get(f"{EVENT}/orders/", params={"customer": account})).raise_for_status().json()["results"]
    return [order for order in found if order["customer"] == account]


async def test_an_order_gets_its_comment_and_the_api_agrees(shop: Staffed) -> None:
    before = (await orders(shop, "cus_100001"))[0]
    finding = await shop.done(order=before["code"], comment="Asked for a later delivery")
    assert finding.state == "verified", finding.differences
    after = (await shop.api.get(f"{EVENT}/orders/{before['code']}/")).json()
    assert after["comment"] == f"Asked for a later delivery [{marker(KEY)}]"
    # The form writes an empty text where there was none, which its page cannot tell from nothing.
    changed = {name for name in after if (after[name] or "") != (before[name] or "")} - {"last_modified"}
    assert changed == {"comment"}
    exact = shop.action.args.model_validate({"order": before["code"], "comment": "Something else"})
    with pytest.raises(ToolLost, match="has to match one element") as lost:
        await shop.action.run(exact, shop.scope, "another effect")
    assert lost.value.answered
    assert (await shop.api.get(f"{EVENT}/orders/{before['code']}/")).json()["comment"] == after["comment"]


async def test_an_order_of_somebody_else_stays_as_it_is(shop: Staffed) -> None:
    theirs = (await orders(shop, "cus_100002"))[0]
    exact = shop.action.args.model_validate({"order": theirs["code"], "comment": "Mine"})
    for call in (shop.action.before(exact, shop.scope), shop.action.run(exact, shop.scope, KEY)):
        with pytest.raises(ToolRefused, match="no such record"):
            await call
    assert (await shop.api.get(f"{EVENT}/orders/{theirs['code']}/")).json()["comment"] == ""
