"""Recipes as documents: what cannot be used is told with file, line, what is wrong and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.tools.browser.desk import BY_NUMBER, LOGIN, RECIPE
from tools.browser.action import RECIPES
from tools.browser.load import load_recipe
from tools.browser.recipe import Argument, Recipe
from tools.declared import DeclarationError


def written(folder: Path, text: str) -> Path:
    file = folder / "recipe.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def changed(old: str, new: str) -> str:
    text = RECIPE + LOGIN
    assert old in text, old
    return text.replace(old, new)


BROKEN = yaml.safe_load((Path(__file__).parent / "broken.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("broken", BROKEN, ids=[broken["said"] for broken in BROKEN])
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, broken: dict[str, str]) -> None:
    text = changed(broken["old"], broken["new"])
    with pytest.raises(DeclarationError) as raised:
        load_recipe(written(tmp_path, text))
    place = re.match(rf"{re.escape(str(tmp_path))}/recipe\.yaml:(\d+): ", str(raised.value))
    assert place is not None, raised.value
    assert broken["said"] in str(raised.value)
    assert broken["line"] in text.splitlines()[int(place[1]) - 1], raised.value


def test_the_tests_recipes_and_those_that_ship_are_whole(tmp_path: Path) -> None:
    shipped = [load_recipe(path) for path in sorted(RECIPES.glob("*.yaml"))]
    assert [recipe.id for recipe in shipped] == [path.stem for path in sorted(RECIPES.glob("*.yaml"))]
    text = RECIPE
    for old, new in BY_NUMBER.items():
        text = text.replace(old, new)
    assert load_recipe(written(tmp_path, text)).owner == "owner"
    assert load_recipe(written(tmp_path, RECIPE + LOGIN)).login is not None


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    return load_recipe(written(tmp_path_factory.mktemp("recipe"), RECIPE))


@pytest.mark.parametrize(
    "plan", ["", "week", "weeklymonthly", "weekly\n", "\nweekly", "weekly|monthly", "WEEKLY", "xweekly", 7, None]
)
def test_a_pattern_has_to_fit_the_whole_of_an_argument(recipe: Recipe, plan: object) -> None:
    with pytest.raises(ValidationError):
        recipe.arguments_model().model_validate({"plan": plan, "text": "x"})


def test_arguments_are_exact(recipe: Recipe) -> None:
    model = recipe.arguments_model()
    assert model.model_validate({"plan": "weekly", "text": "x"}).model_dump() == {"plan": "weekly", "text": "x"}
    for wrong in ({"plan": "weekly"}, {"plan": "weekly", "text": "x", "customer": "cus_100002"}):
        with pytest.raises(ValidationError):
            model.model_validate(wrong)


@given(
    pattern=st.sampled_from(["a|b", "^a$", "(?m)^a$", "a*", "[0-9]{2}|x", "(?s).b"]),
    text=st.text("ab0x9\n", max_size=4),
)
def test_no_pattern_can_be_made_to_look_at_a_part(recipe: Recipe, pattern: str, text: str) -> None:
    model = recipe.model_copy(update={"arguments": {"value": Argument(pattern=pattern)}}).arguments_model()
    try:
        model.model_validate({"value": text})
        fits = True
    except ValidationError:
        fits = False
    assert fits == (re.fullmatch(pattern, text) is not None)


def test_a_whole_number_is_held_against_its_pattern_too(recipe: Recipe) -> None:
    number = Argument(pattern="-?[1-9][0-9]?", type="int")
    model = recipe.model_copy(update={"arguments": {"n": number}}).arguments_model()
    assert model.model_validate({"n": -42}).model_dump() == {"n": -42}
    for wrong in (0, 100, 1.5, "x"):
        with pytest.raises(ValidationError):
            model.model_validate({"n": wrong})
