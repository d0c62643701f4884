"""Whole cases in Spanish, German and French, over HTTP: what the customer reads, and what the systems show."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cases.conftest import copied
from tests.cases.house import House, running
from tests.cases.people import People, newcomers

LEARNING_S = 400.0
pytestmark = pytest.mark.timeout(900)  # whichever test is first waits for the languages


@dataclass(frozen=True)
class Words:
    """What one customer writes and reads."""

    where: str
    on_its_way: str
    cancel: str
    yes: str
    cancelled: str
    no: str
    nothing_changed: str
    refund: str
    sum_told: str
    email: str
    code_asked: str
    email_changed: str
    question: str
    answer: str
    person: str
    taken_over: str


SAID = {
    "de": Words(
        "Wo bleibt meine Bestellung {order}?", "unterwegs",
        "Bitte stornieren Sie {order}, wir haben sie doppelt.", "ja gern", "ist storniert",
        "nein danke, doch nicht", "nichts geändert",
        "Die Tasse aus {order} kam zerbrochen an, ich hätte gern 62,50 € zurück", "62,50 €",
        "Ich möchte meine E-Mail-Adresse in neu.{code}@post.example ändern", "6 Ziffern", "ist jetzt neu.",
        "Wie lange habe ich Zeit, etwas zurückzugeben?", "30",
        "Kann ich bitte mit einem Menschen sprechen?", "übernimmt",
    ),
    "es": Words(
        "¿Dónde está mi pedido {order}?", "en camino",
        "Quiero cancelar el pedido {order}, lo tenemos repetido.", "dale", "está cancelado",
        "no gracias, mejor no", "No se ha cambiado nada",
        "La taza del pedido {order} llegó rota, quiero que me devuelvan 62,50 €", "62,50 €",
        "Quiero cambiar mi correo a nuevo.{code}@post.example", "6 cifras", "es ahora nuevo.",
        "¿Cuánto tiempo tengo para devolver algo?", "30",
        "Quiero hablar con una persona", "le atiende alguien",
    ),
    "fr": Words(
        "Où est ma commande {order} ?", "en route",
        "Je voudrais annuler la commande {order}, nous l'avons en double.", "ok allez-y", "est annulée",
        "non merci", "Rien n'a été changé",
        "La tasse de la commande {order} est arrivée cassée, je voudrais un remboursement de 62,50 €", "62,50 €",
        "Je veux changer mon adresse e-mail en nouveau.{code}@post.example", "6 chiffres", "est maintenant nouveau.",
        "Combien de temps ai-je pour renvoyer quelque chose ?", "30",
        "Je veux parler à quelqu'un", "prend le relais",
    ),
}  # fmt: skip
every = pytest.mark.parametrize("code", SAID)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def abroad(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house that has learnt all its languages."""
    async with running(copied(built_home, tmp_path_factory.mktemp("abroad") / "home"), embedder=None) as house:
        languages, live = house.front.desk.languages, await house.front.desk.live()
        assert languages is not None
        for code in SAID:
            if await asyncio.to_thread(languages.of, live, code, LEARNING_S) is None:
                pytest.skip("The multilingual model is not installed.")
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def buyers(abroad: House) -> People:
    await newcomers(abroad.oracle, 40)
    return await People.of(abroad.oracle)


@pytest.mark.slow
@every
async def test_an_order_is_told_and_another_cancelled(abroad: House, buyers: People, code: str) -> None:
    words = SAID[code]
    customer, order = buyers.with_order("shipped")
    case = await abroad.verified(customer["id"])
    turn = await case.say(words.where.format(order=order["id"]))
    assert (turn["language"], turn["status"]) == (code, "resolved")
    assert words.on_its_way in turn["reply"]
    customer, order = buyers.with_order("processing")
    case = await abroad.verified(customer["id"])
    await case.say(words.cancel.format(order=order["id"]))
    turn = await case.say(words.yes)
    assert words.cancelled in turn["reply"]
    assert [row["status"] for row in await abroad.oracle.rows("orders", id=order["id"])] == ["cancelled"]


@pytest.mark.slow
@every
async def test_a_no_changes_nothing(abroad: House, buyers: People, code: str) -> None:
    words = SAID[code]
    customer, order = buyers.with_order("processing")
    case = await abroad.verified(customer["id"])
    await case.say(words.cancel.format(order=order["id"]))
    turn = await case.say(words.no)
    assert words.nothing_changed in turn["reply"]
    assert [row["status"] for row in await abroad.oracle.rows("orders", id=order["id"])] == ["processing"]


@pytest.mark.slow
@every
async def test_a_large_refund_waits_for_a_person(abroad: House, buyers: People, code: str) -> None:
    words = SAID[code]
    customer, order = buyers.refundable(80, 130)
    case = await abroad.verified(customer["id"])
    turn = await case.say(words.refund.format(order=order["id"]))
    if turn["status"] == "waiting_customer":
        turn = await case.say(words.yes)
    assert turn["status"] == "waiting_approval"
    assert words.sum_told in turn["reply"]
    [asked] = await abroad.approvals(case)
    decided = (await abroad.decide(asked["id"], decision="approve")).json()["turn"]
    assert decided["language"] == code
    assert words.sum_told in decided["reply"]
    assert [row["amount"]["amount"] for row in await abroad.oracle.rows("refunds", order_id=order["id"])] == ["62.50"]


@pytest.mark.slow
@every
async def test_an_address_is_changed_after_a_code(abroad: House, buyers: People, code: str) -> None:
    words = SAID[code]
    customer, order = buyers.with_order("processing")
    case = await abroad.open(locale=code)
    turn = await case.say(words.email.format(code=order["id"].lower()))
    turn = await abroad.answer_asks(case, turn, customer, order["id"])
    assert words.code_asked in "\n".join(line["text"] for line in (await case.view())["transcript"])
    turn = await case.say(words.yes)
    assert words.email_changed in turn["reply"]


@pytest.mark.slow
@every
async def test_a_question_is_answered_and_a_person_is_reached(abroad: House, code: str) -> None:
    words = SAID[code]
    case = await abroad.open()
    turn = await case.say(words.question)
    assert words.answer in turn["reply"]
    assert turn["citations"]
    turn = await case.say(words.person)
    assert turn["status"] == "waiting_person"
    assert words.taken_over in turn["reply"]


@pytest.mark.slow
async def test_the_reply_follows_the_last_message(abroad: House, buyers: People) -> None:
    customer, order = buyers.with_order("processing")
    case = await abroad.verified(customer["id"])
    assert (await case.say(f"Where is my order {order['id']}?"))["language"] == "en"
    turn = await case.say(f"Ich möchte sie doch stornieren, {order['id']}")
    assert "Soll ich" in turn["reply"]
    assert "está cancelado" in (await case.say("sí"))["reply"]


@pytest.mark.slow
async def test_a_mixed_message_is_read(abroad: House, buyers: People) -> None:
    customer, order = buyers.with_order("processing")
    case = await abroad.verified(customer["id"])
    turn = await case.say(f"Hello, ich möchte meine order {order['id']} bitte stornieren, thanks")
    assert [intent["name"] for intent in turn["intents"]] == ["cancel_order"]
    assert turn["language"] == "de"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Ich möchte meine Bestellung stornieren", "Auf Deutsch kann ich"),
        ("Quiero cancelar mi pedido, por favor", "en español"),
        ("Je voudrais annuler ma commande s'il vous plaît", "En français"),
        ("Onde está o meu pedido? Já faz uma semana que estou à espera.", "its language"),
    ],
)
async def test_what_cannot_be_read_is_told_and_handed_over(unread: House, text: str, reply: str) -> None:
    case = await unread.open()
    turn = await case.say(text)
    assert turn["status"] == "waiting_person"
    assert reply in turn["reply"]


async def test_a_yes_needs_no_model_of_its_language(unread: House) -> None:
    await newcomers(unread.oracle, 40)
    customer, order = (await People.of(unread.oracle)).with_order("processing")
    case = await unread.verified(customer["id"])
    await case.say(f"Please cancel {order['id']}")
    assert "ist storniert" in (await case.say("ja, gern"))["reply"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def unread(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house whose installation has no multilingual model."""
    home = copied(built_home, tmp_path_factory.mktemp("unread") / "home")
    async with running(home, embedder="none") as house:
        yield house
