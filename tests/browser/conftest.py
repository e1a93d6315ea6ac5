"""A real browser, and the product as an operator starts it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from installation import PROJECT, Installation

CHROMIUM = shutil.which("chromium")
# No request of its own leaves the browser: it only ever speaks to the server of the test.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# What a page must come to show is asked for, not how soon: machines of a CI may be slow.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give Debian's Chromium; without it the test is skipped, and ``hailong.py test`` says so loudly."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Give an installation without data, not yet started."""
    own = Installation(tmp_path / "data")
    yield own
    own.stop()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of pictures: the documentation's own where HAILONG_PICTURES is set, else a passing one."""
    if os.environ.get("HAILONG_PICTURES"):
        return PROJECT / "docs" / "pictures"
    passing = tmp_path_factory.mktemp("pictures")
    (passing / "manual").mkdir()
    return passing
