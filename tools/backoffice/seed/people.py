"""The customers: people of four languages, their names as they write them."""

import unicodedata

from tools.backoffice.fields import Row
from tools.backoffice.seed.dice import Dice

TIERS = {"standard": 70, "plus": 22, "trade": 8}


def customers(dice: Dice) -> list[Row]:
    """All 200; a few carry notes that try to give orders."""
    locales = [locale for locale, place in dice.world["people"].items() for _ in range(place["share"])]
    dice.rng.shuffle(locales)
    rows = [_customer(dice, number, locale) for number, locale in enumerate(locales, start=1)]
    notes = dice.world["customer_notes"]
    for row, note in zip(dice.rng.sample(rows, len(notes)), notes, strict=True):
        row["note"] = note
    return rows


def _customer(dice: Dice, number: int, locale: str) -> Row:
    """One person; the number keeps their e-mail and telephone apart from everybody else's."""
    place, rng = dice.world["people"][locale], dice.rng
    first, last = rng.choice(place["first"]), rng.choice(place["last"])
    town, postcode = rng.choice(place["towns"])
    street = place["address"].format(number=rng.randint(1, 140), street=rng.choice(place["streets"]))
    return {
        "id": f"cus_{100_000 + number}",
        "name": f"{first} {last}",
        "email": f"{_plain(first)}.{_plain(last)}{number}@{rng.choice(place['mail'])}",
        "phone": place["phone"].format(number * 37 % 1000),
        "postcode": dice.filled_in(postcode),
        "address": f"{street}, {town}",
        "locale": locale,
        "tier": rng.choices(list(TIERS), list(TIERS.values()))[0],
    }


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss").replace("ı", "i"))
    return "".join(sign for sign in letters if sign.isascii() and sign.isalnum())
