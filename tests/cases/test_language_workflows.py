"""The six workflows with a language model behind an endpoint: read by it, worded by it, and decided as always."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agent.casefile import events as e
from evals.scripted_model import Answer, Body, Fault, ScriptedModel, kind_of
from evals.talk import Turn
from tests.cases.conftest import copied
from tests.cases.decent import Decent
from tests.cases.house import House, running
from tests.cases.people import People

TIMEOUT_S = 9.0
NEAR = "Do you ship to the moon?"
WANTS = {
    "where is my order": "order_status",
    "cancel": "cancel_order",
    "money back": "refund",
    "change my email": "change_email",
    "send something back": "question",
    "who won": "question",
    NEAR: "question",
    "a human being": "person",
}
QUESTION = "How many days do I have to send something back?"
UNANSWERED = "Tell me who won the chess championship in 1972"


@dataclass
class Spoken:
    """A house whose model is behind an endpoint."""

    house: House
    people: People
    scripted: ScriptedModel

    def hears(self, **facts: str) -> Decent:
        """From here on it answers decently; `facts` are values it recognises."""
        model = Decent(WANTS, facts)
        self.scripted.follows(model)
        return model


def _settings(scripted: ScriptedModel) -> dict[str, Any]:
    endpoint = {"model": scripted.name, "openai_base_url": scripted.base_url, "openai_api_key": scripted.api_key}
    return {"turn_timeout_s": TIMEOUT_S, **endpoint}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def spoken(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Spoken]:
    home = copied(built_home, tmp_path_factory.mktemp("spoken") / "home")
    async with ScriptedModel() as scripted, running(home, **_settings(scripted)) as house:
        yield Spoken(house, await People.of(house.oracle), scripted)


def _by_it(spoken: Spoken, turn: Turn) -> Turn:
    assert turn["model"] == spoken.scripted.name
    return turn


async def test_order_status_is_told_after_two_facts(spoken: Spoken) -> None:
    customer, order = spoken.people.with_order("shipped")
    spoken.hears(name=customer["name"], postcode=customer["postcode"])
    case = await spoken.house.open()
    turn = _by_it(spoken, await case.say(f"Hi, where is my order {order['id']}?"))
    assert order["delivery"]["tracking"] not in turn["reply"]
    turn = await spoken.house.answer_asks(case, turn, customer, order["id"])
    assert order["delivery"]["tracking"] in turn["reply"]
    assert turn["model"] == "offline", "to give what was asked for is plain, and costs no call"


async def test_cancelling_waits_for_the_yes(spoken: Spoken) -> None:
    customer, order = spoken.people.with_order("processing")
    model = spoken.hears()
    case, before = await spoken.house.verified(customer["id"]), await spoken.house.oracle.seq()
    turn = _by_it(spoken, await case.say(f"please cancel {order['id']}"))
    assert turn["asks"][0]["proposal"]["args"] == {"order_id": order["id"]}
    turn = await case.say("yes")
    assert [(r["action"], r["state"]) for r in turn["receipts"]] == [("cancel_order", "verified")]
    assert len(await spoken.house.oracle.written(before)) == 1
    assert (await case.say("Thank you!"))["reply"]
    assert model.asked == ["read"], "a workflow asks no model what to do or to say, and nor do a yes and thanks"


@pytest.mark.parametrize(("least", "most", "status"), [(5, 50, "waiting_customer"), (60, 400, "waiting_approval")])
async def test_a_refund_goes_to_whom_the_policy_says(spoken: Spoken, least: int, most: int, status: str) -> None:
    customer, order = spoken.people.refundable(least, most)
    spoken.hears()
    case = await spoken.house.verified(customer["id"])
    turn = _by_it(spoken, await case.say(f"I want my money back for {order['id']} because it is broken"))
    assert turn["status"] == status, turn
    if status == "waiting_approval":
        [approval] = await spoken.house.approvals(case)
        turn = (await spoken.house.decide(approval["id"], decision="approve")).json()["turn"]
    else:
        turn = await case.say("yes")
    assert [(r["action"], r["state"]) for r in turn["receipts"]] == [("issue_refund", "verified")]


async def test_the_companys_guidance_reaches_the_model_while_its_matter_is_open(spoken: Spoken) -> None:
    customer, order = spoken.people.refundable(5, 50)
    model, told = spoken.hears(), list[str]()

    def listening(body: Body) -> Answer:
        told.append(str(body["messages"]))
        return model(body)

    spoken.scripted.follows(listening)
    case = await spoken.house.verified(customer["id"])
    turn = _by_it(spoken, await case.say(f"I want my money back for {order['id']}"))
    assert [ask["name"] for ask in turn["asks"]] == ["reason"], turn
    await case.say("where is my order by the way?")
    note = "What went wrong is the reason, even where it is told in passing."
    assert [note in prompt for prompt in told[:2]] == [False, True]


async def test_an_e_mail_is_changed_after_the_code(spoken: Spoken) -> None:
    customer, order = spoken.people.with_order("delivered")
    spoken.hears(name=customer["name"], postcode=customer["postcode"])
    case = await spoken.house.open()
    turn = await case.say("Please change my email address to spoken@example.org")
    turn = await spoken.house.answer_asks(case, turn, customer, order["id"])
    assert turn["asks"][0]["proposal"]["args"] == {"email": "spoken@example.org"}, turn
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"


async def test_a_question_is_worded_sentence_by_sentence_with_its_citation(spoken: Spoken) -> None:
    model = spoken.hears()
    case = await spoken.house.open()
    events = [event async for event in case.stream(QUESTION)]
    *sentences, (kind, turn) = events
    assert kind == "turn"
    assert [name for name, _ in sentences] == ["sentence"] * len(sentences)
    assert " ".join(data["text"] for _, data in sentences).split() == _by_it(spoken, turn)["reply"].split()
    assert turn["citations"], turn
    assert model.asked == ["read", "word"], "what carries the question needs no proposal"


async def test_an_answer_that_came_with_its_proposal_costs_no_third_call(spoken: Spoken) -> None:
    model = spoken.hears()
    turn = _by_it(spoken, await (await spoken.house.open()).say(NEAR))
    assert model.asked == ["read", "propose"]
    assert turn["citations"], turn


async def test_an_early_fact_counts_late_and_the_prompt_does_not_grow(spoken: Spoken) -> None:
    customer, order = spoken.people.with_order("processing")
    decent, sizes = spoken.hears(), list[int]()

    def attentive(body: Body) -> Answer:
        """Reads "the order from before" as what the prompt says was given."""
        prompt = "".join(str(message["content"]) for message in body["messages"])
        sizes.append(len(prompt))
        answer = decent(body)
        if "the order from before" in prompt.rpartition("Newest message")[2] and answer.report is not None:
            given = re.findall(r"order_id: .*?(HG-\d+)", prompt)
            answer.report["values"] = [
                {"name": "order_id", "text": "the order from before", "value": given[0], "new": None}
            ]
        return answer

    spoken.scripted.follows(attentive)
    case = await spoken.house.verified(customer["id"])
    await case.say(f"where is my order {order['id']}?")
    for number in range(50):
        await case.say(f"How many days do I have to send something back, if I ask {number} times?")
    reads = sizes[1::2]
    assert max(reads[-5:]) <= 1.1 * max(reads[15:20]), "turn 50 costs what turn 20 does"
    turn = await case.say("please cancel the order from before")
    assert turn["asks"][0]["proposal"]["args"] == {"order_id": order["id"]}, turn


async def test_a_person_is_reached(spoken: Spoken) -> None:
    spoken.hears()
    turn = _by_it(spoken, await (await spoken.house.open()).say("I want to talk to a human being"))
    assert turn["handoff"]["reason"] == "person_asked"


MORE_FAULTS = ("slow", "http_500", "cut_stream", "truncated", "empty", "refuses")


@pytest.mark.parametrize(
    "fault",
    [
        *("down", "garbage", "rate_limited"),
        *(pytest.param(name, marks=pytest.mark.slow) for name in MORE_FAULTS),
    ],
)
async def test_an_endpoint_that_fails_costs_only_the_model_and_the_file_says_so(ready_home: Path, fault: Fault) -> None:
    async with ScriptedModel() as scripted, running(ready_home, **_settings(scripted)) as house:
        model = Decent(WANTS)
        scripted.follows(model)
        scripted.suffers(fault, seconds=60.0)
        after = f"offline (after {scripted.name} failed)"
        customer, order = (await People.of(house.oracle)).with_order("processing")
        case = await house.verified(customer["id"])
        turn = await case.say(f"please cancel order {order['id']}")
        assert turn["model"] == after
        assert turn["asks"][0]["proposal"]["args"] == {"order_id": order["id"]}, turn
        read = [event.body for event in await house.front.desk.files.events(case.id)]
        assert [body.model for body in read if isinstance(body, e.IntakeRead)] == [after]
        scripted.recovers()
        assert (await case.say("yes"))["receipts"][0]["state"] == "verified"
        assert (await case.say("I want to talk to a human being"))["model"] == scripted.name


@pytest.mark.parametrize(
    ("question", "fault"),
    [(UNANSWERED, "down"), (UNANSWERED, "empty"), (QUESTION, "slow"), (QUESTION, "cut_stream")],
    ids=["propose-down", "propose-empty", "word-slow", "word-cut_stream"],
)
async def test_an_endpoint_that_fails_in_the_middle_of_a_turn_still_answers(
    ready_home: Path, question: str, fault: Fault
) -> None:
    async with ScriptedModel() as scripted, running(ready_home, **_settings(scripted)) as house:
        model = Decent(WANTS)

        def script(body: Body) -> Answer:
            if kind_of(body) == "read":
                scripted.suffers(fault, seconds=60.0)
            return model(body)

        scripted.follows(script)
        turn = await (await house.open()).say(question)
        assert turn["reply"], turn
        assert bool(turn["citations"]) is (question == QUESTION), turn
        assert turn["model"].startswith("offline (after")
