"""Where the steps of a workflow stand in its drawing: one below the other, the ways of a branch side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from web.canvas_workflow import Kind, Told

WIDE, LINE, PAD = 300, 18, 12
"""Of a box: its width, the height of a line in it, what is left free around its lines."""
GAP, BESIDE, BYPASS = 48, 40, 24
"""Between boxes; between the ways of a branch; how far the way round a box keeps from it."""
JOIN, LEAVE = 36, 12
"""Above a box: where ways come together, and where the way round it leaves."""
LETTERS = 40
"""In a line, at the most."""
Point = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """One step, its lines of text centred at `x`, the first at `y + PAD`."""

    kind: Kind
    x: int
    y: int
    height: int
    lines: list[str]
    guarded: bool

    @property
    def left(self) -> int:
        """Its left side."""
        return self.x - WIDE // 2

    def at(self, line: int) -> int:
        """Where the text of a line stands."""
        return self.y + PAD + line * LINE + LINE - 5


@dataclass(frozen=True)
class Label:
    """A word beside a line."""

    x: int
    y: int
    text: str


@dataclass
class Diagram:
    """The whole drawing, in pixels from its upper left corner."""

    width: int
    height: int = 0
    boxes: list[Box] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    """Paths, in SVG's language."""
    labels: list[Label] = field(default_factory=list)
    ends: list[Point] = field(default_factory=list)


def drawn(steps: Sequence[Told]) -> Diagram:
    """The drawing of a workflow's steps."""
    width = _width(steps)
    diagram = Diagram(width)
    ends = _put(diagram, steps, width // 2, 2, [])
    bottom = max((box.y + box.height for box in diagram.boxes), default=0)
    if ends:
        bottom = max(bottom, *(y for _, y in ends)) + GAP
        _lead(diagram, ends, width // 2, bottom)
        diagram.ends.append((width // 2, bottom + 8))
    diagram.height = bottom + 20
    return diagram


def _width(steps: Sequence[Told]) -> int:
    return max((_width_of(step) for step in steps), default=WIDE // 2)


def _width_of(step: Told) -> int:
    if step.kind != "branch":
        return WIDE + 2 * BYPASS
    return max(WIDE, _width(step.then) + BESIDE + _width(step.otherwise))


def _put(diagram: Diagram, steps: Sequence[Told], x: int, y: int, come: list[Point]) -> list[Point]:
    """Put steps below `come`, the loose ends that lead to them; gives the loose ends below them."""
    for place, step in enumerate(steps):
        first = len(diagram.boxes)
        top = max([y, *(at for _, at in come)]) + (GAP if come or place else 0)
        _lead(diagram, come, x, top)
        come = _branch(diagram, step, x, top) if step.kind == "branch" else _one(diagram, step, x, top)
        y = max(box.y + box.height for box in diagram.boxes[first:])
    return come


def _one(diagram: Diagram, step: Told, x: int, top: int) -> list[Point]:
    box = _box(diagram, step, x, top)
    bottom = top + box.height
    loose = [] if step.ends else [(x, bottom)]
    if step.only_if:
        side = box.left - BYPASS + 6
        diagram.ways.append(f"M{x} {top - LEAVE}H{side}V{bottom}")
        diagram.labels.append(Label(side + 4, top - LEAVE - 4, "otherwise"))
        loose.append((side, bottom))
    return loose


def _branch(diagram: Diagram, step: Told, x: int, top: int) -> list[Point]:
    bottom = top + _box(diagram, step, x, top).height
    left, right = _width(step.then), _width(step.otherwise)
    start = x - (left + BESIDE + right) // 2
    columns = ((step.then, start + left // 2, "yes"), (step.otherwise, start + left + BESIDE + right // 2, "no"))
    loose: list[Point] = []
    for steps, centre, word in columns:
        split = bottom + GAP // 2
        diagram.ways.append(f"M{x} {bottom}V{split}H{centre}V{split + 6}")
        diagram.labels.append(Label(centre + 6, split - 4, word))
        loose += _put(diagram, steps, centre, split, [(centre, split + 6)])
    return loose


def _box(diagram: Diagram, step: Told, x: int, top: int) -> Box:
    only_if = textwrap.wrap(f"Only if {step.only_if}:", LETTERS) if step.only_if else []
    note = textwrap.wrap(f"({step.note})", LETTERS) if step.note else []
    lines = [*only_if, *textwrap.wrap(step.text, LETTERS), *note]
    box = Box(step.kind, x, top, len(lines) * LINE + 2 * PAD, lines, bool(step.only_if))
    diagram.boxes.append(box)
    return box


def _lead(diagram: Diagram, come: list[Point], x: int, top: int) -> None:
    """Lines from loose ends to the middle of what comes next."""
    for from_x, from_y in come:
        bend = f"V{top - JOIN}H{x}" if from_x != x else ""
        diagram.ways.append(f"M{from_x} {from_y}{bend}V{top}")
