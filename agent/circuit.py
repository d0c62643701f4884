"""A circuit: what keeps failing is left alone for a while, so that it costs nobody their time."""

from __future__ import annotations

from collections.abc import Callable


class Circuit:
    """Counts failures in a row; after `strikes` it is open for `cool_down_s`, then one caller tries.

    Failures on behalf of the same one count once: what a single customer's record or message does to a system must not
    take it away from all others.
    """

    def __init__(self, *, strikes: int, cool_down_s: float, clock: Callable[[], float]) -> None:
        self._strikes, self._cool_down_s, self._clock = strikes, cool_down_s, clock
        self._failed_for = set[object]()
        self._left_alone_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it is left alone now."""
        return len(self._failed_for) >= self._strikes and self._clock() < self._left_alone_until

    def lets_through(self) -> bool:
        """Whether to try. After the cool-down one caller may; the others wait for what comes of it."""
        if self.is_open:
            return False
        if len(self._failed_for) >= self._strikes:
            self._left_alone_until = self._clock() + self._cool_down_s
        return True

    def worked(self) -> None:
        """It answered."""
        self._failed_for.clear()

    def failed(self, on_behalf_of: object) -> None:
        """It did not."""
        if len(self._failed_for) < self._strikes:
            self._failed_for.add(on_behalf_of)
        self._left_alone_until = self._clock() + self._cool_down_s
