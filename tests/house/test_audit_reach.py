"""Whatever changes something or hands something out can reach ``record``: read from the code, function by function.

Every view, API call, verb of the terminal and step of a job that commits, sends an attachment or writes documents must
lead to ``services.audit.record``, or stand in a list below with the reason why it does not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from survey.admin.audit_words import NAMES

PROJECT = Path(__file__).resolve().parents[2]
DOORS = ("survey.desk.", "survey.admin.", "survey.api.", "survey.cli.", "survey.reports.", "survey.jobs.")
RECORD = {"survey.services.audit.record", "survey.services.audit.record_all"}
# What a door does that must be told, by the names that do it.
DEEDS = {"commit", "send_from_directory", "write_documents", "Content-Disposition", "write_bytes"}
WITHOUT_ENTRY = {
    "survey.desk.manual.manual_picture": "a picture of the manual, the same for everybody",
    "survey.desk.jobs.job_page": "notes that its official saw how his job ended",
    "survey.desk.annual.annual_page": "has the worker make what the page shows, and hands nothing out",
    "survey.desk.wave_summary.wave_summary": "likewise",
    "survey.reports.downloads.bundle_file": "public: there is nobody to name",
    "survey.reports.downloads.package": "public, likewise",
    "survey.reports.downloads.package_file": "public, likewise",
    "survey.reports.index.index_data": "public, likewise",
    "survey.reports.index.index_table": "public, likewise",
    "survey.cli.verify.command": "reads a file of the reader's own; knows no database",
    "survey.cli.estimate.command": "works on a file of the reader's own; knows no database",
}
RECORDERS = {"record", "_record", "record_own", "record_download", "record_documents"}
NO_DETAIL = {"subject", "agency_id", "actor", "details", "is_begun"}
# Steps of the night and of jobs that change nothing an official could ask about.
STEPS_WITHOUT_ENTRY = {
    "survey.jobs.nightly.fold_closed_days": "what every night does; by hand it is fold.done",
    "survey.jobs.nightly.alert_about_intake": "alerts are a list of their own, by day",
    "survey.jobs.nightly.forget_what_was_erased": "ends what retention.done tells",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((PROJECT / "survey").rglob("*.py")):
        name = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def names_of(tree: ast.Module, module: str) -> dict[str, str]:
    """Return what every name of a module means: its own functions and constants, and what it imports of ours."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("survey"):
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            known[node.name] = f"{module}.{node.name}"
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            known |= {each.id: f"{module}.{each.id}" for each in targets if isinstance(each, ast.Name)}
    return known


def graph() -> tuple[dict[str, set[str]], dict[str, set[str]], set[str]]:
    """Return what each thing refers to, the deeds it does itself, and which functions are doors."""
    leads: dict[str, set[str]] = {}
    deeds: dict[str, set[str]] = {}
    doors: set[str] = set()
    for module, tree in modules():
        known = names_of(tree, module)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                name = f"{module}.{node.name}"
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                name = f"{module}.{getattr(target, 'id', '')}"
            else:
                continue
            leads.setdefault(name, set()).update(references(node, known))
            deeds.setdefault(name, set()).update(deeds_of(node))
            if isinstance(node, ast.FunctionDef) and module.startswith(DOORS) and is_door(node, module):
                doors.add(name)
    return leads, deeds, doors


def references(node: ast.AST, known: dict[str, str]) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in known:
            yield known[each.id]
        # A module imported whole, as in ``pdf.agency_pdf``.
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in known:
            yield f"{known[each.value.id]}.{each.attr}"


def deeds_of(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        said = getattr(each, "attr", None) or getattr(each, "id", None) or getattr(each, "value", None)
        if isinstance(said, str) and said in DEEDS:
            yield said


def is_door(node: ast.FunctionDef, module: str) -> bool:
    decorated = " ".join(ast.unparse(each) for each in node.decorator_list)
    is_step = module == "survey.jobs.nightly" and any(arg.arg == "work" for arg in node.args.args)
    return is_step or "blueprint." in decorated or "click.command" in decorated or "command.command" in decorated


def reached(start: str, leads: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(leads.get(name, ()))
    return found


def test_whatever_changes_or_hands_out_leads_to_an_entry_of_the_audit() -> None:
    leads, deeds, doors = graph()
    silent = set()
    for door in doors:
        found = reached(door, leads)
        if RECORD.isdisjoint(found) and any(deeds.get(each) for each in found):
            silent.add(door)

    assert len(doors) > 80
    assert sorted(silent) == sorted(WITHOUT_ENTRY | STEPS_WITHOUT_ENTRY)


def test_every_detail_that_the_code_records_has_words() -> None:
    said: set[str] = set()
    for module, tree in modules():
        if module != "survey.services.audit":
            said |= {key for node in ast.walk(tree) for key in detail_keys(node)}

    assert len(said) > 30
    assert sorted(said - set(NAMES)) == []


def detail_keys(node: ast.AST) -> Iterator[str]:
    """Yield the keys of details where they are written out: in the call, or in a dictionary of that name before it."""
    given: list[ast.expr | None] = []
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RECORDERS:
        yield from (each.arg for each in node.keywords if each.arg and each.arg not in NO_DETAIL)
        given = [each.value for each in node.keywords if each.arg == "details"]
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        given = [node.value] if getattr(target, "id", "") == "details" else []
    for each in given:
        if isinstance(each, ast.Dict):
            yield from (str(key.value) for key in each.keys if isinstance(key, ast.Constant))
