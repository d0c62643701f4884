"""An effect is journaled once, and a yes starts one effect only, whoever races (G1, G2)."""

import asyncio

import pytest

from agent.casefile import effects
from agent.casefile.canonical import effect_key
from agent.casefile.events import EffectStarted
from agent.casefile.records import Args, TargetRecord
from agent.casefile.store import CaseFiles
from agent.errors import NotAuthorised
from tests.agent.conftest import OPENED

YES = "confirmation:m1:aaaa"


def effect(case_id: str, args: Args | None = None, yes: str = YES) -> EffectStarted:
    args = args or {"order_id": "HG-1"}
    key = effect_key("harbor", case_id, "cus_1", "cancel_order", args, yes)
    target = TargetRecord(kind="order", id="HG-1")
    return EffectStarted(
        effect=key, intent="i1", action="cancel_order", args=args, target=target, before=None, yes=yes
    )  # fmt: skip


async def plan(files: CaseFiles, case_id: str, effect: EffectStarted) -> None:
    async with files.database.write() as tx:
        await effects.plan(tx, files.tenant, files.clock, case_id, effect.effect, effect.action, effect.yes)


async def start(files: CaseFiles, case_id: str, started: EffectStarted) -> None:
    async with files.database.write() as tx:
        await effects.plan(tx, files.tenant, files.clock, case_id, started.effect, started.action, started.yes)
        await effects.start(tx, files.clock, started.effect)


async def settle(files: CaseFiles, started: EffectStarted, state: str) -> None:
    async with files.database.write() as tx:
        await effects.settle(tx, files.clock, started.effect, state)


async def states(files: CaseFiles, case_id: str) -> dict[str, str]:
    async with files.database.read() as db:
        return await effects.states(db, case_id)


async def test_a_yes_starts_one_effect_only(files: CaseFiles, case_id: str) -> None:
    first = effect(case_id)
    await start(files, case_id, first)
    with pytest.raises(NotAuthorised, match="used before"):
        await start(files, case_id, effect(case_id, {"order_id": "HG-2"}))
    assert await states(files, case_id) == {first.effect: "started"}


async def test_the_same_effect_is_not_started_again(files: CaseFiles, case_id: str) -> None:
    first = effect(case_id)
    await start(files, case_id, first)
    await settle(files, first, "verified")
    for again in (first, first.model_copy(update={"yes": "confirmation:m2:aaaa"})):
        with pytest.raises(NotAuthorised, match="already started"):
            await start(files, case_id, again)
    assert await states(files, case_id) == {first.effect: "verified"}


async def test_of_racing_starts_exactly_one_wins(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    tried = [start((files, elsewhere)[n % 2], case_id, effect(case_id, {"n": n % 3})) for n in range(12)]
    came = await asyncio.gather(*tried, return_exceptions=True)
    assert sorted(type(result).__name__ for result in came) == ["NoneType"] + ["NotAuthorised"] * 11
    assert list((await states(elsewhere, case_id)).values()) == ["started"]


async def test_another_yes_starts_the_same_change_once_more(files: CaseFiles, case_id: str) -> None:
    both = [effect(case_id), effect(case_id, yes="confirmation:m2:aaaa")]
    for started in both:
        await start(files, case_id, started)
    await settle(files, both[1], "unknown")
    assert await states(files, case_id) == {both[0].effect: "started", both[1].effect: "unknown"}


async def test_a_yes_counts_within_its_case(files: CaseFiles, case_id: str) -> None:
    other, _ = await files.open(OPENED)
    await start(files, case_id, effect(case_id))
    await start(files, other, effect(other))
    assert len(await states(files, other)) == 1


async def test_what_was_not_planned_cannot_start(files: CaseFiles, case_id: str) -> None:
    async with files.database.write() as tx:
        with pytest.raises(NotAuthorised, match="never planned"):
            await effects.start(tx, files.clock, effect(case_id).effect)


async def test_an_effect_moves_forward_only(files: CaseFiles, case_id: str) -> None:
    planned = effect(case_id)
    await plan(files, case_id, planned)
    await settle(files, planned, "verified")
    assert await states(files, case_id) == {planned.effect: "planned"}, "nothing comes of what was not sent"
    await start(files, case_id, planned)
    async with files.database.write() as tx:
        await effects.returned(tx, files.clock, planned.effect)
    await plan(files, case_id, planned)
    assert await states(files, case_id) == {planned.effect: "returned"}
    for state in ("unknown", "verified"):
        await settle(files, planned, state)
    async with files.database.write() as tx:
        await effects.returned(tx, files.clock, planned.effect)
    assert await states(files, case_id) == {planned.effect: "verified"}
