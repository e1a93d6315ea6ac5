"""Lines that name the line above them, made into areas, criteria and parts; what is no tree is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from survey.services.edition_faults import Fault

LEVELS: Final = ("areas", "criteria", "parts")
EXTRAS: Final = ("bonus", "penalty")


@dataclass(slots=True)
class Node:
    """A line: its number, code and parent's code, its kind where it is bonus or penalty, and what it says."""

    line: int
    code: str
    parent: str
    kind: str
    table: dict[str, Any]


@dataclass(slots=True)
class Tree:
    """Areas, bonus and penalty as a rubric's content has them; ``lines`` by place, and what was wrong."""

    content: dict[str, Any] = field(default_factory=lambda: {"areas": []})
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def tree_of(nodes: Sequence[Node]) -> Tree:
    """Put lines into their places.  A line without a way up to an area is left out, and told."""
    tree = Tree()
    by_code: dict[str, Node] = {}
    for node in nodes:
        by_code.setdefault(node.code, node)
    found = [(node, _checked_way(node, by_code, tree)) for node in nodes]
    children: dict[str, list[Node]] = {}
    for node, way in found:
        if way is not None and node.kind not in EXTRAS:
            children.setdefault(node.parent, []).append(node)
    _add_members(tree, tree.content["areas"], "areas", "", children)
    for kind in EXTRAS:
        own = [node for node, way in found if way is not None and node.kind == kind]
        for number, node in enumerate(own, start=1):
            tree.content.setdefault(kind, []).append(node.table)
            tree.lines[f"{kind}[{number}]"] = node.line
    return tree


def lines_of(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield kind, parent's code and table of every line that a rubric becomes, in order."""
    for area in content["areas"]:
        yield "area", "", area
        for criterion in area["criteria"]:
            yield "criterion", area["code"], criterion
            for part in criterion.get("parts", []):
                yield "part", criterion["code"], part
    for kind in EXTRAS:
        for extra in content.get(kind, []):
            yield kind, "", extra


def codes_by_place(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the code of every line by its place in the file, areas[1].criteria[2]."""
    found: dict[str, str] = {}
    for k, area in enumerate(content["areas"], start=1):
        found[f"areas[{k}]"] = area["code"]
        for m, criterion in enumerate(area["criteria"], start=1):
            found[f"areas[{k}].criteria[{m}]"] = criterion["code"]
            for number, part in enumerate(criterion.get("parts", []), start=1):
                found[f"areas[{k}].criteria[{m}].parts[{number}]"] = part["code"]
    for kind in EXTRAS:
        for number, extra in enumerate(content.get(kind, []), start=1):
            found[f"{kind}[{number}]"] = extra["code"]
    return found


def _checked_way(node: Node, by_code: Mapping[str, Node], tree: Tree) -> tuple[str, ...] | None:
    """Return the codes from a line up to its area; None, with a fault, where there is no such way."""
    way: tuple[str, ...] = (node.code,)
    at = node
    while at.parent:
        above = by_code.get(at.parent)
        if at.parent in way:
            circle = " → ".join((*way, at.parent))
            vi = f"cấp trên vòng tròn: {circle}; hãy sửa cột mã cấp trên"
            en = f"parents go in a circle: {circle}; mend the column of parents"
        elif above is None:
            if at is not node:
                # It is told at the line that names it.
                return None
            vi = f"mã cấp trên “{at.parent}” không có trong cột Mã; hãy kiểm tra mã"
            en = f"the parent's code “{at.parent}” is in no line; check the code"
        elif len(way) >= len(LEVELS):
            vi = f"sâu hơn {len(LEVELS)} cấp (lĩnh vực, tiêu chí, tiêu chí thành phần); hãy bỏ bớt một cấp"
            en = f"lies deeper than {len(LEVELS)} levels (area, criterion, sub-criterion); take a level out"
        else:
            way, at = (*way, above.code), above
            continue
        tree.faults.append(Fault(f"line[{node.line}].parent", vi, en))
        return None
    return way


def _add_members(
    tree: Tree, members: list[dict[str, Any]], place: str, parent: str, children: Mapping[str, list[Node]]
) -> None:
    depth = place.count(".") + 1
    for number, node in enumerate(children.get(parent, []), start=1):
        where = f"{place}[{number}]"
        tree.lines[where] = node.line
        members.append(node.table)
        below = LEVELS[depth] if depth < len(LEVELS) else ""
        if below and node.code in children:
            node.table[below] = []
            _add_members(tree, node.table[below], f"{where}.{below}", node.code, children)
