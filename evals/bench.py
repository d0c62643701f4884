"""The bench: what the engine costs, with the model taken out of the figure. It measures, and tests nothing."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import httpx
import jwt
from rich.console import Console
from rich.table import Table

from agent.backtest import backtest, past_rulings
from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.records import Mood, Passage
from agent.casefile.store import CaseFiles
from agent.home import Home
from agent.models.choice import models_for
from agent.models.port import AnswerStep, Frame, IntentChoice, IntentSeen, Reading, Step, ToolOffer
from agent.nodes.intake import choices
from agent.speech.acts import own
from agent.speech.claims import decide
from agent.speech.evidence import Call, Evidence, History
from agent.speech.tool import Tool
from evals.hostile import LIES
from evals.suites.moods import examples_in
from evals.suites.registry import SUITES
from evals.talk import Case
from knowledge.draft import read_draft
from knowledge.embedders import Embedders
from knowledge.learnt import Languages
from knowledge.load import load
from knowledge.precedence import rules_have_a_say
from knowledge.release import Release
from knowledge.rules import Vocabulary

SAMPLE = 10
"""Turns around the tenth and around the last that are measured."""
PAST = 10_000
CHECKED = 3
"""How often each sentence is held against the evidence."""
READ_WITHIN_MS = 15
"""What reading a message may cost on the embedded default."""
THANKS = "Thank you!"
QUESTION = "How many days do I have to send something back?"


class Instant:
    """A model that takes no time: it reads thanks in everything. What a turn costs with it is the engine's."""

    name = "instant"

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """Thanks."""
        thanks = IntentSeen(name="thanks", confidence=1.0, text=message)
        return Reading(language=frame.locale, intents=[thanks], values=[], mood=Mood())

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """Nothing that can be answered."""
        return AnswerStep(passages=[])

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """The first passage."""
        for passage in passages[:1]:
            yield passage.text


@dataclass(frozen=True)
class Figures:
    """Milliseconds a turn over HTTP at the tenth and at the last turn (medians), and bytes of store a turn."""

    early_ms: float
    late_ms: float
    turns: int
    bytes_a_turn: float

    @property
    def growth(self) -> float:
        """How much longer the last turns took than the first ones."""
        return self.late_ms / self.early_ms


async def converse(base: str, home: Path, turns: int, words: str) -> Figures:
    """What a turn costs near the tenth of one conversation and near the last of a long one.

    The two are measured in turn, so that a machine that is slower for a while is slower for both.
    """
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        long, before = await Case.opened(client), stored(home)
        for number in range(turns - SAMPLE):
            await long.say(f"{words} ({number})")
        grown = (stored(home) - before) / (turns - SAMPLE)
        short = await Case.opened(client)
        for number in range(10 - SAMPLE // 2):
            await short.say(f"{words} ({number})")
        early, late = list[float](), list[float]()
        for number in range(SAMPLE):
            early.append(await _timed(short, f"{words} (s{number})"))
            late.append(await _timed(long, f"{words} (l{number})"))
    return Figures(statistics.median(early), statistics.median(late), turns, grown)


@dataclass(frozen=True)
class Effects:
    """Milliseconds of the turn that carries an effect out and of the one that declines it (medians); bytes a case."""

    done_ms: float
    declined_ms: float
    bytes_a_case: float


async def cancel(base: str, home: Path) -> Effects:
    """What an effect costs: orders are to be cancelled, and every second customer says no when asked."""
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        found = await client.get("/backoffice/api/orders", params={"status": "processing", "limit": 2 * SAMPLE})
        orders, before = found.raise_for_status().json(), stored(home)
        took: dict[str, list[float]] = {"yes": [], "no": []}
        for order, answer in zip(orders, cycle(took), strict=False):
            case = await Case.opened(client, customer_token=vouched(home, order["customer_id"]))
            await case.say(f"Please cancel order {order['id']}")
            took[answer].append(await _timed(case, answer))
    done, declined = (statistics.median(some) for some in took.values())
    return Effects(done, declined, (stored(home) - before) / len(orders))


def vouched(home: Path, customer_id: str) -> str:
    """A token by which the host site vouches for a customer."""
    claims = {"sub": customer_id, "aud": "deskhand", "exp": int(time.time()) + 600}
    return jwt.encode(claims, Home.at(home).secret("customer_secret"), algorithm="HS256")


async def _timed(case: Case, words: str) -> float:
    began = time.perf_counter()
    await case.say(words)
    return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def served(home: Path, port: int, **settings: str) -> AsyncIterator[Process]:
    """`deskhand run` as a process of its own, as soon as it is healthy; `settings` by their variables."""
    env = os.environ | {"PORT": str(port), "DESKHAND_HOME": str(home)} | settings
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "cli", "run", env=env, stdout=DEVNULL)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            while not await _healthy(client):
                if process.returncode is not None:
                    raise RuntimeError("The server ended before it was healthy; `deskhand run` says why.")
                await asyncio.sleep(0.02)
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _healthy(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False


async def resident_mb(process: Process) -> float:
    """The memory that a process holds now, in MB."""
    asked = await asyncio.create_subprocess_exec("ps", "-o", "rss=", "-p", str(process.pid), stdout=PIPE)
    kilobytes, _ = await asked.communicate()
    return int(kilobytes) * 1024 / 1e6


def proving_s(folder: Path, vocabulary: Vocabulary) -> tuple[float, float]:
    """What it takes to prove that each rule of a playbook has a say, and with ten times the rules."""
    draft = read_draft(folder)
    written, took = dict(draft.clauses), list[float]()
    for times in (1, 10):
        draft.clauses = {f"{clause}/{copy}": written[clause] for copy in range(times) for clause in written}
        began = time.monotonic()
        deque(rules_have_a_say(draft, vocabulary), maxlen=0)
        took.append(time.monotonic() - began)
    return took[0], took[1]


async def ruling_again_s(home: Path, folder: Path, vocabulary: Vocabulary) -> float:
    """What it takes to rule 10,000 past rulings again: those of a home, as often as it takes, by other documents."""
    database = await Database.open(f"sqlite+aiosqlite:///{home / 'cases.db'}")
    try:
        files = CaseFiles(database, Clock(), load(folder, vocabulary).company.id)
        past = list(islice(cycle(await past_rulings(files, 1000)), PAST))
    finally:
        await database.close()
    live, draft = (Release(name, load(folder, vocabulary)) for name in ("live", "draft"))
    began = time.monotonic()
    backtest(past, live, draft, vocabulary)
    return time.monotonic() - began


def checking_ms(folder: Path, vocabulary: Vocabulary) -> float:
    """What the claim check takes for one sentence (median): true ones, lies, and lies grown into true ones."""
    texts = [clause.text for clause in load(folder, vocabulary).clauses.values()]
    done = Call("cancel_order", {"order_id": "HG-482913"})
    tools = [Tool(name, "", dict.fromkeys(shape.args, "")) for name, shape in vocabulary.actions.items()]
    evidence = Evidence(texts[:6], [QUESTION], history=History(tools, [done]))
    told = [*LIES, *(text.split(". ")[0] for text in texts), "Your order HG-482913 has been cancelled."]
    own()  # it is learnt once in the life of a process
    took = list[float]()
    for sentence in [*told, *(f"{text.split('.')[0]}, and {LIES[0]}" for text in texts)] * CHECKED:
        began = time.perf_counter()
        decide(sentence, evidence)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


async def reading_ms(home: Path, release: Release) -> float:
    """What the embedded model takes to read a message that it never saw, of a customer who writes English (median)."""
    model = models_for(Languages(home, Embedders.load()), None, budget_s=READ_WITHIN_MS / 1000)(release)
    wanted, frame = choices(release.playbook, "en"), Frame(locale="en", window=[], asks=[], intents=[])
    run = SUITES["moods"].runs[0]
    texts = [one.text for _, one in examples_in(run.options(Path()).data) if one.language == "en"]
    await model.read(THANKS, frame, wanted)  # the language's model is loaded with the first message
    took = list[float]()
    for text in texts:
        began = time.perf_counter()
        await model.read(text, frame, wanted)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def stored(home: Path) -> int:
    """Bytes of the case files and checkpoints in a home, with what is still in their journals."""
    return sum(file.stat().st_size for name in ("cases.db*", "checkpoints.db*") for file in home.glob(name))


def shown(
    engine: Figures,
    whole: Figures,
    effects: Effects,
    starts_s: tuple[float, float],
    proving: tuple[float, float],
    ruling_s: float,
    memory_mb: float,
    checking: float,
    reading: float,
    out: Console,
) -> None:
    """The table of one run."""
    table = Table("figure", "value", title="What a turn costs, over HTTP, one conversation at a time (medians)")
    rows = {
        "engine alone, turn 10": f"{engine.early_ms:.1f} ms",
        f"engine alone, turn {engine.turns}": f"{engine.late_ms:.1f} ms",
        "ratio": f"{engine.growth:.2f}",
        "store per turn": f"{engine.bytes_a_turn / 1000:.1f} kB",
        "a policy question, embedded model": f"{whole.late_ms:.1f} ms",
        "an effect, of a turn": f"{effects.done_ms - effects.declined_ms:.1f} ms of {effects.done_ms:.1f} ms",
        "store per case of two turns, with its effect or without": f"{effects.bytes_a_case / 1000:.1f} kB",
        "first start (index and seed)": f"{starts_s[0]:.1f} s",
        "second start": f"{starts_s[1]:.1f} s",
        "the playbook's rules proved, and ten times as many": f"{proving[0]:.1f} s, {proving[1]:.1f} s",
        "10,000 past rulings made again, by the live release and by a draft": f"{ruling_s:.1f} s",
        "resident memory, embedding model loaded": f"{memory_mb:.0f} MB",
        "the claim check, a sentence": f"{checking:.2f} ms",
        f"intake, a message (at most {READ_WITHIN_MS} ms)": f"{reading:.1f} ms",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    out.print(table)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A home for one run."""
    return tempfile.TemporaryDirectory(prefix="deskhand-bench-")
