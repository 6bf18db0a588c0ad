"""Where a journey stands, from its history. Plain Python: the one place that decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class NodeRule:
    """What the rules need to know of a node, in the order of the journey."""

    code: str
    order: int
    status_code: str
    repeats: bool = False
    retired: bool = False


@dataclass(frozen=True)
class Fact:
    """One line of history: started, done, marked, skipped or corrected, at a node."""

    kind: str
    node: str
    status_code: str = ""


@dataclass(frozen=True)
class Standing:
    """The step whose turn it is (None: all done) and the status word's code; both derived, never typed.

    `back`: the last line of the history was a correction.
    """

    current: str | None
    status_code: str
    passed: frozenset[str]
    skipped: frozenset[str]
    back: bool = False


def standing(nodes: Sequence[NodeRule], facts: Iterable[Fact]) -> Standing:
    """Fold the history. The current node is the first one after the furthest node passed, so that a node inserted later
    does not call back journeys that are already beyond it; a correction takes everything from its node on back (JRN-001, JRN-018).
    """
    by_code = {node.code: node for node in nodes}
    passed: dict[str, str] = {}  # node code -> status code, in order of happening
    skipped: set[str] = set()
    mark, kind = "", ""
    for fact in facts:
        kind = fact.kind
        node = by_code[fact.node]
        if kind == "done":
            passed[node.code] = node.status_code
            skipped.discard(node.code)
            mark = ""
        elif kind == "skipped":
            passed[node.code] = fact.status_code or node.status_code
            skipped.add(node.code)
            mark = ""
        elif kind == "marked":
            mark = fact.status_code
        elif kind == "corrected":
            passed = {code: status for code, status in passed.items() if by_code[code].order < node.order}
            skipped &= passed.keys()
            mark = ""
    furthest = max((by_code[code].order for code in passed if not by_code[code].repeats), default=-1)
    current = next((node.code for node in nodes if node.order > furthest and not node.retired), None)
    latest = max(passed, key=lambda code: by_code[code].order, default="")
    return Standing(current, mark or passed.get(latest, ""), frozenset(passed), frozenset(skipped), kind == "corrected")


def may_pass(mode: str, gate_order: int, current_order: int | None) -> bool:
    """Whether a gate at a node lets pass: `now` only while the node is current, `reached` also afterwards."""
    if current_order is None:
        return mode == "reached"
    return current_order == gate_order or (mode == "reached" and current_order > gate_order)
