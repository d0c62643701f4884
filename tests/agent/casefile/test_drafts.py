"""Drafts: several people write in one, and nobody overwrites what they have not seen."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.casefile.drafts import Draft, Drafts, DraftStep
from agent.casefile.store import CaseFiles
from agent.errors import DraftMoved, DraftUnknown

FILES = st.sampled_from(["a.md", "b.md", "c.md"])


def of(files: CaseFiles, tenant: str = "harbor") -> Drafts:
    return Drafts(files.database, files.clock, tenant)


async def test_each_write_is_kept_with_who_when_and_what(files: CaseFiles) -> None:
    drafts = of(files)
    draft = await drafts.begin("Spring", "base", by="Mara")
    first = await drafts.write(draft.id, "a.md", "one", 0, by="Mara")
    second = await drafts.write(draft.id, "a.md", "two", first, by="Ben")
    await drafts.write(draft.id, "b.md", None, 0, by="Ben")
    await drafts.submitted(draft.id, "r1", by="Ben")
    now = await drafts.get(draft.id)
    told = [(step.seq, step.by, step.kind, step.file, step.text) for step in now.steps]
    assert told == [
        (1, "Mara", "begun", None, None),
        (2, "Mara", "written", "a.md", "one"),
        (3, "Ben", "written", "a.md", "two"),
        (4, "Ben", "removed", "b.md", None),
        (5, "Ben", "submitted", None, None),
    ]
    assert all(step.at for step in now.steps)
    assert (now.name, now.base, now.authors, now.release) == ("Spring", "base", ["Mara", "Ben"], "r1")
    assert (now.version("a.md"), now.version("b.md"), now.version("c.md")) == (second, 4, 0)
    assert now.applied({"b.md": "b", "c.md": "c"}) == {"a.md": "two", "c.md": "c"}
    assert now.applied({"b.md": "b"}, until=first) == {"a.md": "one", "b.md": "b"}


async def test_a_write_on_an_older_version_changes_nothing(files: CaseFiles) -> None:
    drafts = of(files)
    draft = await drafts.begin("Spring", None, by="Mara")
    await drafts.write(draft.id, "a.md", "hers", 0, by="Mara")
    for text in ("his", None):
        with pytest.raises(DraftMoved, match=r"a\.md"):
            await drafts.write(draft.id, "a.md", text, 0, by="Ben")
    now = await drafts.get(draft.id)
    assert now.applied({}) == {"a.md": "hers"}
    assert len(now.steps) == 2


async def test_of_many_writers_at_once_one_wins_and_each_document_is_its_own(
    files: CaseFiles, elsewhere: CaseFiles
) -> None:
    here, there = of(files), of(elsewhere)
    draft = await here.begin("Spring", None, by="Mara")
    same = [drafts.write(draft.id, "a.md", str(n), 0, by=str(n)) for n, drafts in enumerate([here, there] * 4)]
    other = [drafts.write(draft.id, f"b{n}.md", "b", 0, by="Ben") for n, drafts in enumerate([here, there] * 4)]
    came = await asyncio.gather(*same, *other, return_exceptions=True)
    assert sum(isinstance(one, DraftMoved) for one in came) == 7
    assert sum(isinstance(one, int) for one in came) == 9
    now = await there.get(draft.id)
    assert [step.seq for step in now.steps] == list(range(1, 11))


async def test_a_draft_is_its_tenants_alone(files: CaseFiles) -> None:
    draft = await of(files).begin("Spring", None, by="Mara")
    others = of(files, "another")
    assert await others.listed() == []
    for attempt in (
        others.get(draft.id),
        others.write(draft.id, "a.md", "x", 0, by="Eve"),
        others.submitted(draft.id, "r", by="Eve"),
    ):
        with pytest.raises(DraftUnknown):
            await attempt
    assert len((await of(files).get(draft.id)).steps) == 1


async def test_a_list_of_drafts_has_their_steps_without_the_texts(files: CaseFiles) -> None:
    drafts = of(files)
    first = await drafts.begin("First", None, by="Mara")
    await drafts.begin("Second", "base", by="Ben")
    await drafts.write(first.id, "a.md", "long", 0, by="Mara")
    listed = await drafts.listed()
    assert {draft.name for draft in listed} == {"First", "Second"}
    [step] = next(draft for draft in listed if draft.id == first.id).changes.values()
    assert (step.kind, step.text) == ("written", None)


@given(st.lists(st.tuples(FILES, st.none() | st.text(max_size=3))), st.dictionaries(FILES, st.text(max_size=3)))
def test_what_stands_in_a_draft_is_what_was_written_last(
    writes: list[tuple[str, str | None]], base: dict[str, str]
) -> None:
    steps = [
        DraftStep(seq=seq, at="", by="", kind="written", file=file, text=text)
        for seq, (file, text) in enumerate(writes, 2)
    ]
    draft = Draft(id="d", name="", base=None, created_at="", steps=steps)
    stands: dict[str, str | None] = {**base, **dict(writes)}
    assert draft.applied(base) == {file: text for file, text in stands.items() if text is not None}
    for seq in range(1, len(writes) + 2):
        earlier: dict[str, str | None] = {**base, **dict(writes[: seq - 1])}
        assert draft.applied(base, until=seq) == {f: t for f, t in earlier.items() if t is not None}
