"""The catalog: the tools of Harbor Goods over its back office, and those of other systems in their place or beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from tools.booking import appointment_tools
from tools.browser.action import Browsing, shipped_actions
from tools.connectors.connection import Connection
from tools.contract import Action, Catalog, Lookup, Risk, Tool, scalars
from tools.customers import customer_tools
from tools.declared import DeclarationError
from tools.deliveries import change_delivery
from tools.http import Backoffice
from tools.identity import find_customer
from tools.mailing import BackofficeMails
from tools.mails import article_tools, mail_tools
from tools.messages import get_reset_links, message_tools
from tools.orders import order_tools
from tools.own import Own
from tools.refunds import issue_refund
from tools.reminders import reminder_tools
from tools.returns import return_tools
from tools.subscriptions import subscription_tools
from tools.tickets import create_ticket, grant_exception, report_bug


def harbor_catalog(
    backoffice: Backoffice,
    code_secret: bytes,
    clock: Callable[[], datetime],
    zone: tzinfo,
    own: Own,
    browsing: Browsing,
) -> Catalog:
    """Every tool of the company.

    `code_secret` makes one-time codes, `clock` tells an aware time, `zone` is the company's, `own` the desk itself;
    what only the staff's pages can do is done through `browsing`, which knows them as the site `backoffice`.
    """
    mails = BackofficeMails(backoffice)
    return Catalog.of(
        *order_tools(backoffice, clock),
        *customer_tools(backoffice, clock),
        change_delivery(backoffice),
        *return_tools(backoffice),
        *subscription_tools(backoffice, clock),
        issue_refund(backoffice),
        find_customer(backoffice),
        *message_tools(backoffice, mails, code_secret),
        get_reset_links(backoffice, clock),
        create_ticket(backoffice),
        report_bug(backoffice),
        grant_exception(backoffice),
        *appointment_tools(backoffice, clock, zone),
        *reminder_tools(own, clock, zone),
        *article_tools(own),
        *mail_tools(backoffice, mails, own),
        *shipped_actions(browsing),
    )


def connected_catalog(own: Catalog, connections: Sequence[Connection]) -> Catalog:
    """The company's own tools with those of its connections, which stand in the place of a tool with their name.

    Raises DeclarationError for one that is not to the playbook what the tool in its place was.
    """
    tools = dict(own.tools)
    for connection in connections:
        names = [tool.name for tool in connection.tools]
        if twice := [name for name in names if names.count(name) > 1]:
            raise DeclarationError(f"'{connection.system}' has two tools named '{twice[0]}'; rename one of them.")
        for tool in connection.tools:
            if tool.name in tools:
                _same_to_the_playbook(tools[tool.name], tool, connection.system)
            tools[tool.name] = tool
    return Catalog(tools)


def _same_to_the_playbook(old: Tool, new: Tool, system: str) -> None:
    """Workflows, rules and wording name its arguments and facts, and must not notice the change."""
    for what, before, after in _compared(old, new):
        if before != after:
            wrong = f"the tool '{new.name}' of '{system}' cannot take the place of '{old.system}'s"
            raise DeclarationError(f"{wrong}: its {what} should be {before}, not {after}.")


def _compared(old: Tool, new: Tool) -> list[tuple[str, object, object]]:
    kind = "kind", type(old).__name__, type(new).__name__
    args = "arguments", scalars(old.args, optional=True), scalars(new.args, optional=True)
    if isinstance(old, Lookup) and isinstance(new, Lookup):
        known = scalars(new.result)
        same = {name: known.get(name) for name in scalars(old.result)}
        return [kind, args, ("subject", old.subject, new.subject), ("facts", scalars(old.result), same)]
    if isinstance(old, Action) and isinstance(new, Action):
        strict = max(old.risk, new.risk, key=list(Risk).index)
        return [kind, args, ("class", strict.value, new.risk.value)]
    return [kind]
