"""Every setting and every verb is documented."""

from __future__ import annotations

from pathlib import Path

from config import Config
from survey.cli import Verbs

PROJECT = Path(__file__).resolve().parents[2]
OPERATING = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")


def test_every_setting_is_documented() -> None:
    names = [str(field.validation_alias or f"HAILONG_{name.upper()}") for name, field in Config.model_fields.items()]

    assert [name for name in names if f"`{name}`" not in OPERATING] == []


def test_every_verb_is_documented() -> None:
    documents = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "docs").glob("*.md"))
    verbs = Verbs().list_commands(None)  # type: ignore[arg-type]  # it looks at the folder only

    assert [verb for verb in verbs if f"`{verb}" not in documents and f"hailong.py {verb}" not in documents] == []
