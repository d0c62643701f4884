"""Every action that the playbook knows is in a story, or it is said why it is not."""

from __future__ import annotations

import server
from tests.cases.matrix.stories import STORIES

NEW = "Its whole cases under faults are in `tests/cases`; its story comes next."
NOT_YET = dict.fromkeys(
    (
        "ask_for_call", "book_appointment", "cancel_appointment", "move_appointment", "report_bug", "set_reminder",
        "cancel_reminder", "send_reminder", "send_summary", "send_article", "change_delivery", "register_return",
        "change_subscription", "cancel_subscription", "send_reset_link", "correct_points",
    ),
    NEW,
)  # fmt: skip
"""Actions without a story, each with the reason."""


def test_every_action_is_in_a_story() -> None:
    actions = {action.name for action in server.tools_of(server.Settings()).actions}
    told = {story.action for story in STORIES.values()}
    assert told | NOT_YET.keys() == actions
    assert not told & NOT_YET.keys()
