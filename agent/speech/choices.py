"""Choices: which of several options a customer's message takes, read by its words alone.

An option is taken by its text, by its place ("the first one", "2"), or by what was said and only it has: a word of
its title ("cancel"), a day and a time ("Thursday at 10"). What names two of them, or none, takes none; nor does a
message with a day, a time or a number that no option has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Self

from agent.speech.moments import marked, marks_of
from agent.speech.times import plain

PLACES = {
    "en": (
        "first former 1 1st one earliest", "second latter 2 2nd two", "third 3 3rd three", "fourth 4 4th four",
        "fifth 5 5th five", "sixth 6 6th six", "seventh 7 7th seven", "eighth 8 8th eight", "ninth 9 9th nine",
        "tenth 10 10th ten",
    ),
    "de": (
        "erste ersten erster erstes 1 eins früheste", "zweite zweiten zweiter zweites 2 zwei",
        "dritte dritten dritter drittes 3 drei", "vierte vierten vierter viertes 4 vier",
        "fünfte fünften fünfter fünftes 5 fünf", "sechste sechsten 6 sechs", "siebte siebten 7 sieben",
        "achte achten 8 acht", "neunte neunten 9 neun", "zehnte zehnten 10 zehn",
    ),
    "es": (
        "primero primera primer 1 uno una", "segundo segunda 2 dos", "tercero tercera tercer 3 tres",
        "cuarto cuarta 4 cuatro",
        "quinto quinta 5 cinco", "sexto sexta 6 seis", "séptimo séptima 7 siete", "octavo octava 8 ocho",
        "noveno novena 9 nueve", "décimo décima 10 diez",
    ),
    "fr": (
        "premier première 1 1er un une", "deuxième second seconde 2 2e deux", "troisième 3 3e trois",
        "quatrième 4 4e quatre",
        "cinquième 5 5e cinq", "sixième 6 6e six", "septième 7 7e sept", "huitième 8 8e huit", "neuvième 9 9e neuf",
        "dixième 10 10e dix",
    ),
}  # fmt: skip
"""ISO 639-1 → words for each place."""
LAST = {
    "en": "last latest",
    "de": "letzte letzten letzter letztes späteste",
    "es": "último última",
    "fr": "dernier dernière",
}
ANY = {"en": "one", "de": "eins", "es": "uno una", "fr": "un une"}
"""A word for a place that stands for any option beside what else is said: "the Friday one"."""
NEITHER = {
    "en": "neither none nothing else no nope nah other others another different",
    "de": "keine keiner keines keins nichts nein nee anderes andere anderer anderen anderer weder",
    "es": "ninguno ninguna ningún nada no otro otra otros otras",
    "fr": "aucun aucune rien non autre autres ni",
}
ALL = {
    "en": "all both everything",
    "de": "alle alles beide beides sämtliche",
    "es": "todo todos todas ambos ambas",
    "fr": "tout tous toutes deux",
}
TWO = {"en": "both", "de": "beide beides", "es": "ambos ambas", "fr": "deux"}
DENIED = {
    "en": "not don't dont never cannot can't except but without",
    "de": "nicht nie niemals außer ausser ohne aber kein",
    "es": "excepto salvo menos sin pero nunca tampoco",
    "fr": "pas jamais sauf excepté sans mais plus",
}
"""Words that may turn whatever is named into its contrary."""
IDLE = {
    "en": """a an the of to it is in on at or and your my me i i'd i'll want would like please option number answer
        take let's go for with that then this ok okay yes could you do works fine good great perfect thanks thank hello
        just rather instead better prefer them these those""",
    "de": """ein eine einen einem einer der die das den dem des zu zum zur es ist im in am an um auf oder und mein meine
        mir mich ich möchte will hätte gern gerne bitte option nummer nehme nehmen nimm dann dies diese diesen dieser
        ok okay ja passt geht gut super perfekt danke hallo lieber besser stattdessen mal würde wäre sie sind uhr für
        mit von davon artikel""",
    "es": """un una el la los las lo de del al a es en o y mi mis me yo quiero quisiera prefiero querría gustaría por
        favor opción número tomo elijo cojo con para eso ese esa este esta esos esas estos estas entonces ok vale sí
        si bien
        perfecto genial gracias hola mejor que sea son va estar viene""",
    "fr": """un une le la les l' de du des d' à au aux c'est est en ou et mon ma mes me moi je j'aimerais j'ai veux
        voudrais prends préfère s'il vous te plaît plait svp option numéro choisis pour avec ça cela ce cette ces
        celui celle
        ceux celles alors ok oui bien d'accord parfait super merci bonjour plutôt mieux va sera serait que""",
}
LONGEST = 8
"""Words; a longer message says something of its own."""
PARTED = {
    "en": r"[,;&+]|\band\b|\bplus\b",
    "de": r"[,;&+]|\bund\b|\bsowie\b|\bplus\b",
    "es": r"[,;&+]|\by\b|\be\b|\bmás\b",
    "fr": r"[,;&+]|\bet\b|\bplus\b",
}
_NUMBER = re.compile(r"(\d{1,2})(st|nd|rd|th|er|e|º)?")

Picked = list[int] | Literal["neither"] | None


def taken(text: str, options: Sequence[str], language: str) -> int | Literal["neither"] | None:
    """The place of the option that a message takes; None: it takes none, and does not say so."""
    found = picked(text, options, language)
    return found[0] if isinstance(found, list) else found


def picked(text: str, options: Sequence[str], language: str, *, many: bool = False) -> Picked:
    """The places of the options that a message takes: of one, or with `many` of any number of them."""
    exact = [at for at, option in enumerate(options) if _words(option) == _words(text)]
    if len(exact) == 1:
        return exact
    if not many:
        return _one(text, options, language)
    if (every := _every(text, options, language)) is not None:
        return every
    parts = [part for part in re.split(PARTED.get(language, PARTED["en"]), text.lower()) if _words(part)]
    each = [_one(part, options, language) for part in parts]
    found = [at for one in each if isinstance(one, list) for at in one]
    if len(each) == 1:
        return each[0]
    return sorted(set(found)) if len(found) == len(each) > 0 else None


@dataclass(frozen=True)
class _Said:
    """What a message says of the options."""

    words: list[str]
    """Without the idle ones, and without days and times."""
    spoken: list[str]
    """With the idle ones."""
    named: list[int]
    """The options that have all of it that any has."""
    length: int


def _said(text: str, options: Sequence[str], language: str) -> _Said | None:
    """None where a message says too much, nothing, or turns what it names into its contrary."""
    moments = marked(text, language)
    spoken = _words(moments.rest)
    words = [word for word in spoken if word not in _listed(IDLE, language)]
    length = len(words) + len(moments.sought)
    if not 0 < length <= LONGEST or not _listed(DENIED, language).isdisjoint(words):
        return None
    shown = [_Shown.of(option, language) for option in options]
    named = set(range(len(options)))
    for meant in moments.sought:
        named &= {at for at, option in enumerate(shown) if option.marks & meant}
    for word in words if length > 1 or not words or not _is_place(words[0], len(options), language) else []:
        named &= _having(word, shown, language)
    return _Said(words, spoken, sorted(named), length)


@dataclass(frozen=True)
class _Shown:
    """An option as it can be named."""

    words: frozenset[str]
    marks: frozenset[str]

    @classmethod
    def of(cls, option: str, language: str) -> Self:
        words = _words(marked(option, language).rest)
        return cls(frozenset(words) - _listed(IDLE, language), marks_of(option, language))


def _every(text: str, options: Sequence[str], language: str) -> list[int] | None:
    """All of them, or all that have what is said besides: "both mugs"."""
    said, every = _said(text, options, language), _listed(ALL, language)
    if said is None or every.isdisjoint(said.words):
        return None
    pair = not _listed(TWO, language).isdisjoint(said.words)
    return said.named if said.named and (not pair or len(said.named) == 2) else None


def _one(text: str, options: Sequence[str], language: str) -> Picked:
    said = _said(text, options, language)
    if said is None:
        return None
    found = _placed(said, len(options), language)
    if len(found) == 1:
        return list(found)
    return None if _listed(NEITHER, language).isdisjoint(said.words) else "neither"


def _having(word: str, shown: Sequence[_Shown], language: str) -> set[int]:
    """The options that a word leaves: those that have it, or all where none has and it is no number."""
    everywhere = set(range(len(shown)))
    is_place = _is_place(word, len(shown), language)
    having = {at for at, option in enumerate(shown) if any(_alike(word, one) for one in option.words)}
    if (number := _NUMBER.fullmatch(word)) is not None:
        n = int(number[1])
        marks = {f"d:{n}"} if number[2] else {f"t:{n:02}:00", f"t:{n + 12:02}:00", f"d:{n}"} if not is_place else set()
        having |= {at for at, option in enumerate(shown) if marks & option.marks}
    if is_place:
        return having or everywhere
    return having if having or number is not None else everywhere


def _is_place(word: str, many: int, language: str) -> bool:
    return any(word in words.split() for words in _places(language)[:many])


def _placed(said: _Said, many: int, language: str) -> set[int]:
    """Of the options that were named, those at the places that are said; all of them where no place is said."""
    places = [set(words.split()) for words in _places(language)[:many]]
    known = set[str]().union(*places, _listed(LAST, language))
    # A place right after another is said of it: "the second one".
    placing = {word for before, word in pairwise(["", *said.spoken]) if word in known and before not in known}
    if said.length > 1:
        placing -= _listed(ANY, language)
    found = {at for at, words in enumerate(places) if not words.isdisjoint(placing)}
    found |= {-1} if not _listed(LAST, language).isdisjoint(placing) else set()
    named = set(said.named)
    if not many or not found or len(named) < min(2, many):
        return named if len(named) < many else set()
    return {at % many for at in found} & named | {said.named[at] for at in found if at < len(named)}


def _places(language: str) -> Sequence[str]:
    return [plain(words) for words in PLACES.get(language, PLACES["en"])]


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", plain(text))


def _listed(lists: dict[str, str], language: str) -> set[str]:
    return set(plain(lists.get(language, lists["en"])).split())


def _alike(word: str, other: str) -> bool:
    """Whether two words are one in different forms: "cancel", "cancelling"."""
    short, long = sorted((word, other), key=len)
    return word == other or (len(short) > 3 and long.startswith(short)) or long == f"{short}s"
