"""What customers mean when they name the items of an order."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import items


@dataclass(frozen=True)
class Line:
    sku: str
    name: str
    qty: int


ORDER = [
    Line("KIT-MUG01", "Stoneware mug, speckled", 2),
    Line("HOM-LMP03", "Table lamp, brass foot", 1),
    Line("COF-HB250", "Harbour Blend coffee beans, 250 g", 1),
    Line("COF-ET250", "Ethiopian hill coffee beans, 250 g", 2),
    Line("KIT-KNF05", "Chef's knives, set of 5", 1),
]
MUGS, LAMP, BLEND, HILL, KNIVES = (line.sku for line in ORDER)
EVERYTHING = {line.sku: line.qty for line in ORDER}


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("the lamp and the two mugs", {MUGS: 2, LAMP: 1}),
        ("two mugs and the lamp", {MUGS: 2, LAMP: 1}),
        ("one of the two speckled mugs", {MUGS: 1}),
        ("A MUG", {MUGS: 1}),
        ("the mugs", {MUGS: 2}),
        ("both mugs", {MUGS: 2}),
        ("the knife set", {}),
        ("the set of knives", {KNIVES: 1}),
        ("Ethiopian beans, two bags of them, no, two bags of Ethiopian beans", {HILL: 2}),
        ("the harbour coffee and a bag of the Ethiopian", {BLEND: 1, HILL: 1}),
        ("hom-lmp03", {LAMP: 1}),
        (f"{MUGS},{LAMP}", {MUGS: 2, LAMP: 1}),
        ("everything", EVERYTHING),
        ("the whole order", EVERYTHING),
        ("my order", EVERYTHING),
        ("everything except the lamp", EVERYTHING | {LAMP: 0}),
        ("all but one mug", EVERYTHING | {MUGS: 1}),
        ("the lamp, not the mugs", {LAMP: 1}),
        # What may be one or the other, is more than was bought, or is nothing of it, is asked for.
        ("the coffee", {}),
        ("the mugs and the beans", {}),
        ("three mugs", {}),
        ("the vase", {}),
        ("it", {}),
        ("", {}),
    ],
)
def test_items_are_meant_by_their_names(words: str, pieces: dict[str, int]) -> None:
    assert items.meant(words, ORDER) == {sku: qty for sku, qty in pieces.items() if qty}


def test_the_only_piece_there_is_is_meant_by_any_words() -> None:
    lamp = ORDER[1:2]
    assert items.meant("it", lamp) == {LAMP: 1}
    assert items.meant("", lamp) == {LAMP: 1}
    assert items.meant("not the lamp", lamp) == {}


NAMES = st.text(max_size=30) | st.sampled_from([line.name for line in ORDER]) | st.just("Mug (large); x 3 (no)")
LINES = st.lists(
    st.builds(Line, st.from_regex(r"[A-Z]{3}-[A-Z0-9]{5}", fullmatch=True), NAMES, st.integers(1, 99)),
    min_size=1,
    max_size=5,
    unique_by=lambda line: line.sku,
)


@given(LINES, st.data())
def test_a_choice_is_read_as_it_was_written(lines: list[Line], data: st.DataObject) -> None:
    pieces = {line.sku: data.draw(st.integers(0, line.qty)) for line in lines}
    wanted = {sku: qty for sku, qty in pieces.items() if qty}
    text = items.written(lines, pieces)
    assert (items.chosen(text) or {}) == wanted
    assert bool(text) == bool(wanted)


@given(LINES, st.text(max_size=60))
def test_nothing_is_meant_that_was_not_bought(lines: list[Line], words: str) -> None:
    bought = {line.sku: line.qty for line in lines}
    assert all(0 < qty <= bought[sku] for sku, qty in items.meant(words, lines).items())


@pytest.mark.parametrize("text", ["", "the mugs", "0 x Mug (M-1)", "1 x Mug (M-1), 1 x Cup (C-1)", "2 x Mug (M-1); "])
def test_what_is_no_choice_is_none(text: str) -> None:
    assert items.chosen(text) is None
