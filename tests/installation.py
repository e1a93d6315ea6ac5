"""An installation as an operator has it: a data folder, the verbs, and the server on it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SECONDS_TO_START = 120
SECONDS_TO_END = 20


@dataclass
class Installation:
    """A data folder, the verbs an operator types, and the server on it while it runs."""

    folder: Path
    printed: str = ""
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def verb(self, *arguments: str) -> str:
        """Run one verb to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "terminal.py", *arguments, "--data", str(self.folder)],
            cwd=PROJECT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, *arguments: str) -> None:
        """Start the server and wait until it has printed everything."""
        log = (self.folder.parent / "server.log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-u", "terminal.py", "run", "--port", "0", "--data", str(self.folder), *arguments],
            cwd=PROJECT,
            env=self._environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while "Ctrl-C" not in self.printed:
            assert self.process.poll() is None, f"the server ended: {self.printed}"
            assert time.monotonic() < deadline, f"the server did not start: {self.printed}"
            time.sleep(0.2)
            log.seek(0)
            self.printed = log.read()
        log.close()

    def stop(self) -> None:
        """End the server as an operator does, and see that it ends."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(SECONDS_TO_END)

    @property
    def address(self) -> str:
        """Return the address that the start printed."""
        return self.found(r"(http://[^/\s]+)/sign-in")

    def found(self, pattern: str) -> str:
        """Return what the start printed at the place of the pattern's group."""
        match = re.search(pattern, self.printed)
        assert match, f"{pattern} is not in: {self.printed}"
        return match[1]

    def _environment(self) -> dict[str, str]:
        # The second factor has a journey of its own: tests/browser/test_accounts.py.
        own = {"HAILONG_DATA_DIR": str(self.folder), "HAILONG_DATABASE_URL": "", "HAILONG_TWO_FACTOR": "nobody"}
        if self.printed:
            # The verbs beside the running server print posters that lead to it.
            own["PUBLIC_URL"] = self.address
        return {**os.environ, **own}
