"""Editions of questionnaires and of the method: read from files, checked, stored, and never changed afterwards."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.editions import content_sha256
from survey.models.fieldwork import Wave
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.edition_checks import Fault, faults_of_method, faults_of_questionnaire
from survey.services.errors import EditionError

BUILT_IN: Final = Path(__file__).resolve().parent.parent / "questionnaires"


def read_edition_file(path: Path) -> dict[str, Any]:
    """Read a TOML file of an edition, unchecked.

    Raises:
        EditionError: where the file is missing, is not UTF-8, or is not TOML.

    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EditionError(
            vi=f"Không mở được tệp {path} ({error.strerror}); hãy kiểm tra đường dẫn.",
            en=f"The file {path} cannot be opened ({error.strerror}); check the path.",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EditionError(
            vi=f"Tệp {path} không phải TOML bằng UTF-8 ({error}); hãy sửa chỗ đó.",
            en=f"The file {path} is not TOML in UTF-8 ({error}); mend that place.",
        ) from error


def load_questionnaire_edition(
    session: Session, content: dict[str, Any], *, published_on: date | None
) -> QuestionnaireEdition:
    """Store a questionnaire edition, published on a day, or as a draft that may still change (None).

    Loading the same content again changes nothing, but publishes a draft.

    Raises:
        EditionError: where the content has faults (all are named), or the edition exists with other content and
            is published or used by a wave.

    """
    _refuse_faults(content, faults_of_questionnaire(content))
    sha256 = content_sha256(content)
    edition = session.scalar(
        select(QuestionnaireEdition).where(
            QuestionnaireEdition.questionnaire == content["questionnaire"],
            QuestionnaireEdition.edition == content["edition"],
        )
    )
    if edition is None:
        edition = QuestionnaireEdition(questionnaire=content["questionnaire"], edition=content["edition"])
        session.add(edition)
    elif edition.sha256 != sha256 and is_fixed(session, edition):
        name = f"{edition.questionnaire} {edition.edition}"
        raise _already_fixed(name)
    if edition.sha256 != sha256:
        edition.content, edition.sha256 = content, sha256
    edition.published_on = edition.published_on or published_on
    session.flush()
    return edition


def load_method_edition(session: Session, content: dict[str, Any]) -> MethodEdition:
    """Store a method edition; it can never change afterwards.  Loading the same content again changes nothing.

    Raises:
        EditionError: where the content has faults, or the code exists with other content.

    """
    _refuse_faults(content, faults_of_method(content))
    sha256 = content_sha256(content)
    edition = session.scalar(select(MethodEdition).where(MethodEdition.code == content["code"]))
    if edition is None:
        edition = MethodEdition(code=content["code"], content=content, sha256=sha256)
        session.add(edition)
        session.flush()
    elif edition.sha256 != sha256:
        raise _already_fixed(edition.code)
    return edition


def load_builtin_editions(session: Session, *, today: date) -> None:
    """Store and publish every edition that comes with the product; those already there stay as they are."""
    for path in sorted(BUILT_IN.glob("*.toml")):
        load_questionnaire_edition(session, read_edition_file(path), published_on=today)
    for path in sorted((BUILT_IN / "methods").glob("*.toml")):
        load_method_edition(session, read_edition_file(path))


def is_fixed(session: Session, edition: QuestionnaireEdition) -> bool:
    """Return whether an edition can no longer change: it is published, or a wave asks it."""
    asked = select(Wave.id).where(Wave.questionnaire_edition_id == edition.id).limit(1)
    return edition.published_on is not None or session.scalar(asked) is not None


def list_questionnaire_editions(session: Session) -> list[QuestionnaireEdition]:
    """Return every edition, by questionnaire and edition."""
    order = (QuestionnaireEdition.questionnaire, QuestionnaireEdition.edition)
    return list(session.scalars(select(QuestionnaireEdition).order_by(*order)))


def _refuse_faults(content: dict[str, Any], faults: Iterator[Fault]) -> None:
    if found := list(faults):
        name = " ".join(str(content.get(key)) for key in ("questionnaire", "edition", "code") if key in content)
        raise EditionError(
            vi=f"Phiếu {name} chưa dùng được: " + "; ".join(f"{fault.place}: {fault.vi}" for fault in found) + ".",
            en=f"The edition {name} cannot be used: "
            + "; ".join(f"{fault.place}: {fault.en}" for fault in found)
            + ".",
        )


def _already_fixed(name: str) -> EditionError:
    return EditionError(
        vi=f"Phiên bản {name} đã công bố hoặc đã dùng nên không thể sửa; hãy đặt tên phiên bản mới trong tệp.",
        en=f"The edition {name} is published or used and cannot change; give the file a new edition name.",
    )
