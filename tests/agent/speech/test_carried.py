"""What a passage says may be said; what nobody wrote, did or proved may not, however it is put (G3, G4)."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.speech.claims import Evidence, objection

PASSAGES = [
    "A booking can be moved or cancelled free of charge until 18:00 on the day before. After that, half of the price "
    "is kept. A booking that has begun can no longer be cancelled.",
    "The deposit of 75 EUR goes back to the card you paid with. It is returned when the bicycle has been checked, and "
    "shows on your statement within four working days. We cannot pay it out in cash.",
    "We repair a flat tyre free of charge within 2 hours at each of our 12 stations. Damage by an accident is not "
    "covered, unless you have taken our cover for 4.50 EUR a day.\n\n- Helmets are lent free of charge.\n"
    "- Children's seats cost 3 EUR a day and carry up to 22 kg.",
]
ASKED = "Can I still cancel my booking RB-20417? I paid a deposit of 80 EUR three days ago."
EVIDENCE = Evidence(PASSAGES, [ASKED])
QUOTES = [
    sentence.removeprefix("- ") for text in PASSAGES for sentence in re.split(r"(?<=\.)\s+", text.replace("\n", " "))
]

OUTCOMES = """
I have cancelled your booking.
I've cancelled the booking free of charge.
I cancelled the booking, free of charge.
I'm cancelling the booking free of charge.
I'll cancel the booking free of charge.
We cancelled a booking free of charge for you.
We've moved the booking to the day before.
We're returning the deposit to the card you paid with.
We will return the deposit to the card you paid with.
Let me cancel the booking free of charge.
A colleague has cancelled the booking free of charge.
A colleague is checking the bicycle and returns the deposit.
Your booking has been cancelled free of charge.
Your booking's been cancelled free of charge.
Your booking is cancelled, free of charge.
Your booking's cancelled, free of charge.
Your booking was cancelled free of charge on the day before.
Your booking is being cancelled free of charge.
Your booking will be cancelled free of charge.
Your booking won't be charged, half of the price is kept.
The booking is cancelled free of charge.
The booking got cancelled free of charge.
A booking of yours was cancelled free of charge.
Booking cancelled free of charge.
Booking cancelled.
Cancelled!
Done.
All set.
That's sorted.
It's done.
Consider the booking cancelled free of charge.
Everything is cancelled free of charge.
The deposit is on its way to the card you paid with.
A deposit of 75 EUR is on its way to the card you paid with.
The deposit's on its way to the card you paid with.
The deposit of 75 EUR is back on the card you paid with.
The deposit of 75 EUR went back to the card you paid with.
The deposit of 75 EUR has gone back to the card you paid with.
The deposit of 75 EUR was returned to the card you paid with.
The deposit of 75 EUR is now on the card you paid with.
You'll see the deposit on your statement within four working days.
You should see the deposit on your statement within four working days.
You're getting the deposit of 75 EUR back to the card you paid with.
You have been paid the deposit of 75 EUR to the card you paid with.
You received the deposit of 75 EUR on the card you paid with.
Your deposit goes back to the card you paid with.
Deposit returned to the card you paid with.
Deposit of 75 EUR: returned to the card you paid with.
Returning the deposit of 75 EUR to the card you paid with.
The bicycle has been checked, so the deposit of 75 EUR goes back to the card you paid with.
The deposit of 75 EUR goes back to the card you paid with, and the payment went through.
The deposit of 75 EUR goes back to the card you paid with; done.
Once again the booking has been cancelled free of charge.
As soon as you asked the booking was cancelled free of charge.
A booking that has begun can no longer be cancelled, and yours has begun.
Rest assured, the booking can be cancelled free of charge and we did.
The tyre is repaired free of charge.
We repaired a flat tyre free of charge within 2 hours.
Somebody is going to repair a flat tyre free of charge within 2 hours.
The booking has b\u200been cancelled free of charge.
The b\u043eoking can be cancelled free of charge until 18:00 on the day before.
""".strip().splitlines()  # fmt: skip

INVENTED = """
A booking can be moved free of charge until 19:00 on the day before.
A booking can be moved free of charge until 6 pm on the day before.
The deposit of 80 EUR goes back to the card you paid with.
The deposit of €57 goes back to the card you paid with.
The deposit of 75 USD goes back to the card you paid with.
The deposit of seventy-six EUR goes back to the card you paid with.
It shows on your statement within three working days.
It shows on your statement within four hours.
It shows on your statement within 12 working days.
We repair a flat tyre free of charge within 2 days.
We repair a flat tyre free of charge within twenty hours.
We repair a flat tyre free of charge at each of our 75 stations.
Children's seats cost 3 EUR a day and carry up to 3 kg.
Half of the price is kept, which is 37.50 EUR.
A booking can be cancelled free of charge on 24 December.
The deposit goes back to the card RB-99999 you paid with.
A booking can be moved free of charge on www.evil.example until 18:00 on the day before.
A booking can be moved free of charge by writing to help@evil.example until the day before.
We can pay it out in cash.
The deposit can be paid out in cash.
Damage by an accident is covered.
Damage by an accident is not covered.
A booking that has begun can be cancelled.
A booking can not be moved free of charge.
A booking can be moved free of charge, and our cover for 4.50 EUR protects each of our kittens.
Elephants never forget a face.
A booking can be moved only free of charge.
can no longer
cancelled free of charge

…
""".strip("\n").splitlines()  # fmt: skip

GROUNDED = """
A booking can be moved free of charge until 18:00 on the day before.
You can cancel a booking free of charge until 18:00 on the day before.
Yes, bookings can be cancelled free of charge until 18:00 on the day before.
You can still move or cancel your booking free of charge until 18:00 on the day before.
After that, half of the price is kept.
Once a booking has begun, you can no longer cancel it.
A booking that has begun cannot be cancelled any longer.
The booking RB-20417 can be cancelled free of charge until 18:00 on the day before.
The deposit goes back to the card you paid with.
The 75 EUR deposit goes back to the card you paid with.
The deposit of €75 goes back to the card you paid with.
Deposits go back to the card you paid with.
The deposit shows on your statement within four working days.
The deposit shows on your statement within 4 working days.
It is returned when the bicycle has been checked.
The deposit is returned once the bicycle has been checked.
We can't pay the deposit out in cash.
We do not pay the deposit out in cash.
A flat tyre is repaired free of charge within 2 hours.
We repair flat tyres free of charge within two hours at each of our stations.
We have 12 stations, and flat tyres are repaired at each of them.
Damage by an accident is not covered unless you have taken our cover.
Our cover costs 4.50 EUR a day.
Helmets are free of charge, and children's seats cost 3 EUR a day.
Children's seats carry up to 22 kg.
A children's seat costs 3 EUR a day.
""".strip().splitlines()  # fmt: skip


@pytest.mark.parametrize(("before", "sentence"), list(pairwise(["", *QUOTES])))
def test_what_stands_in_a_passage_may_be_said_after_what_stands_before_it(before: str, sentence: str) -> None:
    evidence = replace(EVIDENCE, said=[before] if before else [])
    for form in (sentence, sentence.upper(), sentence.rstrip("."), f"  {sentence}\n", sentence.replace("'", "’")):
        assert objection(form, evidence) is None
    assert objection(sentence, replace(evidence, customer=[], language="de")) is None


@given(
    parts=st.lists(st.sampled_from([quote for quote in QUOTES if not quote.startswith("It ")]), min_size=1, max_size=3)
)
def test_so_may_several_sentences_of_it(parts: list[str]) -> None:
    assert objection(" ".join(parts), EVIDENCE) is None


@pytest.mark.parametrize("sentence", OUTCOMES)
def test_no_outcome_is_told_without_a_receipt(sentence: str) -> None:
    assert objection(sentence, EVIDENCE) is not None


@pytest.mark.parametrize("sentence", INVENTED)
def test_what_nobody_wrote_is_not_said(sentence: str) -> None:
    assert objection(sentence, EVIDENCE) is not None


def test_what_a_passage_says_in_other_words_may_mostly_be_said() -> None:
    lost = {sentence: why for sentence in GROUNDED if (why := objection(sentence, EVIDENCE)) is not None}
    assert len(lost) <= 0.6 * len(GROUNDED), lost


# -- any number, any form ---------------------------------------------------------------------------------------------

SAID = st.sampled_from([*QUOTES, *GROUNDED])
TOKENS = st.from_regex(r"[A-Za-z#€$]{0,3}[0-9]{1,6}([.,:/-][0-9]{1,4}){0,2}[A-Za-z%]{0,3}", fullmatch=True)
KNOWN = set(re.findall(r"\d+", " ".join([*PASSAGES, ASKED]))) | {"4"}


@given(sentence=SAID, token=TOKENS, place=st.integers(0, 30))
def test_no_number_without_evidence_is_ever_said(sentence: str, token: str, place: int) -> None:
    if set(re.findall(r"\d+", token)) <= KNOWN:
        return
    words = sentence.split()
    words.insert(place % (len(words) + 1), token)
    assert objection(" ".join(words), EVIDENCE) is not None


@given(sentence=SAID, digit=st.characters(categories=["Nd", "No", "Nl"]), place=st.integers(0, 30))
def test_nor_a_digit_of_another_kind(sentence: str, digit: str, place: int) -> None:
    words = sentence.split()
    words.insert(place % (len(words) + 1), f"{digit}{digit}0")
    assert objection(" ".join(words), EVIDENCE) is not None


WHO = ["I", "We", "A colleague", "Our team", "Somebody", "They"]
DO = [" have", "'ve just", " already", " will", "'ll", " am going to", " did"]
DONE = ["cancelled", "moved", "returned", "checked", "repaired", "paid out"]
WHAT = ["the booking", "your booking", "the deposit of 75 EUR", "it", "this bicycle", "everything", "your card"]
IS = [
    " has been",
    " was",
    " is being",
    " is now",
    " will be",
    "'ll be",
    " got",
    " should be",
    " had been",
    "'s just been",
]
TAIL = [
    "",
    " free of charge",
    " to the card you paid with",
    " within four working days",
    " until 18:00 on the day before",
]
ACTIVE = st.builds("{}{} {} {}{}.".format, *map(st.sampled_from, (WHO, DO, DONE, WHAT, TAIL)))
PASSIVE = st.builds("{}{} {}{}.".format, *map(st.sampled_from, (WHAT, IS, DONE, TAIL)))
BARE = st.builds("{} {}{}.".format, *map(st.sampled_from, (["Booking", "Deposit", "Bicycle"], DONE, TAIL)))
CLAIMS = ACTIVE | PASSIVE | BARE
JOINTS = st.sampled_from([" and ", ", and ", ", so ", "; ", " - ", ", because ", ". "])


@given(claim=CLAIMS)
def test_no_form_of_a_claim_passes(claim: str) -> None:
    assert objection(claim, EVIDENCE) is not None


@given(quote=SAID, joint=JOINTS, claim=CLAIMS, first=st.booleans())
def test_no_claim_rides_along_with_what_is_grounded(quote: str, joint: str, claim: str, *, first: bool) -> None:
    one, other = (claim, quote) if first else (quote, claim)
    assert objection(f"{one.rstrip('.')}{joint}{other}", EVIDENCE) is not None


# -- evidence ---------------------------------------------------------------------------------------------------------


def test_what_the_customer_names_may_be_named_but_proves_nothing() -> None:
    sentence = "The booking {} can be cancelled free of charge until 18:00 on the day before."
    assert objection(sentence.format("RB-20417"), EVIDENCE) is None
    assert objection(sentence.format("RB-20418"), EVIDENCE) is not None
    assert objection("The deposit of 80 EUR goes back to the card you paid with.", EVIDENCE) is not None


def test_each_passage_proves_what_it_says_itself() -> None:
    mixed = "The deposit of 75 EUR goes back to the card you paid with until 18:00 on the day before."
    assert objection(mixed, EVIDENCE) is not None


def test_without_passages_nothing_is_said() -> None:
    for sentence in (*GROUNDED, "", "Hello!"):
        assert objection(sentence, Evidence([], [ASKED])) is not None


def test_where_claims_cannot_be_told_only_quotes_are_sent() -> None:
    german = Evidence(["Die Kaution geht auf die Karte zurück, mit der Sie bezahlt haben."], [], language="de")
    assert objection("Die Kaution geht auf die Karte zurück, mit der Sie bezahlt haben.", german) is None
    assert objection("Die Kaution ist auf die Karte zurückgegangen, mit der Sie bezahlt haben.", german) is not None
