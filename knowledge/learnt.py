"""Learnt: what a house has learnt of each language of a release, to read messages and to find passages in it.

The company's first language is learnt before a release is used. The others take half a minute each on a new home:
they are learnt one after the other, beside the work, when somebody first writes in one of them or when it is begun.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from knowledge.embed import Embedder
from knowledge.embedders import Embedders
from knowledge.head import Head, open_head
from knowledge.release import Release
from knowledge.search import Search

log = logging.getLogger("deskhand.learnt")


@dataclass(frozen=True)
class Learnt:
    """What reads one language of a release."""

    embedder: Embedder
    head: Head


class Languages:
    """The languages of the releases of a home. May be asked from several threads."""

    def __init__(self, home: Path, embedders: Embedders, search: Search | None = None) -> None:
        """`search`: made ready for a language along with its head."""
        self.home, self._embedders, self._search = home, embedders, search
        self._known: dict[tuple[str, str], Future[Learnt | None]] = {}
        self._lock, self._one_at_a_time = threading.Lock(), threading.Lock()

    def of(self, release: Release, locale: str, patience_s: float = 0.0) -> Learnt | None:
        """What was learnt of a language; None where it cannot be, or is not within that time.

        The first language is waited for. Raises what the head and the index raise there; elsewhere it is logged.
        """
        if locale == release.playbook.company.locales[0]:
            return self._begun(release, locale, beside=False).result()
        try:
            return self._begun(release, locale, beside=True).result(patience_s)
        except TimeoutError:
            return None

    def begin(self, release: Release) -> None:
        """Learn all languages of a release, beside the work."""
        for locale in release.playbook.company.locales[1:]:
            self._begun(release, locale, beside=True)

    def _begun(self, release: Release, locale: str, *, beside: bool) -> Future[Learnt | None]:
        with self._lock:
            known = self._known.get((release.id, locale))
            if known is not None:
                return known
            future = self._known[release.id, locale] = Future()
        if beside:  # it may be left unfinished when the house closes
            threading.Thread(target=self._learn, args=(future, release, locale, True), daemon=True).start()
        else:
            self._learn(future, release, locale, False)
        return future

    def _learn(self, future: Future[Learnt | None], release: Release, locale: str, beside: bool) -> None:
        try:
            with self._one_at_a_time:
                future.set_result(self._read(release, locale))
        except BaseException as error:  # noqa: BLE001  whoever waits for it is told, in their own thread
            with self._lock:
                del self._known[release.id, locale]
            if beside:
                log.warning("The language '%s' cannot be read now: %s", locale, error)
                future.set_result(None)
            else:
                future.set_exception(error)

    def _read(self, release: Release, locale: str) -> Learnt | None:
        embedder = self._embedders.of(locale)
        if embedder is None:
            return None
        head = open_head(self.home, release, locale, embedder)
        if self._search is not None:
            self._search.build(release, locale)
        return Learnt(embedder, head)
