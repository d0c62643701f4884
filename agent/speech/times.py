"""How each language tells days and times: data, one `Times` a language.

All is lower case and without accents, as texts are when they are looked at; what is a pattern has no groups of its own
but those that are named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from knowledge.moments import days_of, months_of

PLAIN = str.maketrans("áàâäãéèêëíìîïóòôöúùûüñç’", "aaaaaeeeeiiiioooouuuunc'")
"""Letter by letter, so that places stay as they are."""
MORNING, AFTERNOON, EVENING = ("00:00", "11:59"), ("12:00", "17:59"), ("17:00", "23:59")


@dataclass(frozen=True, eq=False)
class Times:
    """What tells a day or a time in one language."""

    numerals: str
    """From one to twelve, in order."""
    relative: str
    """Words for a time that is told from now on."""
    coming: str
    """Pattern of a word for the next one of its kind: "next"."""
    halves: Mapping[str, str]
    """Part of a day → `am`, `pm`."""
    past: Mapping[str, int] = field(default_factory=dict)
    """Words before an hour → minutes."""
    after: Mapping[str, int] = field(default_factory=dict)
    """Words after an hour → minutes."""
    unit: str = "(?!)"
    """What makes a number before it an hour: "o'clock"."""
    lead: str = "(?!)"
    """What makes a number after it an hour: "at"."""
    half: str = "(?!)"
    """What tells, right after an hour, in which half of the day it is."""
    second_half: str = "(?!)"
    """Which of these mean the second half."""
    nth: str = ""
    """After the number of a day: "th"."""
    of: str = ""
    """Between the day and the month."""
    noon: str = "(?!)"
    parts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Pattern of a part of the day → from when to when it lasts."""
    days_ahead: Mapping[str, int] = field(default_factory=dict)
    weeks_ahead: Mapping[str, int] = field(default_factory=dict)
    ahead: str = "(?!)"
    """Pattern of so long from now, with the groups `count` and `unit`."""
    units: Mapping[str, str] = field(default_factory=dict)
    """How a unit begins → `minutes`, `hours`, `days`, `weeks`."""
    gone: str = "(?!)"
    """Pattern of what is over."""
    on_the: str = "(?!)"
    """Pattern of a day by its number alone, with the group `nth`."""


ENGLISH = Times(
    numerals="one two three four five six seven eight nine ten eleven twelve",
    relative="today tomorrow tonight yesterday week weekend weeks days month",
    coming="next",
    halves={"mornings?": "am", "afternoons?": "pm", "evening": "pm"},
    past={"half past": 30, "quarter past": 15, "quarter to": -15},
    unit=r"\so'?clock\b",
    lead=r"(?:\bat|@)\s?",
    half=r"\s?(?:[ap]\.?m\b\.?)",
    second_half="p",
    nth="(?:st|nd|rd|th)?",
    of=r"(?:of\s)?",
    noon="noon|midday",
    parts={"morning": MORNING, "afternoon": AFTERNOON, "evening": EVENING, "tonight": EVENING},
    days_ahead={"day after tomorrow": 2, "tomorrow": 1, "today": 0, "tonight": 0},
    weeks_ahead={"next week": 1, "this week": 0},
    ahead=r"\bin\s(?P<count>an?|\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s"
    r"(?P<unit>minute|hour|day|week)s?(?:'?\stime)?\b",
    units={"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"},
    gone=r"\b(?:yesterday|ago|last\s(?:week|night|month))\b",
    on_the=r"\b(?:on|by)\sthe\s(?P<nth>\d{1,2})(?:st|nd|rd|th)\b",
)
GERMAN = Times(
    numerals="eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf",
    relative="heute morgen ubermorgen uebermorgen gestern woche wochenende wochen tage tagen monat",
    coming="(?:na|nae)chste[nrms]?|kommende[nrms]?|diese[nrms]",
    halves={"(?:vor)?mittags?|fruh|morgens": "am", "nachmittags?|abends?": "pm"},
    past={"halb": -30, "viertel nach": 15, "viertel vor": -15, "dreiviertel": -15},
    unit=r"\s?uhr\b",
    lead=r"\b(?:um|gegen|ab)\s",
    half=r"\s(?:uhr\s)?(?:morgens|vormittags|fruh|mittags|nachmittags|abends)",
    second_half="mittags|nachmittags|abends",
    nth=r"\.?",
    noon="mittags?",
    parts={
        r"vormittags?|fruh|morgens|am morgen": MORNING,
        "nachmittags?|mittags?": AFTERNOON,
        "abends?|heute nacht": EVENING,
    },
    days_ahead={"(?:u|ue)bermorgen": 2, "(?<!am )(?<!guten )morgen": 1, "heute": 0},
    weeks_ahead={"(?:na|nae)chste[rn]? woche|kommende[rn]? woche": 1, "diese[rn]? woche": 0},
    ahead=r"\bin\s(?P<count>einer?|einem|\d{1,3}|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf)\s"
    r"(?P<unit>minute|stunde|tag|woche)(?:n|en|e)?\b",
    units={"minute": "minutes", "stunde": "hours", "tag": "days", "woche": "weeks"},
    gone=r"\b(?:gestern|vorgestern|vor\s(?:\d+|einer|einem|zwei|drei)|letzte[nr]?\s(?:woche|nacht|monat))\b",
    on_the=r"\b(?:am|bis zum|zum|ab dem)\s(?P<nth>\d{1,2})\.(?!\s?\d)",
)
SPANISH = Times(
    numerals="una dos tres cuatro cinco seis siete ocho nueve diez once doce",
    relative="hoy ayer semana semanas dias mes anoche",
    coming="proxim[oa]|que viene|siguiente|este|esta",
    halves={"(?:por|de|en) la manana": "am", "(?:por|de|en) la (?:tarde|noche)": "pm"},
    after={"y media": 30, "y cuarto": 15, "menos cuarto": -15},
    unit=r"\s?h(?:oras?|s)?\b",
    lead=r"\b(?:a|sobre|hacia|desde)?\s?las?\s",
    half=r"\s(?:de la (?:manana|tarde|noche)|[ap]\.?\s?m\b\.?)",
    second_half="tarde|noche|p",
    nth="[ºo°]?",
    of=r"(?:de\s)?",
    noon="mediodia",
    parts={
        "(?:por|de|en) la manana": MORNING,
        "(?:por|de|en) la tarde": AFTERNOON,
        "(?:por|de|en) la noche|esta noche": EVENING,
    },
    days_ahead={"pasado manana": 2, "(?<!la )manana": 1, "hoy": 0, "esta noche": 0},
    weeks_ahead={"(?:la )?(?:proxima semana|semana que viene|semana proxima)": 1, "esta semana": 0},
    ahead=r"\b(?:en|dentro de)\s(?P<count>una?|\d{1,3}|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)\s"
    r"(?P<unit>minuto|hora|dia|semana)s?\b",
    units={"minuto": "minutes", "hora": "hours", "dia": "days", "semana": "weeks"},
    gone=r"\b(?:ayer|anoche|hace|(?:semana|mes|noche)\spasad[oa])\b",
    on_the=r"\b(?:el|para el|antes del|hasta el)\s(?:dia\s)?(?P<nth>\d{1,2})\b(?!\s?(?:de\s[a-z]|[:.]\d))",
)
FRENCH = Times(
    numerals="une deux trois quatre cinq six sept huit neuf dix onze douze",
    relative="aujourd'hui demain apres-demain hier semaine semaines jours mois",
    coming="prochaine?|ce|cette|qui vient",
    halves={"matin": "am", "apres-midi|apres midi|soir": "pm"},
    after={"et demie?": 30, "et quart": 15, "moins le quart": -15, "moins quart": -15},
    unit=r"\s?h(?:eures?)?\b",
    lead=r"\b(?:vers|des)\s",
    half=r"\s(?:heures?\s)?(?:du matin|de l'apres.midi|du soir)",
    second_half="apres|soir",
    nth="(?:er)?",
    noon="midi",
    parts={"(?<!de ce )matin": MORNING, "apres.midi": AFTERNOON, "soir|ce soir": EVENING},
    days_ahead={"apres[- ]demain": 2, "demain": 1, "aujourd'hui": 0, "ce soir": 0},
    weeks_ahead={"(?:la )?semaine (?:prochaine|qui vient)": 1, "cette semaine": 0},
    ahead=r"\bdans\s(?P<count>une?|\d{1,3}|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze)\s"
    r"(?P<unit>minute|heure|jour|semaine)s?\b",
    units={"minute": "minutes", "heure": "hours", "jour": "days", "semaine": "weeks"},
    gone=r"\b(?:hier|avant-hier|il y a|(?:semaine|mois|nuit)\s(?:dernier|derniere|passee?))\b",
    on_the=r"\b(?:le|avant le|pour le|jusqu'au|du)\s(?P<nth>\d{1,2})(?:er)?\b(?!\s?(?:[a-z]{3}|[:.h]))",
)
TIMES = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "fr": FRENCH}
"""ISO 639-1 → how it tells days and times."""


def times_of(language: str) -> Times:
    """Those of a language; the English ones where it has none."""
    return TIMES.get(language, ENGLISH)


def plain(text: str) -> str:
    """A text as these patterns look at it, letter by letter."""
    return text.lower().translate(PLAIN)


@cache
def day_names(language: str) -> list[str]:
    """The days, Monday first."""
    return [plain(name) for name in days_of(language)]


@cache
def month_names(language: str) -> list[str]:
    """The months in order."""
    return [plain(name) for name in months_of(language)]


def short_of(name: str, names: list[str]) -> str:
    """How a name begins, as far as it takes to tell it from the others; three letters at least."""
    return next(
        name[:size] for size in range(3, len(name) + 1) if sum(other.startswith(name[:size]) for other in names) == 1
    )
