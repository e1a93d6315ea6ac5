"""Debian's Firefox and WebKitGTK, driven without a package: Marionette over a socket, WebDriver over HTTP."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Protocol

SECONDS_TO_START = 60
SECONDS_TO_ANSWER = 60
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # W3C WebDriver, 12.1
TAB = "\ue004"
SPACE = "\ue00d"
RIGHT = "\ue014"
MINI_BROWSERS = "webkit2gtk-*/MiniBrowser"


class OtherBrowser(Protocol):
    """As much of a browser as a journey needs."""

    def command(self, name: str, path: str, **values: Any) -> Any:
        """Do one thing; its name for Marionette, its path for WebDriver."""

    def close(self) -> None:
        """End the browser."""


def go(browser: OtherBrowser, address: str) -> None:
    browser.command("WebDriver:Navigate", "url", url=address)


def find(browser: OtherBrowser, selector: str) -> str:
    found = browser.command("WebDriver:FindElement", "element", using="css selector", value=selector)
    return str(found[ELEMENT])


def click(browser: OtherBrowser, selector: str) -> None:
    element = find(browser, selector)
    browser.command("WebDriver:ElementClick", f"element/{element}/click", id=element)


def press(browser: OtherBrowser, selector: str, keys: str) -> None:
    element = find(browser, selector)
    browser.command("WebDriver:ElementSendKeys", f"element/{element}/value", id=element, text=keys)


def look(browser: OtherBrowser, expression: str) -> Any:
    """Return what an expression of JavaScript is worth on the page."""
    return browser.command("WebDriver:ExecuteScript", "execute/sync", script=f"return {expression}", args=[])


def wait_until(browser: OtherBrowser, expression: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not look(browser, expression):
        assert time.monotonic() < deadline, f"{expression} never came true at {look(browser, 'location.href')}"
        time.sleep(0.1)


class Firefox:
    """Firefox by Marionette, the protocol that geckodriver itself speaks to it: [type, id, command, values]."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        (folder / "user.js").write_text(f'user_pref("marionette.port", {port});\n', encoding="utf-8")
        self._process = subprocess.Popen(
            [shutil.which("firefox-esr") or "", "--headless", "--no-remote", "--marionette", "--profile", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._socket = _connect(port, self._process)
        self._number = 0
        self._read()  # it greets
        self.command("WebDriver:NewSession", "")

    def command(self, name: str, path: str, **values: Any) -> Any:
        del path
        self._number += 1
        message = json.dumps([0, self._number, name, values]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        assert error is None, error
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def close(self) -> None:
        self._socket.close()
        _end(self._process)

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._receive(1)
        return json.loads(self._receive(int(length[:-1])))

    def _receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self._socket.recv(size - len(data))
            assert piece, "Firefox has gone"
            data += piece
        return data


class WebKit:
    """WebKitGTK's MiniBrowser by WebKitWebDriver, on a screen that nobody sees."""

    def __init__(self, mini_browser: Path) -> None:
        port = free_port()
        self._process = subprocess.Popen(
            ["xvfb-run", "--auto-servernum", shutil.which("WebKitWebDriver") or "", f"--port={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _connect(port, self._process).close()
        self._address = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(mini_browser), "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._session = self._send("POST", self._address, {"capabilities": capabilities})["sessionId"]

    def command(self, name: str, path: str, **values: Any) -> Any:
        del name
        values.pop("id", None)
        return self._send("POST", f"{self._address}/{self._session}/{path}", values)

    def close(self) -> None:
        with suppress(OSError):
            self._send("DELETE", f"{self._address}/{self._session}", None)
        _end(self._process)

    @staticmethod
    def _send(method: str, address: str, values: dict[str, Any] | None) -> Any:
        body = None if values is None else json.dumps(values).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(address, body, headers, method=method)  # noqa: S310  our own
        try:
            with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as response:  # noqa: S310  our own
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error


def mini_browser() -> Path | None:
    """Return WebKitGTK's MiniBrowser where Debian has put it, with all that is needed to drive it."""
    if shutil.which("WebKitWebDriver") is None or shutil.which("xvfb-run") is None:
        return None
    return next(iter(sorted(Path("/usr/lib").glob(f"*/{MINI_BROWSERS}"))), None)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _connect(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        assert process.poll() is None, f"the browser ended with {process.returncode}"
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=SECONDS_TO_ANSWER)
        except OSError:
            assert time.monotonic() < deadline, "the browser did not start"
            time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
