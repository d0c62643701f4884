"""Scenarios: Harbor's own pass, what is broken fails with its reason, and a loosened rule is a flip."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import cli
from evals.scenario import Played, flips, play, rewritten
from evals.scratch import Scratch
from knowledge.scenarios import Scenario
from tests.knowledge.conftest import HARBOR

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(HARBOR, tmp_path / "harbor")


def scenario(text: str) -> Scenario:
    return Scenario.model_validate({"name": "tried", "why": "To see.", **yaml.safe_load(text)})


async def tried(company: Scratch, text: str) -> Played:
    [played] = await play(company, company.live, [scenario(text)])
    return played


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_harbors_scenarios_pass_and_are_of_all_kinds(company: Scratch) -> None:
    played = await play(company, company.live)
    assert {one.id: one.why for one in played if not one.passed} == {}
    told = list(company.live.playbook.scenarios.values())
    assert len(told) >= 25
    assert {one.expect.outcome for one in told} >= {"confirm", "approve", "forbid"}
    assert {one.reviewer for one in told} >= {"approves", "rejects", "edits", "lets_lapse"}
    assert any(one.given.faults for one in told)
    assert any(one.goal for one in told)
    assert all(one.expect.changes is not None for one in told)


CANCEL = """
given: {order: {status: processing}}
customer: ["Please cancel {order_id}, we have it twice.", "yes"]
expect: EXPECT
"""
WRONG = {
    "{status: waiting_person}": "the status is resolved, not waiting_person",
    "{outcome: forbid}": "the last ruling is confirm, not forbid",
    "{handoff: policy}": "the handoff is None, not policy",
    "{cites: [refunds/4.2]}": "refunds/4.2 was not cited",
    '{says: ["money is on its way to {name}"]}': "it was not said: money is on its way to",
    '{never_says: ["IS CANCELLED"]}': "it was said: IS CANCELLED",
    "{changes: []}": "orders HG-",
    "{changes: [{resource: orders, fields: {status: shipped}}]}": 'nothing changed orders to {"status": "shipped"}',
    "{changes: [{resource: orders, fields: {status: cancelled}}, {resource: refunds}]}": "nothing changed refunds",
    "{changes: [{resource: orders, fields: {status: {amount: cancelled}}}]}": "nothing changed orders",
}


@pytest.mark.parametrize("expect", WRONG)
async def test_what_came_out_otherwise_is_told(company: Scratch, expect: str) -> None:
    played = await tried(company, CANCEL.replace("EXPECT", expect))
    assert not played.passed
    assert WRONG[expect] in played.why


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("{order: {status: eaten}}", "no customer is as `given` describes them"),
        ("{customer: cus_999999}", "no customer is as"),
        ("{faults: [{name: earthquake}]}", "the systems do not take this fault"),
    ],
)
async def test_what_cannot_be_played_fails_and_says_why(company: Scratch, given: str, why: str) -> None:
    played = await tried(company, f"{{given: {given}, customer: [hello], expect: {{status: resolved}}}}")
    assert (played.passed, why in played.why) == (False, True)


async def test_the_one_on_the_page_passes(company: Scratch) -> None:
    [example] = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8"), re.DOTALL
    )
    [(name, told)] = yaml.safe_load(example).items()
    [played] = await play(company, company.live, [Scenario.model_validate({"name": name, **told})])
    assert played == Played(name, True, "")


async def test_one_scenario_leaves_nothing_to_the_next(company: Scratch) -> None:
    text = CANCEL.replace("EXPECT", "{status: resolved, changes: [{resource: orders, fields: {status: cancelled}}]}")
    faulty = text.replace("given: {", "given: {faults: [{name: lost_write, n: 9}], ")
    told = [scenario(text), scenario(faulty), scenario(text)]
    assert [one.passed for one in await play(company, company.live, told)] == [True, False, True]


async def test_it_is_played_at_the_time_that_it_names(company: Scratch) -> None:
    text = """
    given: {at: 2026-03-08T21:30}
    customer: ["Please remind me tomorrow at 9 to water the plants."]
    expect: {status: waiting_customer, says: ["Monday 9 March 2026 at 09:00"]}
    """
    assert await tried(company, text) == Played("tried", True, "")


async def test_who_is_described_is_found(company: Scratch) -> None:
    text = """
    given: {customer: null, signed_in: false, order: {status: delivered, days_since_delivery: [33, 60]}}
    customer: ["Where is {order_id}? My postcode is {postcode}."]
    expect: {status: resolved, says: ["{order_id}"], never_says: ["{email}"]}
    """
    assert await tried(company, text) == Played("tried", True, "")


@pytest.mark.timeout(300)
async def test_a_loosened_rule_flips_the_scenario_that_held_it_and_no_other(company: Scratch, copy: Path) -> None:
    edit(copy / "policies" / "refunds.md", "action.args.amount > 50.0", "action.args.amount > 500.0")
    draft = await company.keep(copy)
    names = ("refund_just_above_the_limit_waits", "refund_at_the_limit_is_paid", "refund_comes_too_late")
    now = await play(company, draft, [draft.playbook.scenarios[name] for name in names])
    assert [one.passed for one in now] == [False, True, True]
    assert await flips(company, company.live, draft, now) == ["refund_just_above_the_limit_waits"]


@pytest.mark.timeout(300)
async def test_a_scenario_that_is_rewritten_or_removed_is_held_as_it_was(company: Scratch, copy: Path) -> None:
    edit(copy / "policies" / "refunds.md", "action.args.amount > 50.0", "action.args.amount > 500.0")
    scenarios = copy / "scenarios" / "refunds.yaml"
    edit(scenarios, "refund_just_above_the_limit_waits:", "refund_just_above_the_limit_is_paid:")
    edit(scenarios, "refund_comes_too_late:", "refund_comes_late:")
    assert await rewritten(company, company.live, await company.keep(copy)) == ["refund_just_above_the_limit_waits"]


async def test_what_failed_before_is_no_flip(company: Scratch, copy: Path) -> None:
    edit(copy / "scenarios" / "account.yaml", "handoff: privacy", "handoff: policy")
    edit(copy / "scenarios" / "account.yaml", "account_is_deleted_by_a_person", "account_is_deleted_by_anybody")
    draft = await company.keep(copy)
    now = await play(company, draft, [draft.playbook.scenarios["account_is_deleted_by_anybody"]])
    assert [one.passed for one in now] == [False]
    assert await flips(company, company.live, draft, now) == []


@pytest.mark.slow
def test_the_command_fails_with_a_scenario_and_names_it(command_home: Path, copy: Path) -> None:
    for file in (copy / "scenarios").iterdir():
        file.unlink()
    (copy / "scenarios" / "few.yaml").write_text(
        "hello_is_answered:\n  why: Courtesy.\n  customer: [Hello there]\n  expect: {status: resolved}\n"
        "hello_is_refused:\n  why: It is not.\n  customer: [Hello there]\n  expect: {status: closed}\n"
    )
    env = {"DESKHAND_HOME": str(command_home)}
    shown = CliRunner().invoke(cli.app, ["playbook", "test", str(copy)], env=env)
    assert shown.exit_code == 1
    assert "hello_is_answered: passed" in shown.stdout
    assert "hello_is_refused: FAILED: the status is resolved, not closed" in shown.stdout


BROKEN = {
    "customer: [hi]\n  goal: {intent: refund}": ("a scenario has messages of a customer, or a goal", 1),
    "goal: {intent: refunds}": ("unknown intent 'refunds'", 3),
    "customer: [hi]\n  reviewer: edits": ("`edited` says what a reviewer", 1),
    'customer: ["cancel {order_id}"]': ("nothing is given as '{order_id}'", 3),
    "customer: [hi]\n  given: {ordr: {status: shipped}}": ("unknown key 'ordr'", 4),
}


@pytest.mark.parametrize("part", BROKEN)
def test_a_mistake_in_a_scenario_is_found_where_it_stands(copy: Path, part: str, run: Callable[..., str]) -> None:
    text = f"tried:\n  why: To see.\n  {part}\n  expect: {{cites: [refunds/4.2]}}\n"
    (copy / "scenarios" / "tried.yaml").write_text(text)
    says, line = BROKEN[part]
    assert f"scenarios/tried.yaml:{line}: {says}" in run("playbook", "check", str(copy))


def test_a_scenario_that_cites_nothing_or_stands_twice_is_found(copy: Path, run: Callable[..., str]) -> None:
    text = "small_refund_is_paid_after_a_yes:\n  why: Again.\n  customer: [hi]\n  expect:\n    cites: [refunds/4.99]\n"
    (copy / "scenarios" / "tried.yaml").write_text(text)
    told = run("playbook", "check", str(copy))
    assert "scenarios/tried.yaml:1: 'small_refund_is_paid_after_a_yes' stands in another file too" in told
    assert "there is no clause 'refunds/4.99'; did you mean" in told


@pytest.fixture
def run(command_home: Path) -> Callable[..., str]:
    def told(*words: str) -> str:
        return CliRunner().invoke(cli.app, words, env={"DESKHAND_HOME": str(command_home)}).stderr

    return told
