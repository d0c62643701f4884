"""From documents to customers: what stands against a publication is told, and nothing goes round it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.backtest import Past, past_rulings
from agent.casefile.events import Ruled
from agent.casefile.records import Outcome, Proposal, Ruling
from agent.casefile.release_log import ReleaseLog
from agent.casefile.store import CaseFiles
from agent.errors import NotPublishable
from agent.publishing import FIRST_START, Publisher, Rehearsal
from knowledge.load import PlaybookError
from knowledge.release import Release, Releases
from tests.knowledge.conftest import HARBOR
from tests.knowledge.vocabulary import HARBOR_TOOLS

Change = Callable[..., Path]
LIMIT = ("policies/refunds.md", "action.args.amount > 50.0", "action.args.amount > 80.0")
STRICTER = ("policies/refunds.md", "action.args.amount > 50.0", "action.args.amount > 20.0")
WORDS = ("articles/shops.md", "owner:", "owner: The shops and")
WHY = "spring"


@pytest.fixture
def prepared() -> list[str]:
    """The releases that were made ready."""
    return []


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """What is kept once is kept for all: documents are the same release wherever they stand."""
    return Releases(tmp_path_factory.mktemp("kept"), HARBOR_TOOLS)


@pytest.fixture
async def publisher(files: CaseFiles, releases: Releases, prepared: list[str]) -> Publisher:
    async def prepare(release: Release) -> None:
        prepared.append(release.id)

    log = ReleaseLog(files.database, files.clock, files.tenant)
    publisher = Publisher(releases, log, HARBOR_TOOLS, files.clock, prepare)
    await publisher.begin(HARBOR)
    return publisher


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """Harbor's documents with changes `(file, right, wrong)`."""

    def change(*changes: tuple[str, str, str]) -> Path:
        folder = shutil.copytree(HARBOR, tmp_path / f"draft{len(list(tmp_path.iterdir()))}")
        for file, right, wrong in changes:
            text = (folder / file).read_text(encoding="utf-8")
            assert right in text
            (folder / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
        return folder

    return change


def past(amount: float, case_id: str = "c1") -> Past:
    """A refund that was ruled under some earlier release."""
    facts = {
        "action.name": "issue_refund", "action.risk": "customer_confirmed", "action.args.amount": amount,
        "action.args.currency": "EUR", "order.currency": "EUR", "order.total": 900.0, "order.refundable": 900.0,
        "order.status": "delivered", "order.days_since_delivery": 3, "customer.refunds_30d": 0, "identity.level": 3,
        "systems.available": True, "time.date": "2026-11-01",
    }  # fmt: skip
    ruling = Ruling(
        outcome=Outcome.CONFIRM, action="issue_refund", clauses=[], risk="", identity_needed="verified", reason=""
    )
    proposal = Proposal(action="issue_refund", args={"amount": amount}, digest="d")
    ruled = Ruled(intent="i1", proposal=proposal, ruling=ruling, facts=facts, release="long ago")
    return Past(case_id=case_id, seq=9, at="2026-11-01", ruled=ruled)


async def submitted(publisher: Publisher, folder: Path, failing: tuple[str, ...] = (), by: str = "Mara") -> str:
    release = await publisher.submit(folder, by=by, why=WHY)
    await publisher.test(release.id, [past(60.0)], Rehearsal(list(failing)), by=by, why=WHY)
    return release.id


async def test_a_home_without_a_release_gets_the_folders_and_keeps_it(
    publisher: Publisher, changed: Change, tmp_path: Path
) -> None:
    live = (await publisher.log.board()).live
    assert (await publisher.begin(changed(WORDS))).id == live, "a folder that was edited changes nothing by itself"
    assert (await publisher.log.board()).authors(str(live)) == [FIRST_START]
    assert (await publisher.begin(tmp_path / "gone")).id == live


async def test_documents_with_a_finding_are_no_release(publisher: Publisher, changed: Change) -> None:
    before = (await publisher.log.board()).entries
    with pytest.raises(PlaybookError, match=r"unknown fact 'customer\.refund_30d'"):
        await publisher.submit(changed(("policies/refunds.md", "refunds_30d", "refund_30d")), by="Mara", why=WHY)
    assert (await publisher.log.board()).entries == before


async def test_a_release_goes_from_checked_to_retired(
    publisher: Publisher, changed: Change, prepared: list[str]
) -> None:
    first = str((await publisher.log.board()).live)
    release = await publisher.submit(changed(WORDS), by="Mara", why=WHY)
    states = [(await publisher.log.board()).state(release.id)]
    await publisher.test(release.id, [], Rehearsal(), by="Mara", why=WHY)
    states += [(await publisher.log.board()).state(release.id)]
    board = await publisher.publish(release.id, by="Mara", why=WHY)
    states += [board.state(release.id), board.state(first)]
    assert states == ["checked", "tested", "published", "retired"]
    assert prepared == [release.id], "before it is live, so that no customer waits for it"
    assert [(entry.by, entry.why) for entry in board.of(release.id)] == [("Mara", WHY)] * 3
    back = await publisher.roll_back(by="Ben", why="It answers worse.")
    assert (back.live, back.state(release.id)) == (first, "retired")


async def test_what_was_not_tested_against_what_is_live_now_does_not_go_live(
    publisher: Publisher, changed: Change
) -> None:
    release = await publisher.submit(changed(WORDS), by="Mara", why=WHY)
    with pytest.raises(NotPublishable, match="was not tested against the live release"):
        await publisher.publish(release.id, by="Ben", why=WHY)
    tested = await submitted(publisher, changed(STRICTER))
    await publisher.test(release.id, [], Rehearsal(), by="Mara", why=WHY)
    await publisher.publish(tested, by="Ben", why=WHY)
    with pytest.raises(NotPublishable, match="was not tested against the live release"):
        await publisher.publish(release.id, by="Ben", why=WHY)


async def test_a_limit_that_is_loosened_waits_for_somebody_to_answer_for_it(
    publisher: Publisher, changed: Change
) -> None:
    release = await submitted(publisher, changed(LIMIT))
    with pytest.raises(NotPublishable, match=r"answer for this: issue_refund .* where it wanted a person's approval"):
        await publisher.publish(release, by="Ben", why=WHY)
    with pytest.raises(NotPublishable, match="Say who does this and why"):
        await publisher.accept(release, by="Ida", why=" ")
    await publisher.accept(release, by="Ida", why="Ten a week, all were approved.")
    assert (await publisher.publish(release, by="Ben", why=WHY)).live == release
    with pytest.raises(NotPublishable, match="Nothing of the release"):
        await publisher.accept(release, by="Ida", why=WHY)


async def test_an_answer_is_for_what_one_test_found_and_for_no_other(publisher: Publisher, changed: Change) -> None:
    release = await submitted(publisher, changed(LIMIT))
    await publisher.accept(release, by="Ida", why=WHY)
    await publisher.test(release, [past(70.0)], Rehearsal(), by="Mara", why=WHY)
    with pytest.raises(NotPublishable, match="answer for this"):
        await publisher.publish(release, by="Ben", why=WHY)


async def test_a_scenario_that_passed_before_and_fails_now_blocks(publisher: Publisher, changed: Change) -> None:
    release = await submitted(publisher, changed(WORDS), failing=("refund-in-time",))
    with pytest.raises(NotPublishable, match="'refund-in-time' passed before and fails now"):
        await publisher.publish(release, by="Ben", why=WHY)


async def test_a_scenario_that_was_rewritten_to_pass_waits_for_somebody_to_answer_for_it(
    publisher: Publisher, changed: Change
) -> None:
    release = await publisher.submit(changed(WORDS), by="Mara", why=WHY)
    await publisher.test(release.id, [], Rehearsal(rewritten=["refund-in-time"]), by="Mara", why=WHY)
    with pytest.raises(NotPublishable, match="answer for this: the scenario 'refund-in-time' was rewritten or removed"):
        await publisher.publish(release.id, by="Ben", why=WHY)
    await publisher.accept(release.id, by="Ida", why="The promise was a mistake.")
    assert (await publisher.publish(release.id, by="Ben", why=WHY)).live == release.id


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (STRICTER, "refunds/4.2"),
        (("actions.yaml", "  touches: access\n  clause: identity/1.8", "  touches: access\n  clause: identity/1.2"),
         "actions.yaml: send_reset_link"),
        (("workflows/refund.yaml", "order.refundable > 0.0", "order.refundable > 1.0"), "workflows/refund.yaml"),
        (("workflows/find_their_order.yaml", "Find the order", "Look for the order"), "workflows/refund.yaml"),
        (("company.yaml", "failed_proofs: 5", "failed_proofs: 4"), "company.yaml: identity"),
    ],
    ids=["a rule", "a class", "a workflow", "a part of one", "who somebody is"],
)  # fmt: skip
async def test_who_wrote_what_touches_money_identity_or_access_does_not_publish_it(
    publisher: Publisher, changed: Change, change: tuple[str, str, str], place: str
) -> None:
    release = await submitted(publisher, changed(change))
    with pytest.raises(NotPublishable, match="a second person has to publish it") as refused:
        await publisher.publish(release, by="Mara", why=WHY)
    assert place in str(refused.value)
    assert (await publisher.publish(release, by="Ben", why=WHY)).live == release


async def test_who_puts_down_anothers_draft_does_not_become_its_only_author(
    publisher: Publisher, changed: Change
) -> None:
    folder = changed(STRICTER)
    release = await submitted(publisher, folder)
    await publisher.submit(folder, by="Ben", why=WHY)
    for author in ("Mara", "Ben"):
        with pytest.raises(NotPublishable, match="a second person"):
            await publisher.publish(release, by=author, why=WHY)


async def test_nobody_becomes_a_second_person_by_capitals_or_spaces(publisher: Publisher, changed: Change) -> None:
    release = await submitted(publisher, changed(STRICTER))
    for name in ("MARA", " mara ", "\uff2dara"):
        with pytest.raises(NotPublishable, match="a second person"):
            await publisher.publish(release, by=name, why=WHY)


async def test_easier_proofs_of_identity_want_somebody_to_answer_for_them(
    publisher: Publisher, changed: Change
) -> None:
    release = await submitted(publisher, changed(("company.yaml", "facts_needed: 2", "facts_needed: 1")))
    with pytest.raises(NotPublishable, match="answer for this: 1 facts prove who somebody is"):
        await publisher.publish(release, by="Ben", why=WHY)


async def test_another_companys_documents_are_not_kept_here(publisher: Publisher, changed: Change) -> None:
    with pytest.raises(NotPublishable, match=r"of the company 'quarry', .* write `id: harbor`"):
        await publisher.submit(changed(("company.yaml", "id: harbor", "id: quarry")), by="Mara", why=WHY)


async def test_a_name_and_a_reason_are_one_line_of_the_log(publisher: Publisher, changed: Change) -> None:
    release = await publisher.submit(changed(WORDS), by="Mara\n", why="spring\n\x1b[2J2026  published")
    (entry,) = (await publisher.log.board()).of(release.id)[-1:]
    assert (entry.by, entry.why) == ("Mara", "spring [2J2026 published")


async def test_words_alone_may_be_published_by_who_wrote_them(publisher: Publisher, changed: Change) -> None:
    release = await submitted(publisher, changed(WORDS))
    assert await publisher.obstacles(release, "Mara") == []


async def test_a_slice_asks_for_all_that_a_publication_does(publisher: Publisher, changed: Change) -> None:
    release = await submitted(publisher, changed(LIMIT))
    with pytest.raises(NotPublishable, match="answer for this"):
        await publisher.slice(release, 10, by="Ben", why=WHY)
    await publisher.accept(release, by="Ida", why=WHY)
    board = await publisher.slice(release, 10, by="Ben", why=WHY)
    assert (board.slice, board.percent) == (release, 10)
    assert (await publisher.slice(release, 0, by="Ben", why="Enough seen.")).slice is None
    with pytest.raises(NotPublishable, match="percentage from 0 to 100"):
        await publisher.slice(release, 101, by="Ben", why=WHY)


async def test_a_shadow_needs_only_to_be_kept(publisher: Publisher, changed: Change) -> None:
    release = await publisher.submit(changed(LIMIT), by="Mara", why=WHY)
    assert (await publisher.shadow(release.id, True, by="Mara", why=WHY)).shadow == release.id
    assert (await publisher.shadow(release.id, False, by="Mara", why=WHY)).shadow is None
    with pytest.raises(NotPublishable, match="There is no release 'f00'"):
        await publisher.shadow("f00", True, by="Mara", why=WHY)


async def test_back_leads_only_to_what_was_live(publisher: Publisher, changed: Change) -> None:
    with pytest.raises(NotPublishable, match="no earlier release to go back to"):
        await publisher.roll_back(by="Ben", why=WHY)
    release = await submitted(publisher, changed(WORDS))
    with pytest.raises(NotPublishable, match="was never live"):
        await publisher.roll_back(by="Ben", why=WHY, to=release)


async def test_a_kept_release_that_was_edited_goes_nowhere(publisher: Publisher, changed: Change) -> None:
    release = await submitted(publisher, changed(("articles/shops.md", "owner:", "owner: Nobody, and")))
    file = publisher.releases.folder(release) / "policies" / "refunds.md"
    file.chmod(0o644)
    file.write_text(file.read_text(encoding="utf-8").replace("50.0", "5000.0"), encoding="utf-8")
    with pytest.raises(Exception, match="is not what was published"):
        await publisher.publish(release, by="Ben", why=WHY)


async def test_past_cases_show_what_a_change_would_have_done(publisher: Publisher, changed: Change) -> None:
    release = await publisher.submit(changed(LIMIT), by="Mara", why=WHY)
    rulings = [past(amount, f"c{amount}") for amount in (20.0, 60.0, 75.5, 90.0, 75.5)]
    trial = await publisher.test(release.id, rulings, Rehearsal(), by="Mara", why=WHY)
    flips = trial.backtest.flips
    # What was ruled twice is at stake once.
    assert [(flip.case_id, flip.kind, flip.money, flip.clauses, flip.blocks) for flip in flips] == [
        ("c60.0", "approve → confirm", 60.0, ["refunds/4.2", "identity/1.4"], True),
        ("c75.5", "approve → confirm", 75.5, ["refunds/4.2", "identity/1.4"], True),
    ]
    (total,) = trial.backtest.sums
    assert (total.flips, total.cases, total.money, total.blocks) == (2, 2, 135.5, 2)
    assert (trial.backtest.rulings, trial.backtest.cases) == (5, 4)


async def test_a_store_without_rulings_has_none(files: CaseFiles) -> None:
    assert await past_rulings(files, 10) == []
