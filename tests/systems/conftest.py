"""The real systems for a session, each behind a proxy that can break calls, and a Deskhand that works on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cases.house import House, running
from tests.systems.helpdesk import helpdesk
from tests.systems.mail import mail_sink
from tests.systems.pretix import pretix
from tests.systems.proxy import fault_proxy
from tests.systems.real import HelpDesk, Shop, client, connected
from tests.tools.papers import Drawer
from tools.connectors.connection import Connection, Needs
from tools.http import Backoffice

PATIENCE_S = 4.0
"""How long a tool waits for an answer."""


@pytest.fixture(scope="session")
async def one_shop() -> AsyncIterator[Shop]:
    with mail_sink() as mails:
        async with (
            pretix(smtp_port=mails.port) as system,
            fault_proxy(system.base) as proxy,
            client(system) as http,
        ):
            yield Shop(system, proxy, http, mails, count())


@pytest.fixture
async def shop(one_shop: Shop) -> AsyncIterator[Shop]:
    """The ticket shop with no fault armed, before and after."""
    one_shop.proxy.clear()
    yield one_shop
    one_shop.proxy.clear()


@pytest.fixture(scope="session")
async def one_desk() -> AsyncIterator[HelpDesk]:
    async with helpdesk() as system, fault_proxy(system.base) as proxy, client(system) as http:
        yield HelpDesk(system, proxy, http)


@pytest.fixture
async def desk(one_desk: HelpDesk) -> AsyncIterator[HelpDesk]:
    """The help desk with no fault armed, before and after."""
    one_desk.proxy.clear()
    yield one_desk
    one_desk.proxy.clear()


def entries(shop: Shop, desk: HelpDesk, **more: Any) -> list[dict[str, Any]]:
    """The declared connections; `more` is for the shop's."""
    shared = {"timeout_s": PATIENCE_S}
    tickets: dict[str, Any] = {"connector": "pretix", "url": shop.proxy.base, "organizer": "harbor", "event": "goods"}
    tickets |= {"token": {"file": str(shop.system.home / "token")}, "refund_state": "done"}
    work: dict[str, Any] = {"connector": "helpdesk", "url": desk.proxy.base, "queue": 1}
    work |= {"token": {"file": str(desk.system.home / "token")}}
    return [tickets | shared | more, work | shared]


@pytest.fixture(scope="session")
async def one_house(
    one_shop: Shop, one_desk: HelpDesk, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("house")
    declared = folder / "connections.yaml"
    declared.write_text(yaml.safe_dump({"systems": entries(one_shop, one_desk)}))
    async with running(folder / "home", connections=declared, retry_s=0.5, turn_timeout_s=90) as house:
        yield house


@pytest.fixture
def house(one_house: House, shop: Shop, desk: HelpDesk) -> House:  # noqa: ARG001 - no fault is armed
    """Harbor Goods over the real shop and the real help desk."""
    return one_house


@pytest.fixture
async def tools(shop: Shop, desk: HelpDesk, tmp_path: Path) -> AsyncIterator[dict[str, Connection]]:
    """The connections as they are declared, with every tool that they can offer."""
    nobody = Backoffice("http://127.0.0.1:9")
    needs = Needs(
        clock=lambda: datetime.now(UTC), code_secret=b"", customers=nobody, own=Drawer(), folder=tmp_path
    )  # fmt: skip
    declared = entries(shop, desk)
    declared[1]["extra"] = ["get_ticket", "add_to_ticket", "set_ticket_status"]
    made = connected(declared, needs, tmp_path)
    yield {connection.system: connection for connection in made}
    for connection in made:
        await connection.close()
