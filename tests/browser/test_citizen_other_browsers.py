"""The citizen's journey in Firefox and in WebKitGTK: keyboard, an error that takes the focus, nothing lost, thanks."""

from __future__ import annotations

import shutil
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from citizen_world import make_world
from conftest import Database
from other_browsers import RIGHT, SPACE, Firefox, OtherBrowser, WebKit, click, go, look, mini_browser, press, wait_until
from survey.db import db
from survey.factory import create_app
from survey.models.identifiers import local_today

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def form(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a counter of several services; the value is its address."""
    data_dir = tmp_path_factory.mktemp("citizens")
    shutil.copy(sqlite_template, data_dir)
    app = create_app(Database("sqlite", "", data_dir).config)
    with app.app_context():
        engine = db.engine
        code = make_world(db.session(), today=local_today()).choice_code
        db.session.commit()
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}/Q/{code}"
    server.shutdown()
    app.extensions["intake"].close()
    engine.dispose()


def start_firefox(folder: Path) -> OtherBrowser | None:
    return Firefox(folder) if shutil.which("firefox-esr") else None


def start_webkit(_folder: Path) -> OtherBrowser | None:
    binary = mini_browser()
    return WebKit(binary) if binary else None


@pytest.fixture(params=[start_firefox, start_webkit], ids=["firefox", "webkit"])
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OtherBrowser]:
    """Give a browser that is installed; without it the test is skipped, and says which package brings it."""
    start: Callable[[Path], OtherBrowser | None] = request.param
    started = start(tmp_path)
    if started is None:
        missing = "not installed: firefox-esr, or webkit2gtk-driver with xvfb"
        warnings.warn(f"citizens' pages were not tried in {start.__name__}: {missing}", stacklevel=1)
        pytest.skip(missing)
    yield started
    started.close()


def test_a_citizen_is_thanked_after_an_error_that_lost_nothing(browser: OtherBrowser, form: str) -> None:
    go(browser, form)
    press(browser, "input[name=a1]", SPACE + RIGHT)
    assert look(browser, "document.querySelector('input[name=a1]:checked').value") == "2"
    press(browser, "textarea", "y" * 1001)
    click(browser, "#f button")
    wait_until(browser, "document.activeElement && document.activeElement.id === 'TOP'")
    assert look(browser, "document.querySelector('textarea').value.length") == 1001
    assert look(browser, "document.querySelector('input[name=a1]:checked').value") == "2"
    click(browser, "#TOP a")
    wait_until(browser, "location.hash === '#comment'")
    look(browser, "document.querySelector('textarea').value = 'Cảm ơn'")
    for item, level in {"b1": 1, "c1": 5, "d1": 0, "e1": 4, "o": 3}.items():
        press(browser, f"input[name={item}][value='{level}']", SPACE)
        assert look(browser, f"document.querySelector('input[name={item}]:checked').value") == str(level)
    click(browser, "#f button")
    wait_until(browser, "location.pathname.startsWith('/R/')")
    assert look(browser, "document.querySelector('h1').textContent") == "Cảm ơn Ông/Bà!"
    assert look(browser, "document.documentElement.scrollWidth <= document.documentElement.clientWidth")
