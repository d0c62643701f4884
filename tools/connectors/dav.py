"""A calendar over CalDAV: its events by their UID and by time, and writes that name the state they build on.

| answer | read | write |
|---|---|---|
| 2xx | what was asked for | done, which proves nothing |
| 404 | None | `ToolRefused` |
| 412 | `ToolLost` | `ToolRefused`: somebody else was there first |
| 408, 425, 429 | `ToolLost` | `ToolLost(answered=True)` |
| other 4xx | `ToolLost` | `ToolRefused` |
| 502, 504 | `ToolLost` | `ToolLost` |
| other 5xx, 3xx | `ToolLost` | `ToolLost(answered=True)` |
| too late, cut off, no calendar | `ToolLost` | `ToolLost` |

The library's calls block, so they are made in threads of their own, each with a client of its own, and given up after
`timeout_s`. It is kept from following redirects, from asking the environment for proxies and passwords, and from
sending anything a second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import requests
from caldav.calendarobjectresource import Event
from caldav.collection import Calendar
from caldav.davclient import DAVClient
from caldav.lib.error import AuthorizationError, DAVError
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import NewConnectionError

from tools.calls import GATEWAY, LATER, PAUSES_S
from tools.connectors.events import Span
from tools.contract import ToolLost, ToolRefused

T = TypeVar("T")
NOT_FOUND, CHANGED = 404, 412
CALENDAR = "text/calendar; charset=utf-8"
NOT_UNDERSTOOD = (DAVError, SyntaxError, ValueError, LookupError, AttributeError, TypeError, AssertionError)
"""What the library raises over an answer that is no calendar's; it checks little of what it reads."""
ADVICE = "see that the user and the password are right and may use this calendar"
WORKERS = 4


@dataclass(frozen=True)
class Kept:
    """An event as the server keeps it."""

    url: str
    text: str
    etag: str = ""
    """Names this state of it; "" from a search, which need not tell."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who we are on the server."""

    user: str
    password: str
    ca_file: Path | None = None


class Dav:
    """The calendar at `url`."""

    def __init__(self, url: str, account: Account, timeout_s: float) -> None:
        self._url = f"{url.rstrip('/')}/"
        self._account, self._timeout_s = account, timeout_s
        self._threads = ThreadPoolExecutor(WORKERS, "caldav")

    async def aclose(self) -> None:
        """Begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def between(self, span: Span) -> list[str]:
        """The calendars of all events within a day of this time, with repeated ones written out. Raises `ToolLost`.

        A day more, since a server does not know in which zone the events without one are meant. They are written out
        here, since servers forget that clocks are put back.
        """
        start, end = span.start - timedelta(days=1), span.end + timedelta(days=1)

        def ask(client: DAVClient) -> list[str]:
            found: list[Event] = Calendar(client, self._url).search(start=start, end=end, event=True, expand="client")
            return [str(event.data) for event in found]

        return await self._read(ask)

    async def with_uid(self, uid: str) -> list[Kept]:
        """All events with this UID, found by a search. Raises `ToolLost`."""

        def ask(client: DAVClient) -> list[Kept]:
            found: list[Event] = Calendar(client, self._url).search(uid=uid, event=True)
            exact = (event for event in found if str(event.icalendar_component.get("UID")) == uid)
            return [Kept(self._within(str(event.url)), str(event.data)) for event in exact]

        return await self._read(ask)

    async def at(self, url: str) -> Kept | None:
        """The event that is kept there, with its state. Raises `ToolLost`."""

        def ask(client: DAVClient) -> Kept | None:
            answer = client.request(url)
            if answer.status == NOT_FOUND:
                return None
            if answer.status != requests.codes.ok:
                raise ToolLost(f"The calendar answered {answer.status}.", answered=True)
            return Kept(url, str(answer.raw), str(answer.headers["ETag"]))

        return await self._read(ask)

    def place(self, name: str) -> str:
        """Where a new event of this name is kept."""
        return f"{self._url}{name}.ics"

    async def put(self, event: Kept) -> None:
        """Keep an event: in the place of the one with its `etag`, or as a new one where it has none. Once.

        Raises `ToolRefused` or `ToolLost`.
        """
        condition = {"If-Match": event.etag} if event.etag else {"If-None-Match": "*"}

        def send(client: DAVClient) -> int:
            return int(client.put(event.url, event.text, {"Content-Type": CALENDAR, **condition}).status)

        try:
            status = await self._called(send)
        except AuthorizationError as error:
            raise ToolRefused(f"The calendar lets nobody in with this password ({error.reason}).") from error
        if 200 <= status < 300:
            return
        if status == CHANGED:
            raise ToolRefused("The calendar says that somebody else was there first.")
        if 400 <= status < 500 and status not in LATER and status != requests.codes.conflict:
            raise ToolRefused(f"The calendar answered {status}.")
        taken = status in GATEWAY or status == requests.codes.conflict
        raise ToolLost(f"The calendar answered {status}.", answered=not taken)

    def _within(self, url: str) -> str:
        """A place that the server named, which has to be on that server: the password goes there."""
        if urlsplit(url)[:2] != urlsplit(self._url)[:2]:
            raise ValueError("an event on another server")
        return url

    async def _read(self, ask: Callable[[DAVClient], T]) -> T:
        """Ask, up to three times: a lost read changes nothing."""
        for pause in (*PAUSES_S, None):
            try:
                return await self._called(ask)
            except AuthorizationError as error:
                raise ToolLost("The calendar lets nobody in.", answered=True, advice=ADVICE) from error
            except ToolLost as error:
                if pause is None:
                    raise ToolLost(str(error), answered=True) from error
                await asyncio.sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def _called(self, work: Callable[[DAVClient], T]) -> T:
        """Raises AuthorizationError and `ToolLost`."""

        def call() -> T:
            with self._client() as client:
                return work(client)

        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except TimeoutError as error:
            raise ToolLost(f"The calendar gave no answer within {self._timeout_s:g} s.") from error
        except requests.ConnectionError as error:
            raise ToolLost("The calendar cannot be reached.", answered=_never_left(error)) from error
        except requests.RequestException as error:
            raise ToolLost(f"The call was cut off ({type(error).__name__}).") from error
        except AuthorizationError:
            raise
        except NOT_UNDERSTOOD as error:
            raise ToolLost(f"The calendar's answer cannot be read ({type(error).__name__}).") from error

    def _client(self) -> DAVClient:
        account = self._account
        # With `auth` and without `password`, the library neither guesses how to log in nor tries again.
        client = DAVClient(
            self._url,
            auth=HTTPBasicAuth(account.user.encode(), account.password.encode()),
            timeout=self._timeout_s,  # type: ignore[arg-type]  # it is handed on to requests, which takes a float
            ssl_verify_cert=str(account.ca_file) if account.ca_file else True,
        )
        client.session.trust_env = False
        client.session.max_redirects = 0
        return client


def _never_left(error: requests.ConnectionError) -> bool:
    """Whether no connection was made, so that nothing can have been sent."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
