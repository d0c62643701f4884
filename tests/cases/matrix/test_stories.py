"""Every action that the playbook knows is in a story, or it is said why it is not."""

from __future__ import annotations

import server
from agent.connected import tools_of
from tests.cases.matrix.stories import STORIES

WITHOUT = {"send_reminder": "Nobody asks for it when it is due: `test_kills.py` has desks die while reminders go out."}
"""Actions without a story, each with the reason."""


def test_every_action_is_in_a_story() -> None:
    actions = {action.name for action in tools_of(server.Settings()).actions}
    told = {story.action for story in STORIES.values()}
    assert told | WITHOUT.keys() == actions
    assert not told & WITHOUT.keys()
