"""The graph: the picture of the product, nodes and edges only.

Every node works on the open turn of its case; `seats` finds it, or opens one where a run begins at the graph itself,
as it does in Studio.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from langchain_core.runnables import RunnableConfig
from langgraph.errors import GraphInterrupt
from langgraph.graph import END, START, StateGraph

from agent.nodes.act import act
from agent.nodes.approve import approve
from agent.nodes.confirm import confirm
from agent.nodes.decide import decide
from agent.nodes.escalate import escalate
from agent.nodes.intake import intake
from agent.nodes.look_up import look_up
from agent.nodes.propose import propose
from agent.nodes.reply import reply
from agent.nodes.retrieve import retrieve
from agent.nodes.submit import submit
from agent.nodes.verify import verify
from agent.state import State, Update
from agent.turn import OpenTurn

Node = Callable[[State, OpenTurn], Awaitable[Update]]


class Seated(Protocol):
    """A node as LangGraph calls it."""

    async def __call__(self, state: State, config: RunnableConfig) -> Update:
        """What the node changes."""


GRAPH_STEPS = 80
"""A turn that needs more supersteps than this goes in circles; a person gets it."""


class Seats(Protocol):
    """Where a case's open turn is found."""

    async def seat(self, case_id: str, state: State) -> OpenTurn:
        """The open turn of this case; opened when there is none."""

    def leave(self, turn: OpenTurn) -> None:
        """The run is over."""


def build(seats: Seats) -> StateGraph[State, None, State, State]:
    """The graph over these seats, not compiled: who runs it brings the checkpointer."""
    graph = StateGraph(State)
    nodes: dict[str, tuple[Node, list[str]]] = {
        "intake": (intake, ["retrieve", "approve", END]),
        "retrieve": (retrieve, ["propose"]),
        "propose": (propose, ["look_up", "decide", "reply", "escalate"]),
        "look_up": (look_up, ["propose", "look_up", "reply", "escalate"]),
        "decide": (decide, ["decide", "look_up", "confirm", "submit", "act", "reply", "escalate"]),
        "confirm": (confirm, ["reply"]),
        "submit": (submit, ["reply"]),
        "approve": (approve, ["propose"]),
        "act": (act, ["verify"]),
        "verify": (verify, ["reply", "escalate"]),
        "reply": (reply, ["propose", "approve", END]),
        "escalate": (escalate, ["approve", END]),
    }
    for name, (node, targets) in nodes.items():
        graph.add_node(name, _seated(node, seats))
        if len(targets) == 1:
            graph.add_edge(name, targets[0])
        else:
            graph.add_conditional_edges(name, route, {"end" if t == END else t: t for t in targets})
    graph.add_edge(START, "intake")
    return graph


def route(state: State) -> str:
    """Where the last node sent the turn."""
    return state["route"]


def _seated(node: Node, seats: Seats) -> Seated:
    async def run(state: State, config: RunnableConfig) -> Update:
        turn = await seats.seat(str(config["configurable"]["thread_id"]), state)
        try:
            update = await node(state, turn)
        except GraphInterrupt:
            if turn.is_done:
                seats.leave(turn)
            raise
        except BaseException:
            seats.leave(turn)
            raise
        if turn.is_done and update.get("route") == "end":
            seats.leave(turn)
        return update

    run.__name__ = node.__name__
    return run
