"""What all seeding shares: the day, the invented world, and dice that always fall the same way."""

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from tools.backoffice.fields import Row, moment

SIGNS = {"#": "0123456789", "@": "ABDEFGHJLNPQRSTUWXYZ"}


class Dice:
    """Chance with a memory: the same day, the same throws."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.rng = random.Random(1851)  # noqa: S311 - a demo wants the same records each time, not secrets
        text = Path(__file__).with_name("harbor.yaml").read_text(encoding="utf-8")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.world: dict[str, Any] = yaml.load(text, loader)  # noqa: S506 - both are safe loaders, one is faster

    def when(self, days_ago: int) -> str:
        """A moment of the day so long ago (ahead, when negative), between 7 and 19 o'clock."""
        minutes = timedelta(minutes=self.rng.randrange(7 * 60, 19 * 60))
        return moment(datetime.combine(self.today - timedelta(days=days_ago), time(), UTC) + minutes)

    def age(self, at: str) -> int:
        """Whole days from a moment to today."""
        return (self.today - date.fromisoformat(at[:10])).days

    def filled_in(self, pattern: str) -> str:
        """A pattern with its digits and letters thrown."""
        return "".join(self.rng.choice(SIGNS[sign]) if sign in SIGNS else sign for sign in pattern)


def euros(amount: Decimal) -> Row:
    """An amount as records write it."""
    return {"amount": f"{amount:.2f}", "currency": "EUR"}


def numbered(prefix: str, rows: list[Row]) -> list[Row]:
    """The same rows with ids in their order."""
    return [{"id": f"{prefix}{n:06d}"} | row for n, row in enumerate(rows, start=1)]
