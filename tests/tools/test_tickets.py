"""Tickets: for anybody, once for each handoff, whatever the length of the story."""

from tests.tools.conftest import Shop, scope_of
from tools.contract import Scope
from tools.finding import Finding
from tools.tickets import CreateTicket


def ticket(number: int = 1, **more: str) -> CreateTicket:
    return CreateTicket.model_validate({"subject": "Call back", "body": "About a mug", "number": number} | more)


async def opened(shop: Shop, scope: Scope, args: CreateTicket) -> Finding:
    action = shop.tools.action("create_ticket")
    before = await action.before(args, scope)
    await action.run(args, scope, f"{scope.case_id}:{args.number}")
    return await action.verify(args, scope, before)


async def test_a_visitor_nobody_knows_gets_a_ticket(shop: Shop) -> None:
    scope = scope_of(None)
    assert (await opened(shop, scope, ticket(priority="urgent"))).state == "verified"
    (row,) = await shop.oracle.rows("tickets", case_id=scope.case_id)
    assert (row["customer_id"], row["kind"], row["status"]) == (None, "handoff", "open")
    assert (row["subject"], row["body"], row["priority"]) == ("Call back", "About a mug", "urgent")


async def test_a_second_handoff_is_a_second_ticket_and_a_repeat_is_none(shop: Shop) -> None:
    _, scope = await shop.order()
    for number in (1, 2):
        assert (await opened(shop, scope, ticket(number))).state == "verified"
    await shop.tools.action("create_ticket").run(ticket(2), scope, f"{scope.case_id}:2")
    assert len(await shop.oracle.rows("tickets", case_id=scope.case_id)) == 2


async def test_a_long_story_is_cut_and_arrives(shop: Shop) -> None:
    scope = scope_of(None)
    args = ticket(subject="s" * 1000, body="ü\n" * 50_000)
    assert (len(args.subject), len(args.body)) == (300, 20_000)
    assert (await opened(shop, scope, args)).state == "verified"


async def test_the_ticket_of_another_case_is_not_taken_for_ours(shop: Shop) -> None:
    mine, other = scope_of(None), scope_of(None)
    action = shop.tools.action("create_ticket")
    before = await action.before(ticket(), mine)
    await action.run(ticket(), other, f"{other.case_id}:1")
    assert (await action.verify(ticket(), mine, before)).state == "absent"
