"""The pages Harbor Goods' own people use: the door, and what they look up.

Behind a login (the demo shows it on its login page); every form carries the token of its session. The one thing that
is changed here is in `loyalty`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import FileResponse

from tools.backoffice import session as sessions
from tools.backoffice.fields import Row
from tools.backoffice.loyalty import add_loyalty
from tools.backoffice.problems import NotFound
from tools.backoffice.rendering import PAGES, Pages, redirect, staff_route
from tools.backoffice.session import Member
from tools.backoffice.store import Store

PER_PAGE = 50

Words = Annotated[str, Query(max_length=200)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
Field = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class Found:
    """One page of a search."""

    rows: list[Row]
    total: int
    q: str
    page: int
    pages: int


def search(rows: Iterable[Row], q: str, page: int) -> Found:
    """The rows in which every word of `q` stands somewhere in the first level's text, the last made first."""
    words = q.casefold().split()
    texts = ((row, "\n".join(value for value in row.values() if isinstance(value, str)).casefold()) for row in rows)
    hits = [row for row, text in texts if all(word in text for word in words)][::-1]
    start = (page - 1) * PER_PAGE
    return Found(hits[start : start + PER_PAGE], len(hits), q, page, max(1, -(-len(hits) // PER_PAGE)))


def staff_pages(store: Store) -> APIRouter:
    """Everything a browser sees."""
    pages = Pages()
    router = APIRouter(route_class=staff_route(pages), include_in_schema=False)
    _add_doors(router, pages, store)
    _add_customers(router, pages, store)
    _add_orders(router, pages, store)
    add_loyalty(router, pages, store)
    return router


def found(store: Store, collection: str, id: str) -> Row:  # noqa: A002 - the field's name
    """A record to show. Raises NotFound."""
    row = store.record(collection, id)
    if row is None:
        raise NotFound(f"There is no {id!r} in {collection}.")
    return row


def _add_doors(router: APIRouter, pages: Pages, store: Store) -> None:
    def login_page(request: Request, status: int = 200, error: str = "") -> Response:
        visit, demo = sessions.begin(), {"login": sessions.LOGIN, "password": sessions.PASSWORD}
        answer = pages.render(request, "login.html", status, visit=visit, demo=demo, error=error)
        sessions.seal(visit, store.secret, request, answer)
        return answer

    @router.get("/", name="home")
    async def home(request: Request) -> Response:
        return redirect(request, "customers")

    @router.get("/staff.css", name="style")
    async def style() -> Response:
        return FileResponse(PAGES / "staff.css", media_type="text/css")

    @router.get("/login", name="login")
    async def show_login(request: Request) -> Response:
        return login_page(request)

    @router.post("/login")
    async def sign_in(request: Request, form_token: Field = "", login: Field = "", password: Field = "") -> Response:
        sessions.check_form(sessions.read(request, store.secret), form_token)
        if not sessions.password_fits(login, password):
            return login_page(request, 401, "That login and password do not fit together.")
        answer = redirect(request, "customers")
        sessions.seal(sessions.begin(login), store.secret, request, answer)
        return answer

    @router.post("/logout", name="logout")
    async def sign_out(request: Request, member: Member, form_token: Field = "") -> Response:
        sessions.check_form(member, form_token)
        answer = redirect(request, "login")
        sessions.forget(request, answer)
        return answer


def _add_customers(router: APIRouter, pages: Pages, store: Store) -> None:
    @router.get("/customers", name="customers")
    async def customers(request: Request, member: Member, q: Words = "", page: PageNumber = 1) -> Response:
        rows = search(store.records("customers"), q, page)
        return pages.render(request, "customers.html", visit=member, found=rows)

    @router.get("/customers/{id}", name="customer")
    async def customer(request: Request, member: Member, id: str) -> Response:  # noqa: A002 - the field's name
        row = found(store, "customers", id)
        kinds = ("orders", "returns", "refunds", "subscriptions", "appointments", "tickets", "messages")
        theirs: dict[str, Any] = {kind: store.records(kind, {"customer_id": [id]})[::-1] for kind in kinds}
        points = found(store, "loyalty", id)["points"] if store.record("loyalty", id) else 0
        return pages.render(request, "customer.html", visit=member, customer=row, points=points, **theirs)


def _add_orders(router: APIRouter, pages: Pages, store: Store) -> None:
    @router.get("/orders", name="orders")
    async def orders(request: Request, member: Member, q: Words = "", page: PageNumber = 1) -> Response:
        names = {row["id"]: row["name"] for row in store.records("customers")}
        named = ({"customer": names.get(row["customer_id"], "")} | row for row in store.records("orders"))
        return pages.render(request, "orders.html", visit=member, found=search(named, q, page))

    @router.get("/orders/{id}", name="order")
    async def order(request: Request, member: Member, id: str) -> Response:  # noqa: A002 - the field's name
        row = found(store, "orders", id)
        buyer = found(store, "customers", row["customer_id"])
        returns = store.records("returns", {"order_id": [id]})
        return pages.render(request, "order.html", visit=member, order=row, customer=buyer, returns=returns)
