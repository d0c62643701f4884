import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from fastapi import FastAPI

from tests.tools.backoffice.conftest import Api, serving
from tools.backoffice.session import COOKIE, LOGIN, PASSWORD

PREFIX = "/shops/harbor"


class Browser(httpx.AsyncClient):
    """Follows links and fills in forms, as far as these pages need one."""

    def __init__(self, app: FastAPI, prefix: str = "") -> None:
        house = FastAPI()
        house.mount(prefix, app)
        base = f"http://shop.test{prefix}"
        super().__init__(transport=httpx.ASGITransport(house), base_url=base, follow_redirects=True)

    async def send_form(self, page: httpx.Response, **filled: str) -> httpx.Response:
        *_, form = re.findall(r'<form[^>]*method="post".*?</form>', page.text, re.DOTALL)
        action = re.search(r'action="([^"]+)"', form)
        assert action
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        return await self.post(page.url.join(action[1]), data=hidden | filled)

    async def sign_in(self) -> httpx.Response:
        return await self.send_form(await self.get("/"), login=LOGIN, password=PASSWORD)


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    async with Browser(app, PREFIX) as client:
        yield client


def points_on(page: httpx.Response) -> int:
    shown = re.search(r'id="points">(-?\d+)<', page.text)
    assert shown
    return int(shown[1])


async def test_the_front_page_leads_to_the_login_which_shows_the_demo_login(browser: Browser) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert page.url.path == f"{PREFIX}/login"
    assert LOGIN in page.text
    assert PASSWORD in page.text


@pytest.mark.parametrize(
    "path", ["/customers", "/customers/cus_100001", "/orders", "/orders/HG-1", "/loyalty/cus_100001"]
)
async def test_no_page_opens_without_signing_in(browser: Browser, path: str) -> None:
    assert (await browser.get(path)).url.path == f"{PREFIX}/login"
    browser.cookies.set(
        COOKIE, "eyJhbGciOiJub25lIn0.eyJsb2dpbiI6Im1hcmEiLCJmb3JtX3Rva2VuIjoieCIsImV4cCI6OTk5OTk5OTk5OX0."
    )
    assert (await browser.get(path)).url.path == f"{PREFIX}/login", "an unsigned cookie opens nothing"


async def test_a_wrong_password_stays_outside(browser: Browser) -> None:
    page = await browser.send_form(await browser.get("/login"), login=LOGIN, password="wrong")
    assert page.status_code == 401
    assert 'role="alert"' in page.text
    assert (await browser.send_form(page, login=LOGIN, password=PASSWORD)).url.path == f"{PREFIX}/customers"


async def test_forms_without_the_token_of_their_session_are_refused(browser: Browser, http: Api) -> None:
    assert (await browser.post("/login", data={"login": LOGIN, "password": PASSWORD})).status_code == 403
    planted = dict(browser.cookies)
    await browser.sign_in()
    assert dict(browser.cookies) != planted, "signing in begins a new session"
    for path, sent in (("/loyalty/cus_100001", {"points": "50", "reason": "x"}), ("/logout", {})):
        for token in ("", "0" * 32):
            answer = await browser.post(path, data={**sent, "form_token": token})
            assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert await http.rows("journal") == []
    assert (await browser.get("/customers")).url.path == f"{PREFIX}/customers"


async def test_signing_out_ends_it(browser: Browser) -> None:
    page = await browser.sign_in()
    assert (await browser.send_form(page)).url.path == f"{PREFIX}/login"
    assert (await browser.get("/orders")).url.path == f"{PREFIX}/login"


async def test_every_link_and_form_stays_under_the_prefix_and_leads_somewhere(browser: Browser, http: Api) -> None:
    seen: set[str] = set()
    todo = {(await browser.sign_in()).url.path}
    order = (await http.rows("orders", status="returned", limit=1))[0]["id"]
    todo |= {f"{PREFIX}/orders", f"{PREFIX}/orders/{order}"}
    while todo and len(seen) < 25:
        path = todo.pop()
        seen.add(path)
        page = await browser.get(f"http://shop.test{unescape(path)}")
        assert page.status_code == 200, path
        links = set(re.findall(r'(?:href|action)="([^"]+)"', page.text))
        assert all(link.startswith(f"{PREFIX}/") for link in links), links
        todo |= links - seen - {f"{PREFIX}/logout"}
    assert any("/loyalty/" in path for path in seen | todo)


async def test_the_style_sheet_is_served(browser: Browser) -> None:
    style = await browser.get("/staff.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")


async def test_customers_and_orders_are_searched_by_what_people_have(browser: Browser, http: Api) -> None:
    await browser.sign_in()
    customer = (await http.rows("customers", locale="fr", limit=1))[0]
    order = (await http.rows("orders", customer_id=customer["id"], limit=1))[0]
    for q in (customer["email"], customer["phone"], customer["name"].upper(), customer["id"]):
        assert customer["id"] in (await browser.get("/customers", params={"q": q})).text
    page = await browser.get("/orders", params={"q": f"{customer['name']} {order['id']}"})
    assert (order["id"] in page.text, "1 found" in page.text) == (True, True)
    assert "No order fits" in (await browser.get("/orders", params={"q": "HG-000000"})).text
    second = await browser.get("/orders", params={"q": "delivered", "page": 2})
    assert "Page 2 of 5" in second.text
    assert "q=delivered&amp;page=3" in second.text


async def test_what_customers_wrote_is_shown_and_never_runs(browser: Browser, http: Api) -> None:
    await browser.sign_in()
    text = '<script>alert("x")</script>{{ 7*7 }}'
    await http.patch("customers/cus_100001", json={"note": text, "name": text, "address": "\"'><img src=x>"})
    for path in ("/customers/cus_100001", "/customers", "/loyalty/cus_100001"):
        page = await browser.get(path, params={"q": "cus_100001"})
        assert text in unescape(page.text)
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    echoed = await browser.get("/orders", params={"q": '"><script>'})
    assert "<script" not in echoed.text


async def test_points_are_corrected_on_their_page_alone_and_journaled(browser: Browser, http: Api) -> None:
    await browser.sign_in()
    page = await browser.get("/loyalty/cus_100001")
    had = points_on(page)
    corrected = await browser.send_form(page, points="+150", reason="Parcel was late")
    assert points_on(corrected) == points_on(await browser.get("/customers/cus_100001")) == had + 150
    assert "Parcel was late" in corrected.text
    (row,) = await http.rows("journal")
    assert (row["resource"], row["id"], row["actor"], row["applied"]) == (
        "loyalty",
        "cus_100001",
        f"staff:{LOGIN}",
        True,
    )
    assert row["changes"] == {"points": [had, had + 150], "reason": ["", "Parcel was late"]}
    assert "points" not in await http.row("customers/cus_100001")
    assert (await http.get("loyalty/cus_100001")).status_code == 404


async def test_a_form_sent_twice_corrects_once(browser: Browser, http: Api) -> None:
    await browser.sign_in()
    page = await browser.get("/loyalty/cus_100001")
    for _ in range(2):
        again = await browser.send_form(page, points=f"-{points_on(page)}", reason="account closed")
        assert (again.status_code, points_on(again)) == (200, 0)
    assert len(await http.rows("journal")) == 1
    for points in (10, 20):
        again = await browser.send_form(again, points="10", reason="account closed")
        assert points_on(again) == points
    assert again.text.count("account closed") == 3


@pytest.mark.parametrize(
    ("points", "reason"),
    [("", "x"), ("many", "x"), ("1.5", "x"), ("0", "x"), ("-99999", "x"), ("1000000", "x"), ("5", "  ")],
)
async def test_a_correction_that_makes_no_sense_is_explained(
    browser: Browser, http: Api, points: str, reason: str
) -> None:
    await browser.sign_in()
    page = await browser.get("/loyalty/cus_100001")
    answer = await browser.send_form(page, points=points, reason=reason)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert points_on(answer) == points_on(page)
    assert await http.rows("journal") == []


async def test_who_is_not_there_gets_a_page_that_says_so(browser: Browser) -> None:
    await browser.sign_in()
    for path in ("/customers/cus_0", "/orders/HG-0", "/loyalty/cus_0"):
        page = await browser.get(path)
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    page = await browser.get("/loyalty/cus_100001")
    gone = await browser.post(
        "/loyalty/cus_0", data={"form_token": re.findall(r'form_token" value="([^"]+)', page.text)[0]}
    )
    assert gone.status_code == 404


async def test_a_fault_meets_the_points_only_when_it_names_them(browser: Browser, http: Api) -> None:
    await browser.sign_in()
    page = await browser.get("/loyalty/cus_100001")
    await http.post("faults", json={"name": "lost_write", "n": 1})
    await http.post("faults", json={"name": "lost_write", "n": 1, "resource": "loyalty"})
    lost = await browser.send_form(page, points="10", reason="lost")
    assert (lost.status_code, points_on(lost)) == (200, points_on(page))
    kept = await browser.send_form(lost, points="10", reason="kept")
    assert points_on(kept) == points_on(page) + 10
    assert [row["applied"] for row in await http.rows("journal")] == [False, True]


async def test_the_pages_work_through_a_real_socket_without_a_prefix(app: FastAPI) -> None:
    with serving(app) as address:
        async with httpx.AsyncClient(base_url=address, follow_redirects=True) as client:
            page = await client.get("/")
            assert (page.status_code, page.url.path) == (200, "/login")
            assert "httponly" in page.headers["set-cookie"].lower()
            assert "samesite=lax" in page.headers["set-cookie"].lower()
