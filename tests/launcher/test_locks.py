from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>\S+)(?P<rest>.*)$")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> set[tuple[str, str]]:
    """Return name and version of every pin; one name has several where Pythons need different versions."""
    lines = (PROJECT / lock).read_text(encoding="utf-8").splitlines()
    found = [PIN.match(line) for line in lines if line and not line.startswith((" ", "#"))]
    assert all(found), "every requirement is pinned by =="
    return {(canonical(pin["name"]), pin["version"]) for pin in found if pin}


def asked_for(source: str) -> dict[str, str]:
    """Return each name of a requirements.in with the reason written beside it."""
    names = {}
    for line in (PROJECT / source).read_text(encoding="utf-8").splitlines():
        requirement, _, reason = line.partition("#")
        if requirement.startswith("-r "):
            names |= asked_for(requirement.split()[1])
        elif requirement.strip():
            names[canonical(re.split(r"[\[<>=~! ]", requirement.strip())[0])] = reason.strip()
    return names


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_was_made_from_what_is_asked_for(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", (PROJECT / lock).read_text(encoding="utf-8"))
    direct = {
        canonical(pin["name"])
        for block in blocks
        if "-r requirements" in block and (pin := PIN.match(block.splitlines()[0]))
    }
    assert direct == set(asked_for(lock.replace(".lock", ".in")))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", (PROJECT / lock).read_text(encoding="utf-8"))
    assert [
        block.splitlines()[0] for block in blocks if PIN.match(block.splitlines()[0]) and "--hash=sha256:" not in block
    ] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_stands_in_the_lock(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text.replace("--no-emit-index-url", "")


def test_the_tools_of_development_come_on_top_of_the_very_same_versions() -> None:
    run, development = (pins(lock) for lock in LOCKS)
    assert run - development == set()


@pytest.mark.parametrize("source", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_says_why_it_is_there(source: str) -> None:
    assert [name for name, reason in asked_for(source).items() if not reason] == []
