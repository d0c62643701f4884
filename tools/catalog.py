"""The tools of Harbor Goods, all over its back office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tools.contract import Catalog
from tools.customers import customer_tools
from tools.http import Backoffice
from tools.identity import find_customer
from tools.mails import BackofficeMails
from tools.messages import message_tools
from tools.orders import order_tools
from tools.refunds import issue_refund
from tools.tickets import create_ticket


def harbor_catalog(backoffice: Backoffice, code_secret: bytes, clock: Callable[[], datetime]) -> Catalog:
    """Every tool of the company; `code_secret` makes one-time codes, `clock` tells an aware time."""
    return Catalog.of(
        *order_tools(backoffice, clock),
        *customer_tools(backoffice, clock),
        issue_refund(backoffice),
        find_customer(backoffice),
        *message_tools(backoffice, BackofficeMails(backoffice), code_secret),
        create_ticket(backoffice),
    )
