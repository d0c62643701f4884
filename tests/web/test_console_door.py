"""The console's door: who gets in, for how long, and which forms count."""

from pathlib import Path

import jwt
import pytest

from agent.casefile.clock import Clock
from tests.web.casework import STAFF_TOKEN, Casework, Staff, console_over, received

NOBODYS = "00000000-0000-4000-8000-000000000000"
PAGES = [
    "/console",
    "/console/approvals",
    "/console/cases",
    "/console/cases?status=closed&page=2",
    f"/console/cases/{NOBODYS}",
    f"/console/cases/{NOBODYS}/handoff",
    f"/console/cases/{NOBODYS}/events/1",
    f"/console/approvals/{NOBODYS}",
]


def stranger(work: Casework) -> Staff:
    return Staff(base_url=work.url, trust_env=False)


@pytest.mark.parametrize("page", PAGES)
async def test_who_is_not_signed_in_gets_the_login_page_and_then_the_page_they_wanted(
    work: Casework, page: str
) -> None:
    async with stranger(work) as nobody:
        seen = await nobody.get(page, follow_redirects=True)
        assert (seen.status_code, seen.url.path) == (200, "/console/login")
        assert (await nobody.sign_in(wanted=seen.url.params["next"])).headers["location"] == page


async def test_the_session_is_a_cookie_that_no_script_reads_and_no_other_site_sends(work: Casework) -> None:
    async with stranger(work) as nobody:
        answer = await nobody.sign_in()
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303
    assert {"httponly", "samesite=strict", "path=/console"} <= {part.strip() for part in cookie.split(";")}
    assert STAFF_TOKEN not in cookie


@pytest.mark.parametrize("token", ["", "wrong", STAFF_TOKEN + "x", STAFF_TOKEN[:-1], "Ω"])
async def test_a_wrong_token_opens_nothing_and_is_not_shown_again(work: Casework, token: str) -> None:
    async with stranger(work) as nobody:
        answer = await nobody.sign_in(token, name='Mara "the first"')
        assert answer.status_code == 401
        assert "deskhand_staff" not in nobody.cookies
        assert 'value="Mara &#34;the first&#34;"' in answer.text
        assert not token or f'value="{token}"' not in answer.text
        assert (await nobody.get("/console")).status_code == 303


async def test_a_login_that_came_from_no_page_of_ours_is_refused(work: Casework) -> None:
    async with stranger(work) as nobody:
        answer = await nobody.post("/console/login", data={"staff_token": STAFF_TOKEN, "form_token": "0" * 64})
        assert answer.status_code == 403
        assert "deskhand_staff" not in nobody.cookies


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.test", "https://evil.test/console", "/console/../backoffice/", "/backoffice/", "javascript:alert(1)",
     "/console\\evil", "/consolevil", "/console/%2e%2e/x", "/console?x=//evil.test"],
)  # fmt: skip
async def test_signing_in_leads_nowhere_but_to_the_console(work: Casework, elsewhere: str) -> None:
    async with stranger(work) as nobody:
        assert (await nobody.sign_in(wanted=elsewhere)).headers["location"] == "/console"


async def test_a_session_ends_by_the_clock_of_the_product_and_with_the_token(work: Casework, tmp_path: Path) -> None:
    async with stranger(work) as mara:
        await mara.sign_in()
        cookie = {"Cookie": f"deskhand_staff={mara.cookies['deskhand_staff']}"}
        assert (await mara.get("/console")).status_code == 200
    for clock, token, status in ((Clock(7.9 * 3600), STAFF_TOKEN, 200), (Clock(8.1 * 3600), STAFF_TOKEN, 303)):
        async with console_over(tmp_path, clock, token) as later, stranger(later) as mara:
            assert (await mara.get("/console", headers=cookie)).status_code == status
    async with console_over(tmp_path, Clock(), "another-token") as changed, stranger(changed) as mara:
        assert (await mara.get("/console", headers=cookie)).status_code == 303


@pytest.mark.parametrize(("key", "algorithm"), [(STAFF_TOKEN, "HS256"), ("", "none"), ("0" * 32, "HS256")])
async def test_a_forged_session_is_none(work: Casework, key: str, algorithm: str) -> None:
    claims = {"id": "x", "by": "Mallory", "aud": "staff", "exp": 4_000_000_000}
    forged = jwt.encode(claims, key, algorithm)
    async with stranger(work) as nobody:
        assert (await nobody.get("/console", headers={"Cookie": f"deskhand_staff={forged}"})).status_code == 303


async def test_the_cookie_of_the_login_form_is_no_session(work: Casework) -> None:
    async with stranger(work) as nobody:
        await nobody.get("/console/login")
        cookie = {"Cookie": f"deskhand_staff={nobody.cookies['deskhand_login']}"}
        assert (await nobody.get("/console", headers=cookie)).status_code == 303


async def test_signing_out_takes_the_cookie_back(work: Casework) -> None:
    async with stranger(work) as mara:
        await mara.sign_in()
        answer = await mara.send_form("/console", "/console/logout")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")
        assert "deskhand_staff" not in mara.cookies


@pytest.mark.parametrize("token", ["", "0" * 64, "somebody else's"])
async def test_no_form_counts_without_the_token_of_its_session(work: Casework, staff: Staff, token: str) -> None:
    async with stranger(work) as other:
        await other.sign_in(name="Olaf")
        theirs = (await other.get("/console")).text.split('name="form_token" value="')[1][:64]
    approval = await work.asked()
    case_id = await work.opened(*received("Hello"))
    form = {"form_token": token if token != "somebody else's" else theirs, "digest": approval.digest, "reason": "r"}
    posts = {f"/console/approvals/{approval.id}": form | {"decision": "reject"}, "/console/logout": form} | {
        f"/console/cases/{case_id}/{move}": form for move in ("takeover", "release", "close")
    }
    for address, data in posts.items():
        answer = await staff.post(address, data=data)
        assert answer.status_code == 403
        assert "out of date" in answer.text
    assert (await work.approval(approval.id)).status == "pending"
    assert (await work.files.load(case_id))[0].status == "waiting_customer"


async def test_every_answer_of_the_console_carries_its_guards(work: Casework, staff: Staff) -> None:
    async with stranger(work) as nobody:
        answers = [await nobody.get("/console"), await nobody.get("/console/login"), await nobody.sign_in("wrong")]
    case_id = await work.opened(*received("Hello"))
    addresses = [
        "/console",
        f"/console/cases/{case_id}",
        f"/console/cases/{case_id}/events/1",
        PAGES[4],
        "/console/cases/x",
    ]
    answers += [await staff.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [303, 200, 401, 200, 200, 200, 404, 422]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


async def test_a_form_that_is_far_too_large_is_refused(staff: Staff) -> None:
    assert (await staff.post("/console/logout", data={"form_token": "x" * 300_000})).status_code == 413
