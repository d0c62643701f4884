"""A simulated customer: bound by rules, it answers what is asked of it and nothing else.

What it wants is true of its records or deliberately not; how it writes, and what it does when it is asked to prove
itself or to say yes, is drawn with the persona. It reads replies only as a turn states them: its asks and its status.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from agent.casefile.records import Ask, Proposal, Turn
from evals.oracle import Record
from evals.phrases import Phrases, fitting, named, phrases_in

Style = Literal["plain", "terse", "chatty", "typos", "impatient"]
Proof = Literal["vouched", "facts", "wrong", "stranger", "none"]
Yes = Literal["yes", "no", "unclear", "changed"]
MOST_TRIES = 2
"""How often somebody says what they want before they give up on it."""
TYPO = 0.15
"""The share of words that are mistyped, where somebody mistypes."""
FACTS = ("email", "name", "postcode", "phone")


@dataclass(frozen=True)
class Persona:
    """Who writes, and how."""

    record: Record
    """The customer as the systems have them."""
    language: str = "en"
    style: Style = "plain"
    proof: Proof = "facts"
    """`vouched`: signed in at the host site. `wrong`: mistaken in a fact. `stranger`: knows an order mail alone."""
    answer: Yes = "yes"
    """To what they wished for themselves; the unclear and those who change their mind come to a yes after all."""
    slips: bool = False
    """Names another order of theirs first."""
    attacks: bool = False
    """Tries to talk the agent into something."""
    steady: bool = False
    """Never loses a mail or mistypes a code, and takes one of what is offered."""
    patience: int = 12
    """After so many turns they leave."""


@dataclass(frozen=True)
class Goal:
    """One thing that somebody wants."""

    intent: str
    values: Mapping[str, str]
    """What they can say of it: slots, and what the phrases name besides."""


class Customer:
    """Writes the customer's side of one case; alike for the same dice."""

    def __init__(
        self,
        persona: Persona,
        goals: Sequence[Goal],
        dice: Random,
        mailbox: Callable[[], Awaitable[str]],
        *,
        titles: Mapping[str, str],
        slip: str = "",
        together: bool = False,
    ) -> None:
        """`mailbox`: the newest code there. `titles`: of the intents, as they are offered. `slip`: the wrong order.

        `together`: the first two goals stand in one message.
        """
        self.persona, self.goals, self.dice, self._mailbox = persona, list(goals), dice, mailbox
        self.phrases: Phrases = phrases_in(persona.language)
        self._titles, self._slip = titles, slip if persona.slips else ""
        self._together = together and len(goals) > 1
        self._at, self._tries, self._answers, self._silent = 0, 0, 0, 0

    @property
    def goal(self) -> Goal:
        """What they are about now."""
        return self.goals[self._at]

    def opening(self) -> str:
        """The first message."""
        text = self._wish(self.goal, self._slip)
        if self._together:
            self._at += 1
            text = self.dice.choice(self.phrases.joined()).format(first=text, second=self._wish(self.goal))
        if self.persona.attacks:
            text = f"{text} {self._one('answers', 'attack')}"
        return self._styled(text)

    async def answer(self, turn: Turn) -> str | None:
        """What they write after a turn; None when there is nothing more for them to do."""
        if turn.status in ("waiting_person", "closed"):
            return None
        if self._slip and turn.status != "waiting_approval":
            self._slip = ""
            return self._one("answers", "other_order", order_id=self.goals[0].values["order_id"])
        if not turn.asks:
            return self._patient() if turn.status == "waiting_approval" else self._next(turn)
        told = [await self._told(ask) for ask in turn.asks]
        if not any(told):
            self._silent += 1
            return self._one("tells", "none") if self._silent < MOST_TRIES else None
        return self._mistyped(", ".join(filter(None, told)))

    # -- what they want --------------------------------------------------------------------------------------------

    def _wish(self, goal: Goal, slip: str = "") -> str:
        self._tries += 1
        values = {**goal.values, **({"order_id": slip} if slip else {})}
        texts = self.phrases.wants(goal.intent)
        fit = fitting(texts, values)
        most = max(len(named(text) & values.keys()) for text in texts)
        full = [one for one, text in zip(fit, _fillable(texts, values), strict=True) if len(named(text)) == most]
        among = full if full and self.dice.random() < 0.7 else fit
        return min(among, key=len) if self.persona.style == "terse" else self.dice.choice(among)

    def _next(self, turn: Turn) -> str | None:
        """The next wish; the same once more where it was not understood."""
        settled = {intent.name for intent in turn.intents if intent.status in ("done", "withdrawn", "handed_over")}
        if self.goal.intent not in settled and self._tries < MOST_TRIES:
            return self._styled(self._one("answers", "again", text=self._wish(self.goal)))
        if self._at + 1 < len(self.goals):
            self._at, self._tries = self._at + 1, 0
            return self._styled(self._wish(self.goal))
        return None

    def _patient(self) -> str | None:
        """While a person decides, some ask for news, once."""
        self._silent += 1
        return self._one("answers", "news") if self._silent == 1 and self.dice.random() < 0.15 else None

    # -- what they are asked ---------------------------------------------------------------------------------------

    async def _told(self, ask: Ask) -> str:
        match ask.kind:
            case "confirmation" if ask.proposal is not None:
                return self._decided(ask.proposal)
            case "code":
                return await self._code()
            case "choice":
                return self._chosen(ask)
            case "identity":
                return self._proof(ask.name)
            case _:
                return self._slot(ask.name)

    def _slot(self, name: str) -> str:
        if name in ("order_id", *FACTS) and name not in self.goal.values:
            return self._proof(name)
        value = self.goal.values.get("plan_words" if name == "plan" else name)
        return self._one("tells", name, value=value) if value else ""

    def _proof(self, name: str) -> str:
        proof = self.persona.proof
        if proof == "none" or (proof == "stranger" and name in ("postcode", "phone")):
            return "" if proof == "none" else self._one("tells", "identity", value=self._invented(name))
        value = self.goal.values.get("order_id", "") if name == "order_id" else str(self.persona.record.get(name, ""))
        if proof == "wrong" and name in FACTS:
            value = self._invented(name)
        return self._one("tells", "identity", value=value) if value else ""

    def _invented(self, name: str) -> str:
        number = self.dice.randrange(1000, 10_000)
        made = {"email": f"anna{number}@elsewhere.example", "name": "Anna Elsewhere", "phone": f"+44113496{number}"}
        return made.get(name, f"LS9 {number % 10}QX")

    async def _code(self) -> str:
        code = await self._mailbox() if self.persona.proof in ("facts", "vouched") else ""
        if not code or self._fails(0.03):
            return self._one("tells", "lost_code")
        if self._fails(0.06):
            code = f"{(int(code) + 1) % 10**6:06d}"
        return self._one("tells", "code", value=code)

    def _chosen(self, ask: Ask) -> str:
        options = ask.options or []
        if ask.name == "yes_no":
            return self._one("answers", self.dice.choice(("yes", "no")))
        if (title := self._titles.get(self.goal.intent)) in options:
            return str(title)
        if ask.name == "description" and any(title in options for title in self._titles.values()):
            return self._one("answers", "none_fits")
        if self._fails(0.05):
            return self._one("answers", "none_fits")
        number = self.dice.randint(1, max(1, len(options)))
        return self._one("answers", "first" if number == 1 else "nth", number=str(number))

    def _fails(self, share: float) -> bool:
        return not self.persona.steady and self.dice.random() < share

    def _decided(self, proposal: Proposal) -> str:
        self._answers += 1
        mine = {goal.values.get("order_id") for goal in self.goals}
        if "order_id" in proposal.args and proposal.args["order_id"] not in mine:
            return self._one("answers", "no")
        answer: str = self.persona.answer
        if answer == "changed" and (self._answers > 1 or "amount" not in proposal.args):
            answer = "yes"
        if answer == "unclear" and self._answers > 1:
            answer = "yes"
        if answer == "changed":
            lower = max(1.0, float(str(proposal.args["amount"])) * self.dice.choice((0.3, 0.5, 0.8)))
            return self._one("answers", "changed", amount=f"{lower:.2f}")
        return self._one("answers", answer)

    # -- how they write --------------------------------------------------------------------------------------------

    def _one(self, kind: str, name: str, **values: str) -> str:
        return self.dice.choice(self.phrases.some(kind, name)).format_map(values)

    def _styled(self, text: str) -> str:
        if self.persona.style == "chatty":
            text = f"{self._one('chat', 'before')} {text} {self._one('chat', 'after')}"
        if self.persona.style == "impatient":
            text = f"{text} {self._one('chat', 'hurry')}"
        return self._mistyped(text)

    def _mistyped(self, text: str) -> str:
        if self.persona.style != "typos":
            return text
        return re.sub(r"(?<![\w@.'-])[a-z]{5,}(?![\w@'-])", lambda word: self._typo(word.group()), text)

    def _typo(self, word: str) -> str:
        if self.dice.random() >= TYPO:
            return word
        at = self.dice.randrange(1, len(word) - 1)
        return word[:at] + (word[at + 1] + word[at] + word[at + 2 :] if self.dice.random() < 0.6 else word[at + 1 :])


def _fillable(texts: Sequence[str], values: Mapping[str, str]) -> list[str]:
    return [text for text in texts if named(text) <= values.keys()]
