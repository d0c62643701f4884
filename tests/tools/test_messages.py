"""One-time codes: how they are made, where they go, and that they stay there."""

import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.conftest import SECRET, TOO_LONG_MS, Shop
from tools.contract import Scope, ToolLost, ToolRefused
from tools.customers import NoArguments
from tools.http import Backoffice
from tools.messages import (
    CODE_MAIL,
    ResetLinks,
    SendCode,
    SendResetLink,
    get_reset_links,
    hotp,
    link_token,
    one_time_code,
)

ORDINALS = st.integers(0, 2**63 - 1)
WRITE_FAULTS = [
    "lost_write", "error_after_write", "timeout_after_write", "timeout_before_write", "partial_write", "wrong_field",
]  # fmt: skip


@pytest.mark.parametrize(
    ("counter", "digits"),
    [
        (1, "46119246"),
        (0x23523EC, "68084774"),
        (0x23523ED, "67062674"),
        (0x273EF07, "91819424"),
        (0x3F940AA, "90698825"),
    ],
)
def test_known_answers_of_rfc_6238_for_sha_256(counter: int, digits: str) -> None:
    key = b"12345678901234567890123456789012"
    assert hotp(key, counter, 8) == digits
    assert hotp(key, counter) == digits[2:]


@given(secret=st.binary(min_size=1), case_id=st.text(), ordinal=ORDINALS)
def test_a_code_is_the_truncation_of_rfc_4226_under_a_key_of_the_case(
    secret: bytes, case_id: str, ordinal: int
) -> None:
    key = hmac.new(secret, case_id.encode("utf-8"), sha256).digest()
    digest = hmac.new(key, bytes.fromhex(f"{ordinal:016x}"), sha256).hexdigest()
    bits = f"{int(digest, 16):0256b}"
    start = int(bits[-4:], 2) * 8
    assert one_time_code(secret, case_id, ordinal) == str(int(bits[start + 1 : start + 32], 2))[-6:].rjust(6, "0")


@given(case_id=st.uuids(), ordinal=ORDINALS)
def test_a_code_is_six_digits_and_always_the_same(case_id: object, ordinal: int) -> None:
    code = one_time_code(SECRET, str(case_id), ordinal)
    assert len(code) == 6
    assert code.isascii()
    assert code.isdigit()
    assert code == one_time_code(SECRET, str(case_id), ordinal)


def test_codes_differ_by_case_by_ordinal_and_by_secret() -> None:
    codes = {one_time_code(secret, case, n) for secret in (b"a", b"b") for case in ("1", "11") for n in range(250)}
    assert len(codes) > 990, "a thousand of a million may meet by chance once or twice"


@pytest.mark.parametrize("ordinal", [-1, 2**63, 1.5, "x"])
def test_an_ordinal_is_a_number_that_counts(ordinal: object) -> None:
    with pytest.raises(ValueError, match="ordinal"):
        SendCode.model_validate({"ordinal": ordinal})


async def sent(shop: Shop, scope: Scope, ordinal: int) -> dict[str, Any]:
    """All that the tool gives away of one attempt."""
    action, args = shop.tools.action("send_code"), SendCode(ordinal=ordinal)
    told: dict[str, Any] = {"before": await action.before(args, scope)}
    try:
        told["run"] = await action.run(args, scope, f"{scope.case_id}:{ordinal}")
    except (ToolLost, ToolRefused) as error:
        told["run"] = repr(error)
    told["verify"] = (await action.verify(args, scope, told["before"])).model_dump(mode="json")
    return told


async def test_the_code_goes_to_the_address_on_file_and_is_found_there(shop: Shop) -> None:
    _, scope = await shop.order()
    for ordinal in (0, 1):
        assert (await sent(shop, scope, ordinal))["verify"]["state"] == "verified"
    customer = await shop.oracle.item("customers", str(scope.customer_id))
    mails = await shop.oracle.rows("messages", customer_id=customer["id"], kind="one_time_code")
    assert [mail["code"] for mail in mails] == [one_time_code(SECRET, scope.case_id, n) for n in (0, 1)]
    for mail in mails:
        assert (mail["to"], mail["channel"], mail["subject"]) == (customer["email"], "email", CODE_MAIL.subject)
        assert mail["code"] in mail["body"]
        assert "ten minutes" in mail["body"]
        assert "by phone" in mail["body"]


@pytest.mark.parametrize("fault", [None, *WRITE_FAULTS])
async def test_the_code_never_reaches_the_case_file(shop: Shop, fault: str | None) -> None:
    _, scope = await shop.order()
    await sent(shop, scope, 0)
    if fault:
        await shop.oracle.arm(fault, resource="messages", ms=TOO_LONG_MS)
    told = json.dumps(await sent(shop, scope, 1))
    for ordinal in (0, 1):
        assert one_time_code(SECRET, scope.case_id, ordinal) not in told
    assert "valid for" not in told


async def test_a_refusal_that_quotes_the_mail_keeps_the_code(shop: Shop) -> None:
    _, scope = await shop.order()
    customer = str(scope.customer_id)
    await shop.oracle.patch("customers", customer, email="moved@example.com")
    action, args = shop.tools.action("send_code"), SendCode(ordinal=0)
    await action.run(args, scope, f"{scope.case_id}:0")
    await shop.oracle.patch("customers", customer, email="moved.again@example.com")
    with pytest.raises(ToolLost) as raised:
        await action.run(args, scope, f"{scope.case_id}:0")
    assert one_time_code(SECRET, scope.case_id, 0) not in str(raised.value)


async def test_a_code_sent_elsewhere_than_to_the_address_that_was_on_file_is_a_mismatch(shop: Shop) -> None:
    _, scope = await shop.order()
    action, args = shop.tools.action("send_code"), SendCode(ordinal=0)
    before = await action.before(args, scope)
    await shop.oracle.patch("customers", str(scope.customer_id), email="thief@example.com")
    await action.run(args, scope, f"{scope.case_id}:0")
    finding = await action.verify(args, scope, before)
    assert (finding.state, [difference.field for difference in finding.differences]) == ("mismatch", ["to"])


async def test_another_code_than_the_one_intended_is_a_mismatch(shop: Shop) -> None:
    _, scope = await shop.order()
    action, args = shop.tools.action("send_code"), SendCode(ordinal=4)
    before = await action.before(args, scope)
    await action.run(SendCode(ordinal=5), scope, f"{scope.case_id}:5")
    finding = await action.verify(args, scope, before)
    assert finding.state == "mismatch"
    assert {difference.field for difference in finding.differences} == {"code", "body"}
    assert one_time_code(SECRET, scope.case_id, 5) not in finding.model_dump_json()


async def test_a_code_that_went_astray_in_the_record_is_not_shown_either(shop: Shop) -> None:
    _, scope = await shop.order()
    action, args = shop.tools.action("send_code"), SendCode(ordinal=0)
    before = await action.before(args, scope)
    code = one_time_code(SECRET, scope.case_id, 0)
    astray = {"to": f"{code}@example.com", "subject": f"Code {code}", "body": code, "code": code}
    await shop.oracle.post("messages", customer_id=scope.customer_id, kind="one_time_code", **astray)
    finding = await action.verify(args, scope, before)
    assert finding.state == "mismatch"
    assert code not in finding.model_dump_json()


async def test_a_link_goes_to_the_address_on_file_and_its_token_nowhere_else(shop: Shop) -> None:
    _, scope = await shop.order()
    action, lookup = shop.tools.action("send_reset_link"), shop.tools.lookup("get_reset_links")
    customer = await shop.oracle.item("customers", str(scope.customer_id))
    told: list[Any] = []
    for number in (1, 2):
        links = await lookup.run(NoArguments(), scope)
        assert isinstance(links, ResetLinks)
        assert (links.next, links.today) == (number, number - 1)
        args = SendResetLink(ordinal=links.next)
        told.append(await action.before(args, scope))
        told.append(await action.run(args, scope, f"{scope.case_id}:link{number}"))
        finding = await action.verify(args, scope, told[-2])
        told.append(finding.model_dump(mode="json"))
        assert finding.state == "verified"
    mails = await shop.oracle.rows("messages", customer_id=customer["id"], kind="password_reset")
    tokens = {mail["code"] for mail in mails}
    assert len(tokens) == len(mails) == 2
    for mail in mails:
        assert (mail["to"], mail["channel"]) == (customer["email"], "email")
        assert f"https://www.harbor-goods.example/account/new-password?token={mail['code']} " in mail["body"].replace(
            "\n", " "
        )
    assert not any(token in json.dumps(told) for token in tokens)


async def test_links_of_days_ago_do_not_count_as_todays(shop: Shop) -> None:
    _, scope = await shop.order()
    await shop.oracle.post("messages", customer_id=scope.customer_id, kind="password_reset")
    async with Backoffice(shop.base_url) as backoffice:
        later = get_reset_links(backoffice, lambda: datetime.now(UTC) + timedelta(days=1, minutes=1))
        assert await later.run(NoArguments(), scope) == ResetLinks(next=2, today=0)


@given(st.tuples(st.binary(min_size=1), st.uuids().map(str), st.text(), st.integers(1, 99)))
def test_a_token_is_long_fits_a_link_and_is_of_one_case_and_customer(made_of: tuple[bytes, str, str, int]) -> None:
    secret, case, customer, ordinal = made_of
    token = link_token(*made_of)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert token == link_token(*made_of)
    others = {link_token(secret, case, customer, ordinal + 1), link_token(secret, case, customer + "1", ordinal)}
    assert token not in others | {link_token(secret, customer, case, ordinal), link_token(secret + b"!", *made_of[1:])}
