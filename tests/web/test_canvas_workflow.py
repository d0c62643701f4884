"""A workflow in words and as a drawing: every step of Harbor's is in it, nothing overlaps, and nothing is lost."""

import re
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.async_api import Page, expect

from knowledge.procedure import written
from knowledge.workflows import Workflow
from tests.knowledge.vocabulary import HARBOR_TOOLS
from tests.web.casework import HARBOR, Casework
from web.canvas_diagram import WIDE, drawn
from web.canvas_reading import read
from web.canvas_workflow import Told, told

TEXTS = {f"workflows/{path.name}": path.read_text(encoding="utf-8") for path in (HARBOR / "workflows").glob("*.yaml")}
STEPS: st.SearchStrategy[list[Told]] = st.deferred(
    lambda: st.lists(
        st.builds(
            Told,
            kind=st.sampled_from(["look_up", "ask", "propose", "say", "person", "do"]),
            text=st.text(max_size=90),
            only_if=st.just("") | st.text(min_size=1, max_size=60),
        )
        | st.builds(Told, kind=st.just("branch"), text=st.just("If so"), then=STEPS, otherwise=st.just([]) | STEPS),
        min_size=1,
        max_size=3,
    )
)


def all_steps(steps: Sequence[Told]) -> Iterator[Told]:
    for step in steps:
        yield step
        yield from all_steps(step.then)
        yield from all_steps(step.otherwise)


@pytest.mark.parametrize("file", sorted(TEXTS))
def test_each_step_of_harbors_workflows_is_told_and_drawn(file: str) -> None:
    reading = read(file, TEXTS, HARBOR_TOOLS)
    stated = len(re.findall(r"^\s*(?:- )?(?:look_up|ask|propose|say|person|if|do): ", TEXTS[file], re.MULTILINE))
    steps = list(all_steps(reading.steps))
    assert len(steps) == stated + 1, "and what is needed before"
    assert len(reading.diagram.boxes) == len(steps)
    assert not any("`" in step.only_if + step.text for step in steps), "conditions are told in words"


@settings(max_examples=40)
@given(STEPS)
def test_no_box_lies_on_another_or_outside_the_drawing(steps: list[Told]) -> None:
    diagram = drawn(steps)
    assert len(diagram.boxes) == len(list(all_steps(steps)))
    sides = [(box.left, box.y, box.left + WIDE, box.y + box.height) for box in diagram.boxes]
    for at, (left, top, right, bottom) in enumerate(sides):
        assert left >= 0
        assert top >= 0
        assert right <= diagram.width
        assert bottom <= diagram.height
        for other in sides[at + 1 :]:
            apart = other[0] >= right or other[2] <= left or other[1] >= bottom or other[3] <= top
            assert apart, (sides[at], other)


def test_words_name_conditions_parts_and_what_happens_where_nothing_is_found() -> None:
    workflow = Workflow.model_validate(
        {
            "id": "w", "title": "T", "identity": "confirmed", "needs": [{"slot": "order_id"}],
            "conditions": {"it is late": "slots.order_id == 'x'"},
            "steps": [
                {"look_up": "get_order", "with": {"order_id": "slots.order_id"}, "if_missing": "none",
                 "slot": "order_id"},
                {"if": "it is late", "then": [{"person": "late_parcel"}], "else": [{"do": "unknown_part"}]},
                {"when": 'order.status == "shipped"', "say": "on_its_way"},
            ],
        }
    )  # fmt: skip
    begin, look, branch, say = told(workflow, {}, HARBOR_TOOLS)
    assert begin.text == "The customer is confirmed; needed: order id"
    assert (look.text, look.note) == ("Look up: get order", "nothing found: say none, and ask for the order id again")
    assert branch.text == "If it is late"
    assert [step.text for step in (*branch.then, *branch.otherwise)] == [
        "A person takes over: late parcel",
        "Do the steps of: unknown part",
    ]
    assert (say.only_if, say.ends) == ('the order\'s status is "shipped"', True)
    assert len(list(written(workflow.steps))) == 5


@pytest.mark.slow
async def test_a_drawing_is_named_for_who_hears_the_page_and_stands_there_as_a_list(mara: Page, work: Casework) -> None:
    draft = await work.front.drafts.begin("Drawn", work.live.id, by="Mara")
    await mara.goto(f"{work.url}/console/canvas/drafts/{draft.id}/documents/workflows/change_delivery.yaml")
    picture = mara.get_by_role("img", name="Change where an order goes")
    await expect(picture).to_be_visible()
    assert "Propose: change delivery" in (await picture.locator("desc").text_content() or "")
    await mara.get_by_text("The same as a list").press("Enter")
    listed = mara.locator("ol.steps").first
    await expect(listed.get_by_text("Only if nothing was said of where to: Ask for: preference")).to_be_visible()
    box = mara.get_by_label("Text", exact=True)
    await box.fill((await box.input_value()).replace("ask: postcode", "person: unknown_postcode"))
    await expect(picture.get_by_text("A person takes over: unknown")).to_be_visible()
