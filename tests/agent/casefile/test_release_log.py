"""The log of releases: append-only, one step after the other, and the same for every worker at once."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from agent.casefile import release_log as log
from agent.casefile.release_log import Board, Checked, Published, ReleaseLog, Shadowed, Sliced
from agent.casefile.store import CaseFiles
from agent.errors import ReleasesMoved

WHO: dict[str, Any] = {"by": "Mara", "why": "spring rules"}
IDS = st.sampled_from(["one", "two", "three"])
STEPS = st.one_of(
    st.builds(Checked, release=IDS, authors=st.lists(st.sampled_from(["Mara", "Ben"]), max_size=2)),
    st.builds(Published, release=IDS, was=st.none() | IDS, back=st.booleans()),
    st.builds(Sliced, release=IDS, percent=st.integers(0, 100)),
    st.builds(Shadowed, release=IDS, on=st.booleans()),
    st.builds(
        log.Tested,
        release=IDS,
        against=st.none() | IDS,
        rulings=st.just(3),
        flips=st.just(0),
        weaker=st.just([]),
        failing=st.just([]),
    ),
)


def log_of(files: CaseFiles) -> ReleaseLog:
    return ReleaseLog(files.database, files.clock, files.tenant)


def board_of(*bodies: log.Body) -> Board:
    told = (
        log.Entry(seq=seq, at="2026-01-01", kind=type(body).__name__, body=body, **WHO)
        for seq, body in enumerate(bodies, 1)
    )
    return Board().after(told)


async def test_what_one_worker_writes_every_other_one_reads_at_once(files: CaseFiles, elsewhere: CaseFiles) -> None:
    here, there = log_of(files), log_of(elsewhere)
    assert (await there.board()).live is None
    await here.append(await here.board(), Published(release="one", was=None), **WHO)
    board = await there.board()
    assert (board.live, board.entries[-1].by, board.entries[-1].why) == ("one", "Mara", "spring rules")
    await there.append(board, Published(release="two", was="one"), **WHO)
    assert (await here.board()) == (await there.board()) == await log_of(files).board()


async def test_of_two_who_decide_on_the_same_board_one_is_told_to_look_again(
    files: CaseFiles, elsewhere: CaseFiles
) -> None:
    logs = [log_of(files), log_of(elsewhere)]
    boards = [await one.board() for one in logs]
    steps = (one.append(board, Published(release=name, was=None), **WHO)
             for one, board, name in zip(logs, boards, ["one", "two"], strict=True))  # fmt: skip
    came = await asyncio.gather(*steps, return_exceptions=True)
    assert Counter(type(result) for result in came) == {Board: 1, ReleasesMoved: 1}
    assert len((await logs[0].board()).entries) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE release_log SET body = replace(body, 'Mara', 'Ben') WHERE seq = 2",
        "UPDATE release_log SET at = '2020-01-01' WHERE seq = 2",
        "DELETE FROM release_log WHERE seq = 2",
        "UPDATE release_log SET kind = 'Shadowed' WHERE seq = 2",
    ],
)
async def test_whatever_is_changed_in_the_log_is_found(files: CaseFiles, change: str) -> None:
    written = log_of(files)
    for name in ("one", "two", "three"):
        await written.append(await written.board(), Published(release=name, was=None), **WHO)
    assert await written.first_broken() is None
    async with files.database.write() as tx:
        await tx.execute(text(change))
    assert await written.first_broken() == 2


async def test_each_company_has_its_own(files: CaseFiles) -> None:
    mine, theirs = log_of(files), ReleaseLog(files.database, files.clock, "other")
    await mine.append(await mine.board(), Published(release="one", was=None), **WHO)
    assert (await theirs.board()).live is None
    await theirs.append(await theirs.board(), Published(release="two", was=None), **WHO)
    assert (await mine.board()).live == "one"
    assert await theirs.first_broken() is None


@given(bodies=st.lists(STEPS, max_size=12))
def test_a_release_is_live_or_was_or_never_was(bodies: list[log.Body]) -> None:
    board = board_of(*bodies)
    live = [body.release for body in bodies if isinstance(body, Published)]
    assert board.live == (live[-1] if live else None)
    for name in board.releases():
        state = board.state(name)
        assert (state == "published") == (name == board.live)
        assert (state == "retired") == (name in live and name != board.live)
    assert board.state("unheard of") is None


@given(bodies=st.lists(STEPS, max_size=12), case_id=st.uuids())
def test_a_new_case_begins_under_the_live_release_or_the_slice(bodies: list[log.Body], case_id: object) -> None:
    board = board_of(*bodies)
    chosen = board.for_case(str(case_id))
    assert chosen in (board.live, board.slice)
    assert board.slice is not None or chosen == board.live
    assert chosen == board.for_case(str(case_id))


@pytest.mark.parametrize("percent", [0, 1, 20, 50, 100])
def test_a_slice_is_as_large_as_it_is_said_to_be(percent: int) -> None:
    board = board_of(Published(release="one", was=None), Sliced(release="two", percent=percent))
    chosen = Counter(board.for_case(f"case {number}") for number in range(4000))
    assert abs(chosen["two"] / 4000 - percent / 100) < 0.03
    assert percent not in (0, 100) or chosen["two"] == 4000 * percent // 100


def test_what_goes_live_is_no_slice_and_no_shadow_any_more() -> None:
    steps: list[log.Body] = [
        Published(release="one", was=None),
        Sliced(release="two", percent=9),
        Shadowed(release="two", on=True),
    ]
    assert board_of(*steps).slice == board_of(*steps).shadow == "two"
    after = board_of(*steps, Published(release="two", was="one"))
    assert (after.live, after.slice, after.percent, after.shadow) == ("two", None, 0, None)


def test_only_a_test_against_what_is_live_now_counts() -> None:
    tested = log.Tested(release="two", against="one", rulings=1, flips=0, weaker=[], failing=[])
    board = board_of(Published(release="one", was=None), tested)
    assert board.test("two") == (2, tested)
    assert board_of(Published(release="one", was=None), tested, Published(release="x", was="one")).test("two") is None
