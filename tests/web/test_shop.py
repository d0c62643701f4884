"""The addresses of the shop page, the widget and the static files."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from web import shop


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app that has only the shop's router."""
    app = FastAPI()
    app.include_router(shop.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        yield client


async def test_the_page_runs_only_our_own_scripts(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page.text), "the policy forbids these"


async def test_everything_the_page_loads_and_links_is_ours(http: httpx.AsyncClient) -> None:
    page = (await http.get("/")).text
    assert set(re.findall(r'href="(/[^"]*)"', page)) >= {"/console", "/docs", "/backoffice/"}
    loaded = re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', page)
    assert len(loaded) >= 4
    for address in loaded:
        assert (await http.get(address)).status_code == 200, address


async def test_the_widget_and_its_modules_load_from_any_site(http: httpx.AsyncClient) -> None:
    queue, seen = ["/widget.js"], set[str]()
    while queue:
        address = queue.pop()
        module = await http.get(address)
        seen.add(address)
        assert module.status_code == 200, address
        assert module.headers["content-type"] == "text/javascript; charset=utf-8"
        assert module.headers["access-control-allow-origin"] == "*"
        assert module.headers["cache-control"] == "no-cache"
        imports = [httpx.URL(address).join(name).path for name in re.findall(r'from "(\./[^"]+)"', module.text)]
        queue += [name for name in imports if name not in seen]
    assert len(seen) == len(list((shop.WEB / "static" / "chat").iterdir())) + 1


async def test_a_known_etag_is_answered_briefly(http: httpx.AsyncClient) -> None:
    first = await http.get("/widget.js")
    again = await http.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["access-control-allow-origin"] == "*"
    other = await http.get("/widget.js", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


async def test_only_the_widget_is_for_other_sites(http: httpx.AsyncClient) -> None:
    for address in ("/", "/static/shop.css", "/static/shop.js"):
        assert "access-control-allow-origin" not in (await http.get(address)).headers


@pytest.mark.parametrize("path", ["nothing.js", "..%2fshop.py", "%2e%2e/shop.py", "%2fetc%2fpasswd", "chat", ""])
async def test_nothing_else_is_served(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(f"/static/{path}")).status_code == 404


async def test_head_and_the_other_address_of_the_widget(http: httpx.AsyncClient) -> None:
    assert (await http.head("/widget.js")).headers["content-length"] != "0"
    assert (await http.head("/")).status_code == 200
    moved = await http.get("/static/widget.js")
    assert (moved.status_code, moved.headers["location"]) == (308, "/widget.js")
