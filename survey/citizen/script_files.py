"""The scripts of citizens' pages: written to be read, sent without comments and indentation."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "scripts"


def _read(*names: str) -> str:
    lines = "\n".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in names).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("//"))


# Those that stand in a page, by name.
INLINE: Final = {name: _read(name) for name in ("register", "outbox", "kiosk")}
WORKER: Final = _read("store", "worker")


def digest(text: str) -> str:
    """Return what a content security policy calls an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"
