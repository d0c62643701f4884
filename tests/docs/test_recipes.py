"""What the page of recipes tells a reader to do is done here, to the letter, on a copy of the project."""

from __future__ import annotations

import pytest

from tests.browser import executable
from tests.docs.pages import block, says
from tests.docs.reader import Copy

RECIPES = "docs/browser-recipes.md"
HALFWAY = "## 2. What is missing now"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # the machines that run these tests are busy


async def test_a_new_recipe_is_a_tool_and_meets_its_test(tmp_path_factory: pytest.TempPathFactory) -> None:
    copy = Copy.at(tmp_path_factory.mktemp("recipes"))
    copy.follow(RECIPES, until=HALFWAY)
    code, said = await copy.python("cli", "playbook", "check")
    assert code == 1
    says(RECIPES, "the check after the recipe", block(said))
    copy.follow(RECIPES, after=HALFWAY)
    code, said = await copy.python("cli", "playbook", "check")
    assert (code, "Nothing to mend" in said) == (0, True), said
    executable()
    code, said = await copy.python("pytest", "tests/tools/browser/test_goodwill_points.py", "-p", "no:cacheprovider")
    assert code == 0, said
