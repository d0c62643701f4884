"""The budget of a turn, of its case and of its customer's day: when one is used up, a person takes over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile import spending
from agent.casefile.records import Passage
from agent.casefile.spending import Account, Spent
from agent.desk import Desk
from agent.models.port import Frame, IntentChoice, Model, Reading, Step, ToolOffer
from knowledge.company import Budget, Budgets


class Purse:
    """What one turn spends, beside what its case and its customer's day had come to before it."""

    def __init__(self, desk: Desk, budgets: Budgets, case_id: str) -> None:
        self._desk, self._budgets, self._case = desk, budgets, Account.of_case(case_id)
        self._spent, self._written = Spent(), Spent()
        self._earlier = dict[Account, Spent]()

    def spend(self, *, tool_calls: int = 0, model_calls: int = 0, effects: int = 0) -> None:
        """Count it."""
        self._spent += Spent(tool_calls, model_calls, effects)

    async def is_empty(self, customer_id: str | None) -> bool:
        """Whether one of the budgets is used up."""
        budgets = [(self._spent, self._budgets.per_turn)]
        for account, budget in self._accounts(customer_id).items():
            if account not in self._earlier:
                async with self._desk.files.database.read() as db:
                    self._earlier[account] = await spending.of(db, self._desk.tenant, account)
            budgets.append((self._earlier[account] + self._spent, budget))
        return any(_reaches(spent, budget) for spent, budget in budgets)

    async def take_effect(self, tx: AsyncConnection, customer_id: str | None) -> bool:
        """Count an effect that is about to be sent, in its own transaction; False when a budget allows none more.

        The accounts are read there, so that cases side by side cannot spend the same.
        """
        if self._spent.effects >= self._budgets.per_turn.effects:
            return False
        accounts = self._accounts(customer_id)
        for account, budget in accounts.items():
            if (await spending.of(tx, self._desk.tenant, account)).effects >= budget.effects:
                return False
        one = Spent(effects=1)
        await spending.add(tx, self._desk.tenant, list(accounts), one)
        self._spent, self._written = self._spent + one, self._written + one
        return True

    async def write(self, tx: AsyncConnection, customer_id: str | None) -> None:
        """Add what was spent to the accounts."""
        await spending.add(tx, self._desk.tenant, list(self._accounts(customer_id)), self._spent - self._written)
        self._written = self._spent

    def _accounts(self, customer_id: str | None) -> dict[Account, Budget]:
        accounts = {self._case: self._budgets.per_case}
        if customer_id is not None:
            accounts[Account.of_customer(customer_id, self._desk.clock)] = self._budgets.per_customer_day
        return accounts


class Metered:
    """A model whose calls are counted."""

    def __init__(self, model: Model, purse: Purse) -> None:
        self._model, self._purse = model, purse

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """See the port."""
        self._purse.spend(model_calls=1)
        return await self._model.read(message, frame, choices)

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """See the port."""
        self._purse.spend(model_calls=1)
        return await self._model.propose(question, frame, tools, passages)

    def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """See the port."""
        self._purse.spend(model_calls=1)
        return self._model.word(question, frame, passages)


def _reaches(spent: Spent, budget: Budget) -> bool:
    return any(getattr(spent, name) >= getattr(budget, name) for name in Budget.model_fields)
