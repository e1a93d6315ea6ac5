"""What a row held when somebody began to edit it, so that the second of two is told what the first has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def version_of(values: Mapping[str, str]) -> str:
    """Return what stands for these values in a form; other values, another version."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
