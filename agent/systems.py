"""Systems: which of the company's systems can be reached, as the calls of all cases tell; a circuit for each."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent.circuit import Circuit
from tools.contract import ToolLost

STRIKES = 3
"""So many cases in a row met a system that gave no usable answer: it is down, and not their records' doing."""
COOL_DOWN_S = 30.0


class Systems:
    """What this process has met; another one finds out for itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._circuits: defaultdict[str, Circuit] = defaultdict(
            lambda: Circuit(strikes=STRIKES, cool_down_s=COOL_DOWN_S, clock=clock)
        )

    def is_up(self, system: str) -> bool:
        """Whether anything may be promised that needs it."""
        return not self._circuits[system].is_open

    @contextmanager
    def watched(self, system: str, case_id: str, *, whatever_happened: bool = False) -> Iterator[None]:
        """One call to a system. Raises ToolLost, without a call, while the system is left alone.

        `whatever_happened`: the call is made even then, since something rests on its answer.
        """
        circuit = self._circuits[system]
        if not (whatever_happened or circuit.lets_through()):
            raise ToolLost(
                f"The system '{system}' gave no answer lately, and is left alone for a while.", answered=True
            )
        try:
            yield
        except ToolLost:
            circuit.failed(case_id)
            raise
        else:
            circuit.worked()
