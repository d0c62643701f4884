"""The tools of Harbor Goods, all over its back office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from tools.appointments import appointment_tools
from tools.contract import Catalog
from tools.customers import customer_tools
from tools.http import Backoffice
from tools.identity import find_customer
from tools.mails import mail_tools
from tools.messages import send_code
from tools.orders import order_tools
from tools.own import Own
from tools.refunds import issue_refund
from tools.reminders import reminder_tools
from tools.tickets import create_ticket, report_bug


def harbor_catalog(
    backoffice: Backoffice, code_secret: bytes, clock: Callable[[], datetime], zone: tzinfo, own: Own
) -> Catalog:
    """Every tool of the company.

    `code_secret` makes one-time codes, `clock` tells an aware time, `zone` is the company's, `own` the desk itself.
    """
    return Catalog.of(
        *order_tools(backoffice, clock),
        *customer_tools(backoffice, clock),
        issue_refund(backoffice),
        find_customer(backoffice),
        send_code(backoffice, code_secret),
        create_ticket(backoffice),
        report_bug(backoffice),
        *appointment_tools(backoffice, clock, zone),
        *reminder_tools(own, clock, zone),
        *mail_tools(backoffice, own),
    )
