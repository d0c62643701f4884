"""The company's systems, connected: the tools that a desk works with, and who the company is."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.casefile.clock import Clock
from agent.own import OwnSide
from agent.settings import Settings
from knowledge.draft import read_draft
from knowledge.load import PlaybookError
from tools.browser.action import Browsing
from tools.browser.chromium import Chromium
from tools.catalog import connected_catalog, harbor_catalog
from tools.connections import connections_of
from tools.connectors.connection import Connection, Needs, tried
from tools.contract import Catalog
from tools.http import Backoffice
from tools.own import Own


def tools_of(settings: Settings) -> Catalog:
    """The company's tools, to look at; they reach no system before they are called. Raises DeclarationError."""
    needs = needs_of(settings, looking=True)
    browsing = _browsing(settings, Chromium())
    own = harbor_catalog(needs.customers, needs.code_secret, needs.clock, needs.zone, needs.own, browsing)
    return connected_catalog(own, connections_of(settings.connections, needs))


def needs_of(
    settings: Settings,
    code_secret: bytes = b"",
    *,
    own: Own | None = None,
    folder: Path = Path(),
    looking: bool = False,
    clock: Clock | None = None,
) -> Needs:
    """What tools may need of the house; `looking`: they are not called, so a secret may be missing."""
    customers = Backoffice(settings.backoffice)
    return Needs(
        clock=(clock or Clock(settings.clock_offset_s)).now,
        code_secret=code_secret,
        customers=customers,
        own=own or OwnSide(),
        zone=zone_of(settings.playbook),
        folder=folder,
        looking=looking,
    )


@contextlib.asynccontextmanager
async def connected_tools(
    settings: Settings,
    code_secret: bytes,
    own: Own | None = None,
    *,
    looking: bool = False,
    clock: Clock | None = None,
) -> AsyncIterator[tuple[Catalog, list[Connection]]]:
    """The company's tools, to work with, and the systems that they belong to. Raises DeclarationError."""
    needs = needs_of(settings, code_secret, own=own, looking=looking, clock=clock)
    async with contextlib.AsyncExitStack() as stack:
        backoffice = await stack.enter_async_context(needs.customers)
        chromium = await stack.enter_async_context(Chromium(settings.chromium))
        browsing = _browsing(settings, chromium)
        harbor = harbor_catalog(backoffice, code_secret, needs.clock, needs.zone, needs.own, browsing)
        browsed = [tool for tool in harbor.tools.values() if tool.system == "staff_pages"]
        pages = Connection(system="staff_pages", tools=browsed, probe=lambda: tried(chromium.reached()))
        house = Connection(system="backoffice", tools=[tool for tool in harbor.tools.values() if tool not in browsed])
        if settings.backoffice_url:  # the embedded one is there whenever the product is
            house = replace(house, probe=lambda: tried(backoffice.reached()))
        connections = connections_of(settings.connections, needs)
        for connection in connections:
            stack.push_async_callback(connection.close)
        yield connected_catalog(harbor, connections), [house, pages, *connections]


def _browsing(settings: Settings, chromium: Chromium) -> Browsing:
    return Browsing(chromium, settings.home, {"backoffice": settings.backoffice})


def tenant_of(playbook: Path) -> str:
    """The company's id. Raises PlaybookError when its document cannot be read."""
    draft = read_draft(playbook)
    if draft.company is None:
        raise PlaybookError(draft.findings)
    return draft.company.id


def zone_of(playbook: Path) -> tzinfo:
    """The company's time zone; UTC while its document cannot be read, which is told when it is loaded."""
    company = read_draft(playbook).company if playbook.is_dir() else None
    return ZoneInfo(company.time_zone) if company is not None else UTC
