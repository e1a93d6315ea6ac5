"""Charts are kept by what they are drawn from: the same data are drawn once, for every document and format.

A chart costs a fifth of a second, a file of it a thousandth.  Whoever makes documents says where charts are kept;
without a place they are kept for as long as the process lives.
"""

from __future__ import annotations

import hashlib
import logging
import os
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, ParamSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOG: Final = logging.getLogger(__name__)
# Raised whenever a chart is to look different from the same data.
STYLE: Final = 1
MOST_FILES: Final = 1_000
MOST_IN_MEMORY: Final = 64

Drawn = ParamSpec("Drawn")
_FOLDER: ContextVar[Path | None] = ContextVar("charts", default=None)
_remembered: dict[str, bytes] = {}


@contextmanager
def charts_kept_in(folder: Path) -> Iterator[None]:
    """Keep the charts that are drawn meanwhile in a folder."""
    token = _FOLDER.set(folder)
    try:
        yield
    finally:
        _FOLDER.reset(token)


def kept(draw: Callable[Drawn, bytes]) -> Callable[Drawn, bytes]:
    """Draw only what was not drawn before; arguments are plain values, whose ``repr`` tells all of them."""

    @wraps(draw)
    def drawn(*args: Drawn.args, **kwargs: Drawn.kwargs) -> bytes:
        told = f"{STYLE}/{version('matplotlib')}/{draw.__qualname__}{args!r}{sorted(kwargs.items())!r}"
        key = hashlib.sha256(told.encode()).hexdigest()
        found = _remembered.get(key) or _read(key)
        if found is None:
            found = draw(*args, **kwargs)
            _write(key, found)
        _remember(key, found)
        return found

    return drawn


def _remember(key: str, svg: bytes) -> None:
    _remembered.pop(key, None)
    _remembered[key] = svg
    while len(_remembered) > MOST_IN_MEMORY:
        _remembered.pop(next(iter(_remembered)), None)


def _read(key: str) -> bytes | None:
    folder = _FOLDER.get()
    path = folder / f"{key}.svg" if folder else None
    if path is None or not path.exists():
        return None
    os.utime(path)
    return path.read_bytes()


def _write(key: str, svg: bytes) -> None:
    """Keep a chart; a full disk costs the keeping, not the chart."""
    folder = _FOLDER.get()
    if folder is None:
        return
    unfinished = folder / f"{key}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(svg)
        unfinished.replace(folder / f"{key}.svg")
        _sweep(folder)
    except OSError as error:
        LOG.warning("a chart could not be kept in %s: %s", folder, error)
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove the charts that were not asked for longest, where there are too many."""
    files = list(folder.glob("*.svg"))
    if len(files) > MOST_FILES:
        files.sort(key=lambda path: path.stat().st_mtime)
        for path in files[: len(files) // 2]:
            path.unlink(missing_ok=True)
