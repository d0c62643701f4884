"""What a receipt proves may be told, in each language that is read; nothing else may, however it is put."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from agent.speech.claims import Evidence, decide, objection
from agent.speech.evidence import Call, History, Said
from agent.speech.lexicon import FOLDER, lexicon
from agent.speech.tool import Tool

TOOLS = [
    Tool("cancel_order", "Cancel an order that has not been shipped.", {"order_id": ""}),
    Tool("issue_refund", "Give money back for an order.", {"order_id": "", "amount": "", "currency": "", "reason": ""}),
    Tool("change_email", "Change the e-mail address on the account.", {"email": ""}),
    Tool("change_address", "Change the postal address on the account.", {"address": "", "postcode": ""}),
    Tool("book_appointment", "Book an appointment.", {"slot_id": ""}),
    Tool("suspend_line", "Suspend a phone line.", {"customer_id": "", "line_id": ""}),
    Tool("refuel_data", "Refuel data on a line.", {"customer_id": "", "line_id": "", "gb_amount": ""}),
    Tool("update_reservation_baggages", "Update the baggage of a reservation.", {"reservation_id": "", "total": ""}),
    Tool("send_certificate", "Send a certificate to a user.", {"user_id": "", "amount": ""}),
    Tool("freeze_debit_card_3892", "Temporarily freeze a debit card.", {"card_id": ""}),
    Tool("close_bank_account_7392", "Close a customer's bank account.", {"account_id": "", "reason": ""}),
]
DONE = [
    Call("cancel_order", {"order_id": "HG-482913"}),
    Call("issue_refund", {"order_id": "HG-207420", "amount": "12.50", "currency": "EUR", "reason": "it broke"}),
    Call("change_email", {"email": "lena@example.org"}),
    Call("suspend_line", {"customer_id": "C1001", "line_id": "L1002"}),
    Call("refuel_data", {"customer_id": "C1001", "line_id": "L1002", "gb_amount": 2}, "Data refueled."),
    Call("update_reservation_baggages", {"reservation_id": "4OG6T3", "total": 3}),
    Call("freeze_debit_card_3892", {"card_id": "dbc_8812"}),
]
EVIDENCE = Evidence([], history=History(TOOLS, DONE, since=len(DONE)))
TOLD = yaml.safe_load((Path(__file__).parent / "told.yaml").read_text("utf-8"))
SAID = [(language, one) for language, texts in TOLD["may"].items() for one in texts]
NAMED = [(language, one) for language, one in SAID if "HG-" in one]


@pytest.mark.parametrize(("language", "sentence"), SAID)
def test_what_a_receipt_proves_may_be_told(language: str, sentence: str) -> None:
    decision = decide(sentence, Evidence([], language=language, history=EVIDENCE.history))
    assert decision.why is None
    assert decision.calls


@pytest.mark.parametrize("sentence", TOLD["may_not"])
@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_what_no_receipt_proves_is_not_told(language: str, sentence: str) -> None:
    assert objection(sentence, Evidence([], language=language, history=EVIDENCE.history)) is not None


@pytest.mark.parametrize(("language", "sentence"), SAID)
@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_nor_what_was_only_tried(language: str, sentence: str, state: str) -> None:
    tried = [Call(call.tool, call.args, call.result, state) for call in DONE]  # type: ignore[arg-type]
    assert objection(sentence, Evidence([], language=language, history=History(TOOLS, tried))) is not None
    assert objection(sentence, Evidence([], language=language)) is not None


# -- however it is put ------------------------------------------------------------------------------------------------


@given(said=st.sampled_from(NAMED), digits=st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_another_target_never_passes(said: tuple[str, str], digits: str) -> None:
    language, sentence = said
    for known in ("482913", "207420"):
        changed = sentence.replace(known, digits)
        if digits != known and changed != sentence:
            assert objection(changed, Evidence([], language=language, history=EVIDENCE.history)) is not None


@given(
    said=st.sampled_from([one for one in SAID if "12.50" in one[1] or "12,50" in one[1]]),
    cents=st.integers(1, 10**7).filter(lambda cents: cents != 1250),
)
def test_another_amount_never_passes(said: tuple[str, str], cents: int) -> None:
    language, sentence = said
    for written in (f"{cents / 100:.2f}", f"{cents / 100:.2f}".replace(".", ","), f"{cents / 100:,.2f}"):
        changed = sentence.replace("12.50", written).replace("12,50", written)
        assert objection(changed, Evidence([], language=language, history=EVIDENCE.history)) is not None


MOVED = Call("change_address", {"address": "Lindenstraße 12, Berlin", "postcode": "10969"})
BESIDE = ("voucher", "twice", "free", "tomorrow", "today", "permanently", "bonus", "express", "guaranteed", "instantly")


@given(word=st.sampled_from(BESIDE), data=st.data())
def test_no_word_rides_along_beside_a_value(word: str, data: st.DataObject) -> None:
    told = ["Your", "address", "was", "changed", "to", "Lindenstraße", "12,", "10969", "Berlin."]
    evidence = Evidence([], customer=[f"and what about {word}?"], history=History(TOOLS, [MOVED]))
    assert objection(" ".join(told), evidence) is None
    place = data.draw(st.integers(1, len(told) - 1))
    assert objection(" ".join([*told[:place], word, *told[place:]]), evidence) is not None


@pytest.mark.parametrize(("language", "sentence"), NAMED)
def test_a_later_failure_takes_nothing_from_what_names_its_own_target(language: str, sentence: str) -> None:
    failed = [Call(one.tool, dict(one.args) | {"order_id": "HG-999999"}, state="failed") for one in DONE[:2]]
    history = History(TOOLS, [*DONE, *failed], since=len(DONE))
    assert objection(sentence, Evidence([], language=language, history=history)) is None


def test_a_negating_prefix_is_borne_where_the_record_denies() -> None:
    tool = Tool("exchange_item", "Exchange an item of an order.", {"order_id": "", "item_id": ""})
    args: dict[str, JsonValue] = {"order_id": "HG-482913", "item_id": "8069050545"}
    told = "The item in order HG-482913 was exchanged for the non–water-resistant one."
    for shown, may in (("not resistant", True), ("resistant", False)):
        call = Call("exchange_item", args, {"order_id": "HG-482913", "water resistance": shown})
        assert (objection(told, Evidence([], history=History([tool], [call]))) is None) is may


OTHER_DEEDS = {
    "en": [
        "refunded",
        "exchanged",
        "returned",
        "shipped",
        "delivered",
        "replaced",
        "extended",
        "upgraded",
        "paid",
        "moved",
    ],
    "de": ["erstattet", "umgetauscht", "versandt", "geliefert", "ersetzt", "verlängert", "bezahlt", "verschoben"],
    "es": ["reembolsado", "devuelto", "enviado", "entregado", "sustituido", "prolongado", "pagado", "aplazado"],
    "fr": ["remboursée", "retournée", "expédiée", "livrée", "remplacée", "prolongée", "payée", "déplacée"],
}
CANCELLED = {
    "en": "Your order HG-482913 has been cancelled.",
    "de": "Ihre Bestellung HG-482913 wurde storniert.",
    "es": "Su pedido HG-482913 ha sido cancelado.",
    "fr": "Votre commande HG-482913 a été annulée.",
}


@given(language=st.sampled_from(sorted(CANCELLED)), data=st.data())
def test_another_deed_never_passes_nor_rides_along(language: str, data: st.DataObject) -> None:
    deed, true = data.draw(st.sampled_from(OTHER_DEEDS[language])), CANCELLED[language]
    *start, _ = true.split()
    evidence = Evidence([], language=language, history=EVIDENCE.history)
    joint = {"en": "and", "de": "und", "es": "y", "fr": "et"}[language]
    assert objection(true, evidence) is None
    for lie in (
        f"{' '.join(start)} {deed}.",
        f"{true[:-1]} {joint} {deed}.",
        f"{true[:-1]}, {deed}.",
        f"{deed} {true}",
    ):
        assert objection(lie, evidence) is not None, lie


@given(
    said=st.sampled_from(SAID),
    word=st.from_regex(r"[a-zà-öø-ÿ]{5,12}", fullmatch=True),
    place=st.integers(0, 3),
)
def test_no_word_of_nobody_stands_before_what_is_known(said: tuple[str, str], word: str, place: int) -> None:
    language, sentence = said
    evidence = Evidence([], language=language, history=EVIDENCE.history)
    row = sentence.split()
    first = next(at for at, one in enumerate(row) if any(sign.isdigit() for sign in one) or "@" in one)
    row.insert(min(place, first), word)
    found = decide(" ".join(row), evidence)
    assert found.why is not None or word in sentence or _is_plain(word, language)


def _is_plain(word: str, language: str) -> bool:
    known = lexicon(language)
    assert known is not None
    plain = any(word in known[group] for group in ("function", "polite", "light", "carrying", "joint", "future"))
    return plain or bool(known.things_of(word) or known.deeds_of(word))


# -- what is so no longer ---------------------------------------------------------------------------------------------

RECORDS = [
    Tool("get_booking", "Read a booking.", {"booking_id": ""}, changes=False),
    Tool("update_booking_seats", "Update the seats of a booking.", {"booking_id": "", "seat_ids": ""}),
    Tool("cancel_booking", "Cancel a booking.", {"booking_id": ""}),
]
BEFORE: dict[str, JsonValue] = {"booking_id": "BK7001", "status": "open", "seats": ["s-1001", "s-1002"], "fee": 4.5}
AFTER: dict[str, JsonValue] = {"booking_id": "BK7001", "status": "open", "seats": ["s-1003", "s-1004"], "fee": 9.0}
READ = Call("get_booking", {"booking_id": "BK7001"}, BEFORE)
CHANGED = Call("update_booking_seats", {"booking_id": "BK7001", "seat_ids": ["s-1003", "s-1004"]}, AFTER)
TALK = [Said("customer", "Please change my booking BK7001 to s-1003 and s-1004.", 0)]
CLAIM = "The seats of your booking BK7001 have been updated."


def _told(*calls: Call, claim: str = CLAIM, since: int = 0, around: str = "") -> str | None:
    return objection(claim, Evidence([], history=History(RECORDS, calls, TALK, since), around=around))


def test_a_change_that_the_record_shows_is_told_until_it_is_changed_again() -> None:
    assert _told(READ, CHANGED) is None
    assert _told(READ, CHANGED, Call("get_booking", {"booking_id": "BK7001"}, AFTER)) is None
    assert _told(READ, Call(CHANGED.tool, CHANGED.args, BEFORE)) is not None, "the record stands as it did"
    assert _told(READ, CHANGED, READ) is not None, "a later look shows how it was before"
    assert _told(READ, CHANGED, Call("cancel_booking", {"booking_id": "BK7001"}, "ok")) is not None, "undone since"


def test_a_part_is_not_the_whole() -> None:
    part = Call(CHANGED.tool, {"booking_id": "BK7001", "seat_ids": ["s-1003"]}, {**AFTER, "seats": ["s-1003"]})
    assert _told(READ, CHANGED, claim="Two seats of your booking BK7001 have been updated.") is None
    assert _told(READ, part, claim="Two seats of your booking BK7001 have been updated.") is not None
    assert _told(READ, part, claim="Seats s-1003 and s-1004 of your booking BK7001 have been updated.") is not None
    assert _told(READ, part, claim="Your booking has been updated.", around="Seats: s-1003, s-1004") is not None


def test_a_claim_without_a_target_is_about_what_was_spoken_of_and_done_just_now() -> None:
    claim = "Your seats have been updated."
    assert _told(READ, CHANGED, claim=claim) is None
    assert _told(READ, CHANGED, claim=claim, since=2) is not None
    other = Call(CHANGED.tool, {**CHANGED.args, "booking_id": "BK7002"}, {**AFTER, "booking_id": "BK7002"})
    assert _told(READ, other, claim=claim) is not None


def test_sums_are_those_that_were_changed() -> None:
    assert _told(READ, CHANGED, claim="Your booking BK7001 has been updated for 9.00 EUR.") is None
    assert _told(READ, CHANGED, claim="Your booking BK7001 has been updated for 4.50 EUR.") is not None


# -- without a receipt ------------------------------------------------------------------------------------------------

SHAPES = {
    "en": ["Your {t} has been {d}.", "I have {d} your {t}.", "Your {t} will be {d}.", "{t} {d}!"],
    "de": ["Ihre {t} wurde {d}.", "Ich habe Ihre {t} {d}.", "Ihre {t} wird {d}.", "{t} {d}!"],
    "es": ["Su {t} ha sido {d}.", "He {d} su {t}.", "Su {t} será {d}.", "¡{t} {d}!"],
    "fr": ["Votre {t} a été {d}.", "J'ai {d} votre {t}.", "Votre {t} sera {d}.", "{t} {d} !"],
}
WORDS = {language: yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8")) for language in sorted(SHAPES)}


def _forms(listed: str) -> list[str]:
    return [form.replace("*", "").replace("_", " ") for form in listed.split()]


@given(language=st.sampled_from(sorted(SHAPES)), data=st.data())
def test_no_outcome_is_told_without_a_receipt_in_any_language(language: str, data: st.DataObject) -> None:
    known = WORDS[language]
    deeds = known["deeds"][data.draw(st.sampled_from(sorted(known["deeds"])))]
    things = known["things"][data.draw(st.sampled_from(sorted(known["things"])))]
    deed = data.draw(st.sampled_from([*_forms(deeds), *_forms(known["light"])]))
    thing = data.draw(st.sampled_from(_forms(things)))
    sentence = data.draw(st.sampled_from(SHAPES[language])).format(t=thing, d=deed)
    passages = [f"{thing.capitalize()} {deed}, 30 days, free of charge."]
    tried = History(TOOLS, [Call("cancel_order", {"order_id": "HG-482913"}, state="failed")])
    for history in (History(), tried):
        assert objection(sentence, Evidence(passages, language=language, history=history)) is not None
