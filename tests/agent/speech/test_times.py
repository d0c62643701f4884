"""Days and times as Germans, Spaniards and the French tell them, on Friday 27 November 2026 at noon."""

from datetime import datetime

import pytest

from agent.speech.calendar import when
from agent.speech.choices import taken
from knowledge.moments import spoken

NOW = datetime(2026, 11, 27, 12)
OPTIONS = ["2026-12-01T10:00", "2026-12-01T14:30", "2026-12-03T10:00"]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("de", "übermorgen", "2026-11-29"),
        ("de", "naechsten Dienstag", "2026-12-01"),
        ("de", "am 3. Dezember um 10 Uhr", "2026-12-03T10:00"),
        ("de", "morgen früh um halb neun", "2026-11-28T08:30"),
        ("de", "in zwei Stunden", "2026-11-27T14:00"),
        ("de", "am 5.", "2026-12-05"),
        ("de", "nächste Woche", "2026-11-30/2026-12-06"),
        ("de", "gestern um 10", None),
        ("es", "pasado mañana", "2026-11-29"),
        ("es", "el martes que viene", "2026-12-01"),
        ("es", "el 3 de diciembre a las diez", "2026-12-03T10:00"),
        ("es", "mañana por la mañana a las 8 y media", "2026-11-28T08:30"),
        ("es", "dentro de 3 dias", "2026-11-30"),
        ("es", "a las 3 de la tarde", "2026-11-27T15:00"),
        ("es", "ayer", None),
        ("fr", "après-demain", "2026-11-29"),
        ("fr", "mardi prochain", "2026-12-01"),
        ("fr", "le 3 décembre à 10h", "2026-12-03T10:00"),
        ("fr", "lundi à neuf heures et demie", "2026-11-30T09:30"),
        ("fr", "apres demain a 9h", "2026-11-29T09:00"),
        ("fr", "dans deux heures", "2026-11-27T14:00"),
        ("fr", "il y a deux jours", None),
    ],
)
def test_a_day_or_a_time_is_understood(language: str, text: str, value: str | None) -> None:
    found = when(text, NOW, language)
    assert (found.value if found else None) == value


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_a_moment_is_understood_as_it_is_told(language: str) -> None:
    for moment in OPTIONS:
        found = when(spoken(moment, language), NOW, language)
        assert found is not None
        assert found.value == moment


@pytest.mark.parametrize(
    ("language", "text", "place"),
    [
        ("de", "den zweiten bitte", 1),
        ("de", "Dienstag um 10 Uhr", 0),
        ("de", "der am Donnerstag passt", 2),
        ("de", "nichts davon", "neither"),
        ("es", "el tercero", 2),
        ("es", "el martes a las 10", 0),
        ("es", "ninguno", "neither"),
        ("fr", "le premier svp", 0),
        ("fr", "jeudi", 2),
        ("fr", "aucun", "neither"),
    ],
)
def test_one_of_several_times_is_taken(language: str, text: str, place: object) -> None:
    assert taken(text, [spoken(moment, language) for moment in OPTIONS], language) == place
