"""Messages in the languages served: which one each is in, and the values in it. Neither needs an embedding."""

import pytest

from agent.models.languages import language_of
from agent.models.recognise import recognise
from tests.agent.models.conftest import asks

SERVED = ("en", "es", "de", "fr")


@pytest.mark.parametrize(
    ("text", "before", "language"),
    [
        ("wo bleibt mein paket", "en", "de"),
        ("Hallo", "en", "de"),
        ("donde esta mi pedido", "en", "es"),
        ("hola", "en", "es"),
        ("ou est ma commande", "en", "fr"),
        ("merci", "de", "fr"),
        ("my parcel is late, where is it", "de", "en"),
        ("Lieber nächsten Dienstag", "en", "de"),
        ("Ich will einen refund für HG-204511, it arrived broken", "en", "de"),
        ("ok", "fr", "fr"),
        ("Lena Vogt", "es", "es"),
        ("onde está o meu pedido? já faz uma semana", "en", "pt"),
        ("dove si trova il mio ordine? è passata una settimana", "en", "it"),
        ("waar is mijn bestelling? het duurt al een week", "en", "nl"),
    ],
)
def test_the_language_of_a_message(text: str, before: str, language: str) -> None:
    assert language_of(text, before, SERVED) == language


@pytest.mark.parametrize(
    ("language", "text", "asked", "seen"),
    [
        ("de", "Ich hätte gern 12,50 € für Bestellung 204511 zurück", [], {"amount": "12.50", "order_id": "HG-204511"}),
        ("de", "Das waren 1.234,56 EUR", ["slot amount"], {"amount": "1234.56"}),
        ("de", "Meine neue Adresse ist Lindenweg 4, 20095 Hamburg", [], {"postcode": "20095"}),
        ("de", "ich heiße Jörg Müller", ["identity name"], {"name": "Jörg Müller"}),
        ("de", "bitte alle zwei wochen", [], {"plan": "biweekly"}),
        ("de", "geliefert am 3. Dezember 2026", [], {"date": "2026-12-03"}),
        ("de", "nicht HG-100001, sondern HG-100002", [], {"order_id": "HG-100002"}),
        ("es", "Quiero 12,50 euros del pedido 204511", [], {"amount": "12.50", "order_id": "HG-204511"}),
        ("es", "me llamo Íñigo Peña", ["identity name"], {"name": "Íñigo Peña"}),
        ("es", "mi código postal es 28013", [], {"postcode": "28013"}),
        ("es", "cada quince dias por favor", [], {"plan": "biweekly"}),
        ("es", "llegó el 3 de diciembre de 2026", [], {"date": "2026-12-03"}),
        ("fr", "Rendez-moi 12,50 € pour la commande 204511", [], {"amount": "12.50", "order_id": "HG-204511"}),
        ("fr", "je m'appelle Zoé Lefèvre", ["identity name"], {"name": "Zoé Lefèvre"}),
        ("fr", "mon code postal est 69003", [], {"postcode": "69003"}),
        ("fr", "toutes les deux semaines svp", [], {"plan": "biweekly"}),
        ("fr", "livrée le 3 décembre 2026", [], {"date": "2026-12-03"}),
        ("fr", "changez mon mail en zoe@web.example", [], {"email": "zoe@web.example"}),
    ],
)
def test_values_are_found_in_each_language(language: str, text: str, asked: list[str], seen: dict[str, str]) -> None:
    found = {value.name: value.value for value in recognise(text, asks(*asked), "DE", language)}
    assert {name: found.get(name) for name in seen} == seen


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Tasse kam zerbrochen an. Ich möchte mein Geld zurück."),
        ("es", "Quiero un reembolso porque la taza llegó rota."),
        ("fr", "Je veux être remboursé parce que la tasse est arrivée cassée."),
    ],
)
def test_a_reason_is_taken_in_their_own_words(language: str, text: str) -> None:
    [reason] = [value.value for value in recognise(text, asks("slot reason"), "", language) if value.name == "reason"]
    assert reason in text
    assert {"zerbrochen", "rota", "cassée"} & set(reason.strip(".").split())
