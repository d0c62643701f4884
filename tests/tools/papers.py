"""The desk's own side in memory: reminders in a dict, two articles, a summary of one line."""

from __future__ import annotations

from tools.own import Paper, Waiting

ARTICLES = {
    "oak-care": Paper("oak-care", "Looking after oak", "Oil it once a year.\n"),
    "linen": Paper("linen", "Washing linen", "At 40 degrees.\n"),
}


class Drawer:
    """Implements `tools.own.Own`."""

    def __init__(self) -> None:
        self.reminders: dict[str, dict[str, Waiting]] = {}

    async def remind(self, case_id: str, key: str, due_at: str, text: str) -> str:
        of_case = self.reminders.setdefault(case_id, {})
        reminder_id = f"{abs(hash(key)):032x}"[:32]
        of_case.setdefault(reminder_id, Waiting(reminder_id, due_at, text))
        return reminder_id

    async def waiting(self, case_id: str) -> list[Waiting]:
        return sorted(self.reminders.get(case_id, {}).values(), key=lambda one: one.due_at)

    async def withdraw(self, case_id: str, reminder_id: str) -> None:
        self.reminders.get(case_id, {}).pop(reminder_id, None)

    async def summary(self, case_id: str, since: int) -> Paper:
        return Paper(case_id, "Your conversation", f"All before {since}.\n")

    async def articles(self, case_id: str, about: str) -> list[Paper]:  # noqa: ARG002 - its contract
        return [paper for paper in ARTICLES.values() if about in paper.title]

    async def article(self, case_id: str, article_id: str) -> Paper | None:  # noqa: ARG002
        return ARTICLES.get(article_id)
