"""Editions of questionnaires and of the method: read from files, checked, stored, and never changed afterwards."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.editions import content_sha256
from survey.models.fieldwork import Wave
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.edition_checks import faults_of_method, faults_of_questionnaire
from survey.services.edition_faults import Fault
from survey.services.edition_mapping import faults_of_mapping
from survey.services.edition_shape import refuse_long_lines, refuse_monsters
from survey.services.errors import EditionError

BUILT_IN: Final = Path(__file__).resolve().parent.parent / "questionnaires"
LARGEST_FILE: Final = 512 * 1024
_LINE_AND_COLUMN: Final = re.compile(r"\(at line (\d+), column (\d+)\)")


def read_edition_file(path: Path) -> dict[str, Any]:
    """Read a TOML file of an edition, unchecked.

    Raises:
        EditionError: where the file is missing, too large, not UTF-8, or not TOML.

    """
    return parse_edition(read_edition_bytes(path), name=str(path))


def read_edition_bytes(path: Path) -> bytes:
    """Read a file as it is.

    Raises:
        EditionError: where it cannot be opened.

    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise EditionError(
            vi=f"Không mở được tệp {path} ({error.strerror}); hãy kiểm tra đường dẫn.",
            en=f"The file {path} cannot be opened ({error.strerror}); check the path.",
        ) from error


def parse_edition(source: bytes, *, name: str) -> dict[str, Any]:
    """Read the bytes of an edition's file, unchecked; ``name`` is what its errors call it.

    Raises:
        EditionError: where it is too large, not UTF-8, or not TOML; it names the line.

    """
    if len(source) > LARGEST_FILE:
        raise EditionError(
            vi=f"Tệp {name} quá lớn để là một phiếu hỏi; hãy chọn đúng tệp (tối đa {LARGEST_FILE // 1024} KB).",
            en=f"The file {name} is too large for a questionnaire; choose the right one "
            f"(at most {LARGEST_FILE // 1024} KB).",
        )
    try:
        text = source.decode("utf-8-sig").replace("\r\n", "\n")
        refuse_long_lines(text, name=name)
        content = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise EditionError(
            vi=f"Tệp {name} không phải UTF-8 (dòng {line}); hãy lưu lại tệp với bảng mã UTF-8.",
            en=f"The file {name} is not UTF-8 (line {line}); save it again as UTF-8.",
        ) from error
    except tomllib.TOMLDecodeError as error:
        where = _LINE_AND_COLUMN.search(str(error))
        vi = f"dòng {where[1]}, cột {where[2]}" if where else "cuối tệp"
        raise EditionError(
            vi=f"Tệp {name} không đúng TOML ở {vi}; hãy xem lại dấu nháy, ngoặc và dấu bằng ở đó.",
            en=f"The file {name} is not TOML ({error}); look at the quotes, brackets and equals signs there.",
        ) from error
    except RecursionError as error:
        raise EditionError(
            vi=f"Tệp {name} lồng ngoặc quá sâu; hãy dùng tệp mẫu.",
            en=f"The file {name} nests brackets too deeply; begin with the template.",
        ) from error
    except ValueError as error:
        # Numbers of thousands of digits, days that no calendar has.
        raise EditionError(
            vi=f"Tệp {name} có một số hoặc một ngày không thể đọc được; hãy tìm số quá dài hoặc ngày sai và sửa lại.",
            en=f"The file {name} has a number or a date that cannot be read; look for one that is too long or wrong.",
        ) from error
    refuse_monsters(content, name=name)
    return content


def faults_of_edition(session: Session, content: dict[str, Any]) -> list[Fault]:
    """Return everything wrong with the content of a file, also against the editions that are stored."""
    if found := list(faults_of_questionnaire(content)):
        return found
    editions = list_questionnaire_editions(session)
    if content_sha256(content) in {edition.sha256 for edition in editions}:
        return []  # loaded before; what came after it does not make it wrong
    if (named := find_edition(session, content)) is not None and is_fixed(session, named):
        refused = _already_fixed(f"{named.questionnaire} {named.edition}")
        return [Fault("edition", refused.vi, refused.en)]
    known = {f"{one.questionnaire}/{one.edition}": one.content for one in editions}
    return list(faults_of_mapping(content, known))


def load_questionnaire_edition(
    session: Session, content: dict[str, Any], *, published_on: date | None
) -> QuestionnaireEdition:
    """Store a questionnaire edition, published on a day, or as a draft that may still change (None).

    Loading the same content again changes nothing, but publishes a draft.

    Raises:
        EditionError: where the content has faults (all are named), or the edition exists with other content and
            is published or used by a wave.

    """
    _refuse_faults(content, faults_of_edition(session, content))
    sha256 = content_sha256(content)
    edition = find_edition(session, content)
    if edition is None:
        edition = QuestionnaireEdition(questionnaire=content["questionnaire"], edition=content["edition"])
        session.add(edition)
    if edition.sha256 != sha256:
        edition.content, edition.sha256 = content, sha256
    edition.published_on = edition.published_on or published_on
    session.flush()
    return edition


def find_edition(session: Session, content: dict[str, Any]) -> QuestionnaireEdition | None:
    """Return the stored edition that has the name of a file's content, whatever it asks."""
    return session.scalar(
        select(QuestionnaireEdition).where(
            QuestionnaireEdition.questionnaire == content["questionnaire"],
            QuestionnaireEdition.edition == content["edition"],
        )
    )


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
    contents = [read_edition_file(path) for path in sorted(BUILT_IN.glob("*.toml"))]
    # What an edition maps to must be there before it.
    for content in sorted(contents, key=lambda one: "maps_to" in one["elements"][0]["items"][0]):
        load_questionnaire_edition(session, content, published_on=today)
    for path in sorted((BUILT_IN / "methods").glob("*.toml")):
        load_method_edition(session, read_edition_file(path))


def publish_edition(session: Session, edition: QuestionnaireEdition, *, today: date) -> None:
    """Publish a draft: it can be asked from now on and never changes again.

    Raises:
        EditionError: where it is published already, or no longer free of faults against the other editions.

    """
    if edition.published_on is not None:
        day = edition.published_on
        raise EditionError(
            vi=f"Phiên bản {edition.questionnaire}/{edition.edition} đã công bố từ {day:%d/%m/%Y}; không cần làm lại.",
            en=f"The edition {edition.questionnaire}/{edition.edition} is published since {day:%d/%m/%Y} already.",
        )
    load_questionnaire_edition(session, edition.content, published_on=today)


def discard_draft(session: Session, edition: QuestionnaireEdition) -> None:
    """Throw a draft away, as if its file had never been loaded.

    Raises:
        EditionError: where it is published, or a wave asks it.

    """
    if is_fixed(session, edition):
        raise EditionError(
            vi=f"Phiếu {edition.questionnaire}/{edition.edition} đã công bố hoặc đã dùng nên phải giữ lại.",
            en=f"The edition {edition.questionnaire}/{edition.edition} is published or used and has to stay.",
        )
    session.delete(edition)
    session.flush()


def is_fixed(session: Session, edition: QuestionnaireEdition) -> bool:
    """Return whether an edition can no longer change: it is published, or a wave asks it."""
    asked = select(Wave.id).where(Wave.questionnaire_edition_id == edition.id).limit(1)
    return edition.published_on is not None or session.scalar(asked) is not None


def list_questionnaire_editions(session: Session) -> list[QuestionnaireEdition]:
    """Return every edition, by questionnaire and edition."""
    order = (QuestionnaireEdition.questionnaire, QuestionnaireEdition.edition)
    return list(session.scalars(select(QuestionnaireEdition).order_by(*order)))


def _refuse_faults(content: dict[str, Any], faults: Iterable[Fault]) -> None:
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
