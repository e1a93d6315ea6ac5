"""The lock on a data folder: one server at a time writes there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from survey.cli._refusals import RefusedError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # its absence is checked where the lock is taken

LOCK_NAME: Final = "server.lock"


def keep_private() -> None:
    """Let what this process and its children make from now on be read by their user only."""
    os.umask(0o077)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the data folder, made where it is missing; the system lets go of it however the process ends.

    Raises:
        RefusedError: where a running server holds it.

    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK_NAME).open("ab") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RefusedError(
                    vi=f"Một máy chủ khác đang chạy trên {folder}; hãy dừng nó hoặc chọn thư mục khác bằng --data.",
                    en=f"Another server is running on {folder}; stop it or choose another folder with --data.",
                ) from None
        yield
