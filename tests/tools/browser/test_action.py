"""A recipe as an action: what is found, what is lost, and what is never let through."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from dataclasses import replace

import pytest
from pydantic import BaseModel

from tests.tools.browser.desk import ARGS, BY_NUMBER, KEY, Working
from tests.tools.conftest import scope_of
from tools.browser.action import marker
from tools.contract import Arguments, Compensation, Lookup, Scope, ToolLost, ToolRefused

pytestmark = pytest.mark.slow

QUICK = {"proves:": "limit_s: 6\nproves:"}


async def test_what_was_done_is_found_in_a_context_of_its_own(working: Working) -> None:
    working.desk.modes.add("door")
    action = working.action()
    answer, finding = await working.done(action)
    assert finding.state == "verified", finding
    card = working.desk.card("cus_100001")
    assert (card.plan, card.notes) == ("weekly", [f"Rang twice [{marker(KEY)}]"])
    assert working.desk.logins == 2  # once to act, and once to prove: that is another session
    assert answer["recipe"] == "note_on_card@3"
    assert working.desk.posts == 1


async def test_each_step_is_logged_with_its_address_and_its_picture(working: Working) -> None:
    working.desk.modes.add("door")
    answer, finding = await working.done(working.action())
    for log in (answer["log"], finding.log):
        assert isinstance(log, list)
        for entry in log:
            assert isinstance(entry, dict)
            assert str(entry["at"]).startswith(working.base)
            picture = (working.home / str(entry["file"])).read_bytes()
            assert hashlib.sha256(picture).hexdigest() == entry["shot"]
    logged = [*answer["log"], *finding.log]  # type: ignore[misc]
    steps = [entry["step"] for entry in logged if isinstance(entry, dict)]
    assert "fill a secret into label 'Password'" in steps
    assert "submit role 'button', name 'Save'" in steps
    assert "Rang twice" not in str(answer)


@pytest.mark.parametrize(
    ("mode", "state", "fields"),
    [
        ("lies", "absent", {"card.plan", "notes"}),
        ("collateral", "mismatch", {"card.email"}),
        ("twice", "mismatch", {"notes"}),
    ],
)
async def test_a_page_that_says_saved_proves_nothing(working: Working, mode: str, state: str, fields: set[str]) -> None:
    working.desk.modes.add(mode)
    answer, finding = await working.done(working.action())
    assert "expect text 'Saved.'" in str(answer["log"])
    assert finding.state == state
    assert {difference.field for difference in finding.differences} == fields


async def test_an_old_note_with_the_same_words_is_not_taken_for_the_new_one(working: Working) -> None:
    card = working.desk.card("cus_100001")
    card.notes += ["Rang twice", f"Rang twice [{marker('another effect')}]"]
    working.desk.modes.add("lies")
    _, finding = await working.done(working.action())
    assert finding.state == "absent"
    working.desk.modes.clear()
    _, finding = await working.done(working.action())
    assert finding.state == "verified"


@pytest.mark.parametrize("mode", ["two-buttons", "no-button", "picky"])
async def test_a_page_that_has_drifted_stops_before_anything_is_sent(working: Working, mode: str) -> None:
    action = working.action()
    exact = action.args.model_validate(ARGS)
    before = await action.before(exact, working.scope)
    working.desk.modes.add(mode)
    with pytest.raises(ToolLost, match=r"See browser/.*/run-.*\.jpg") as lost:
        await action.run(exact, working.scope, KEY)
    assert lost.value.answered
    assert (working.home / str(lost.value).rsplit(" ", 1)[1].rstrip(".")).stat().st_size > 0
    assert working.desk.posts == 0
    assert (await working.found(action, before)).state == "absent"


@pytest.mark.parametrize(
    ("status", "error", "answered"),
    [(422, ToolRefused, None), (409, ToolLost, False), (429, ToolLost, True), (500, ToolLost, True),
     (502, ToolLost, False)],
)  # fmt: skip
async def test_what_a_refused_form_means(
    working: Working, status: int, error: type[Exception], answered: bool | None
) -> None:
    action = working.action()
    working.desk.modes.add(f"answers-{status}")
    with pytest.raises(error, match=f"answered {status}") as raised:
        await action.run(action.args.model_validate(ARGS), working.scope, KEY)
    assert getattr(raised.value, "answered", None) is answered
    assert "IGNORE" not in str(raised.value)


async def test_a_form_whose_answer_never_comes_is_lost_and_then_found(working: Working) -> None:
    action = working.action(QUICK)
    exact = action.args.model_validate(ARGS)
    before = await action.before(exact, working.scope)
    working.desk.modes.add("hangs")
    with pytest.raises(ToolLost) as lost:
        await action.run(exact, working.scope, KEY)
    assert not lost.value.answered
    assert (await working.found(action, before)).state == "verified"


async def test_an_expired_session_is_signed_in_again_once(working: Working) -> None:
    working.desk.modes.add("door")
    working.desk.ends_at = {2}
    _, finding = await working.done(working.action())
    assert finding.state == "verified"
    assert (working.desk.logins, working.desk.posts) == (3, 1)


async def test_a_session_that_never_lasts_is_given_up(working: Working) -> None:
    working.desk.modes.add("door")
    working.desk.ends_at = set(range(100))
    action = working.action()
    with pytest.raises(ToolLost, match="ended again") as lost:
        await action.before(action.args.model_validate(ARGS), working.scope)
    assert lost.value.answered
    assert working.desk.logins == 2


async def test_a_session_that_ends_when_the_form_is_sent_sends_it_no_second_time(working: Working) -> None:
    working.desk.modes.add("door")
    action = working.action()
    exact = action.args.model_validate(ARGS)
    before = await action.before(exact, working.scope)
    working.desk.modes.add("ends-when-sent")
    with pytest.raises(ToolLost) as lost:
        await action.run(exact, working.scope, KEY)
    assert lost.value.answered
    assert working.desk.posts == 1
    assert (await working.found(action, before)).state == "absent"


async def test_a_login_that_is_not_accepted_is_tried_once(working: Working) -> None:
    working.desk.modes.add("door")
    action = working.action()
    (working.home / "desk_password").write_text("battery staple")
    with pytest.raises(ToolLost, match="does not accept the login"):
        await action.before(action.args.model_validate(ARGS), working.scope)
    assert working.desk.logins == 1


async def test_a_missing_secret_stops_before_the_browser_moves(working: Working) -> None:
    working.desk.modes.add("door")
    action = working.action()
    (working.home / "desk_password").unlink()
    with pytest.raises(ToolLost, match="file desk_password of the home") as lost:
        await action.before(action.args.model_validate(ARGS), working.scope)
    assert lost.value.answered
    assert working.desk.logins == working.desk.looks == 0


async def test_no_secret_leaves_the_pages(working: Working) -> None:
    """Not in what is kept or told, and no picture depends on it, though this desk shows and sends it everywhere."""
    logs = []
    for password in ("correct horse", "wrongest cows"):
        working.desk.password = password
        working.desk.modes = {"door", "echoes", "lies"}
        working.scope = replace(working.scope, case_id=scope_of(None).case_id)
        action = working.action()
        answer, finding = await working.done(action)
        working.desk.modes.add("no-button")
        with pytest.raises(ToolLost) as lost:
            await action.run(action.args.model_validate(ARGS), working.scope, KEY)
        told = [str(answer), finding.model_dump_json(), str(lost.value)]
        kept = [file.read_bytes() for file in (working.home / "browser").rglob("*") if file.is_file()]
        for form in (password, password.replace(" ", "%20"), password.replace(" ", "+")):
            assert not any(form in text for text in told)
            assert not any(form.encode() in picture for picture in kept)
        logs.append([entry["shot"] for entry in answer["log"]])  # type: ignore[union-attr, call-overload, index]
    assert logs[0] == logs[1]


async def test_reading_cannot_write(working: Working) -> None:
    working.desk.modes.add("door")
    working.desk.modes.add("posts-by-itself")
    _, finding = await working.done(working.action())
    assert (finding.state, working.desk.posts) == ("verified", 1)


async def test_a_document_that_no_site_answers_for_stops_the_walk(working: Working) -> None:
    working.desk.modes.add("embeds")
    action = working.action()
    with pytest.raises(ToolLost, match="document of its own making"):
        await action.before(action.args.model_validate(ARGS), working.scope)


async def test_a_record_of_somebody_else_is_like_one_that_does_not_exist(working: Working) -> None:
    working.desk.numbers = {"7": "cus_100001", "8": "cus_100002"}
    action = working.action(BY_NUMBER)
    said = []
    for number in ("8", "9"):
        exact = action.args.model_validate({**ARGS, "number": number})
        for call in (action.before(exact, working.scope), action.run(exact, working.scope, KEY)):
            with pytest.raises(ToolRefused) as refused:
                await call
            said.append(str(refused.value))
    assert len(set(said)) == 1
    assert working.desk.posts == 0
    _, finding = await working.done(action, {**ARGS, "number": "7"})
    assert finding.state == "verified"
    assert action.aim(action.args.model_validate({**ARGS, "number": "7"}), working.scope).id == "7"


async def test_nobody_identified_means_that_no_page_is_opened(working: Working) -> None:
    action, nobody = working.action(), replace(working.scope, customer_id=None)
    exact = action.args.model_validate(ARGS)
    for call in (action.before(exact, nobody), action.run(exact, nobody, KEY)):
        with pytest.raises(ToolRefused, match="Nobody has been identified"):
            await call
    assert working.desk.logins == 0


async def test_no_customer_leads_anywhere_else(working: Working) -> None:
    action = working.action()
    for customer in ("../login", "cus_none", "cus_100001/../../stray", "cus_1?x=#y"):
        strange = replace(working.scope, customer_id=customer)
        try:
            before = await action.before(action.args.model_validate(ARGS), strange)
        except ToolRefused:
            continue
        assert isinstance(before, dict)
        assert before["record"]["owner"] == customer  # type: ignore[index, call-overload]
    assert working.desk.posts == 0


async def test_it_is_taken_back_by_the_same_recipe(working: Working) -> None:
    action = working.action()
    exact = action.args.model_validate(ARGS)
    before = await action.before(exact, working.scope)
    assert action.undo is not None
    undo = action.undo(exact, before)
    assert undo == Compensation(action="note_on_card", args={"plan": "monthly", "text": "Taken back: Rang twice"})
    await action.run(exact, working.scope, KEY)
    _, finding = await working.done(action, undo.args)
    assert (finding.state, working.desk.card("cus_100001").plan) == ("verified", "monthly")


class _Card(BaseModel):
    plan: str
    email: str


async def test_an_api_proves_it_where_there_is_one(working: Working) -> None:
    """The same recipe, its record read by a lookup of another tool."""

    async def look(_: Arguments, scope: Scope) -> _Card | None:
        card = working.desk.cards.get(scope.customer_id or "")
        return _Card(plan=card.plan, email=card.email) if card else None

    lookup = Lookup(
        name="get_card", summary="", system="desk", args=Arguments, result=_Card, subject="card", run=look
    )  # fmt: skip
    recipe = working.recipe()
    start = "read:" + _between(working, "read:", "steps:\n  - goto: /cards/{{ customer }}\n  - select")
    changes = {
        start: "proof: {lookup: get_card}\n",
        'card.plan: "{{ plan }}"\n  notes: {gains: "{{ text }} [{{ marker }}]"}': 'plan: "{{ plan }}"',
        "key: marker": "key: none",
        "before['card.plan']": "before.plan",
    }
    action = working.action(changes, {"get_card": lookup})
    with pytest.raises(ToolRefused, match="no such record"):
        await action.before(action.args.model_validate(ARGS), working.scope)
    working.desk.card("cus_100001")
    _, finding = await working.done(action)
    assert (finding.state, finding.seen["plan"], recipe.read is None) == ("verified", "weekly", False)
    with pytest.raises(ValueError, match="no lookup here"):
        working.action(changes)


def _between(working: Working, start: str, end: str) -> str:
    text = (working.home / "recipe.yaml").read_text(encoding="utf-8")
    return text.partition(start)[2].partition(end)[0]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_browser_that_dies_or_hangs_is_a_lost_call_and_is_replaced(
    working: Working, how: signal.Signals
) -> None:
    action = working.action(QUICK)
    exact = action.args.model_validate(ARGS)
    before = await action.before(exact, working.scope)
    working.desk.modes.add("hangs")
    struck = asyncio.create_task(_strike(working, how))
    with pytest.raises(ToolLost) as lost:
        await action.run(exact, working.scope, KEY)
    assert not lost.value.answered
    assert (await working.found(action, before)).state == "verified"
    assert working.chromium.pid not in (None, await struck)


async def _strike(working: Working, how: signal.Signals) -> int:
    """Hit the browser once the form has arrived."""
    assert await asyncio.to_thread(working.desk.posted.wait, 20)
    assert working.chromium.pid is not None
    os.kill(struck := working.chromium.pid, how)
    return struck


async def test_a_browser_that_hung_since_it_was_last_used_is_replaced_at_once(working: Working) -> None:
    async with working.chromium.visit([working.base]):
        hung = working.chromium.pid
    assert hung is not None
    os.kill(hung, signal.SIGSTOP)
    action = working.action()
    await action.before(action.args.model_validate(ARGS), working.scope)
    assert working.chromium.pid not in (None, hung)
