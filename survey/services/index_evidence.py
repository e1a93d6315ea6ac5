"""Evidence: files that an agency lays before the appraisers, checked by what they are, kept outside the web root.

The bytes lie in the data folder under their checksum, so that no name of a sender's ever becomes a path; the same file
sent twice lies there once.  They are written before the row is committed: a file without a row is harmless.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import unicodedata
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models.index_scores import IndexEvidence
from survey.services.audit import record
from survey.services.errors import RoundError
from survey.services.index_evidence_types import KINDS, BrokenPackageError, ending_of, found_kind, unpacked_size
from survey.services.index_ledger import Place
from survey.services.index_rounds import require_participant, require_stage
from survey.services.index_scoring import refuse_submitted
from survey.services.readable import readable

LARGEST_FILE: Final = 20 * 1024 * 1024
# Who opens a package unpacks it.
LARGEST_UNPACKED: Final = 400 * 1024 * 1024
MOST_FILES: Final = 20
LONGEST_NAME: Final = 120
_FORBIDDEN: Final = frozenset('/\\:*?"<>|')


def add_evidence(
    session: Session, place: Place, content: bytes, *, name: str, by: UUID | None, today: date, data_dir: Path
) -> IndexEvidence:
    """Keep a file for a leaf that people judge: with the self-assessment, or while the agency may object.

    Raises:
        RoundError: It is not the time, the file is empty, too large, of a kind that is not taken or not what its name
            says, or there are too many; nothing is kept then.

    """
    if place.round.state == "objection":
        require_stage(session, place.round, "objection", today=today)
        require_participant(session, place.round, place.agency_id)
    else:
        refuse_submitted(session, place, today=today)
    if not place.leaf.is_judged:
        raise RoundError(
            vi=f"Tiêu chí {place.leaf.code} lấy điểm từ khảo sát hoặc chỉ tiêu nên không cần minh chứng.",
            en=f"The criterion {place.leaf.code} has its points from a survey or an indicator and takes no evidence.",
        )
    shown = safe_name(name)
    kind = _checked_kind(content, shown)
    if len(list_evidence(session, place)) >= MOST_FILES:
        raise RoundError(
            vi=f"Tiêu chí {place.leaf.code} đã có {MOST_FILES} tệp; hãy gộp tài liệu hoặc bỏ bớt tệp.",
            en=f"The criterion {place.leaf.code} has {MOST_FILES} files; join documents, or take some back.",
        )
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        _keep(evidence_path(data_dir, sha256), content)
    except OSError as error:
        raise RoundError(
            vi=f"Chưa nhận được tệp {shown} vì máy chủ không ghi được ({error.strerror}); hãy báo người quản trị máy "
            "chủ rồi nộp lại.",
            en=f"The file {shown} was not taken, because the server could not write it ({error.strerror}); tell who "
            "runs the server, then send it again.",
        ) from error
    evidence = IndexEvidence(
        agency_id=place.agency_id,
        round_id=place.round.id,
        criterion=place.leaf.code,
        name=shown,
        kind=kind,
        size=len(content),
        sha256=sha256,
        added_by=by,
        added_on=today,
    )
    session.add(evidence)
    session.flush()
    details = {"file": shown, "sha256": sha256}
    record(session, "index.evidence_added", subject=place.named, agency_id=place.agency_id, details=details)
    return evidence


def remove_evidence(session: Session, place: Place, evidence: IndexEvidence, *, by: UUID | None, today: date) -> None:
    """Take a file back before the self-assessment is handed in; its row stays, and says so.

    Raises:
        RoundError: It is not the time, or it was taken back already.

    """
    refuse_submitted(session, place, today=today)
    if evidence.removed_on is not None:
        raise RoundError(
            vi=f"Tệp {evidence.name} đã được rút rồi; hãy tải lại trang.",
            en=f"The file {evidence.name} was taken back already; load the page again.",
        )
    evidence.removed_on, evidence.removed_by = today, by
    details = {"file": evidence.name, "sha256": evidence.sha256}
    record(session, "index.evidence_removed", subject=place.named, agency_id=place.agency_id, details=details)


def list_evidence(session: Session, place: Place) -> list[IndexEvidence]:
    """List the files of a leaf that were not taken back, oldest first."""
    wanted = select(IndexEvidence).where(
        IndexEvidence.agency_id == place.agency_id,
        IndexEvidence.round_id == place.round.id,
        IndexEvidence.criterion == place.leaf.code,
        IndexEvidence.removed_on.is_(None),
    )
    return list(session.scalars(wanted.order_by(IndexEvidence.id)))


def count_evidence(session: Session, *, round_id: UUID, agency_id: UUID) -> dict[str, int]:
    """Count the files of an agency in a round by leaf."""
    wanted = (
        select(IndexEvidence.criterion, func.count())
        .where(
            IndexEvidence.agency_id == agency_id,
            IndexEvidence.round_id == round_id,
            IndexEvidence.removed_on.is_(None),
        )
        .group_by(IndexEvidence.criterion)
    )
    return dict(session.execute(wanted).all())


def read_evidence(evidence: IndexEvidence, *, data_dir: Path) -> bytes:
    """Return the bytes of a file, checked against their checksum.

    Raises:
        RoundError: They are not there, or not what was kept.

    """
    path = evidence_path(data_dir, evidence.sha256)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != evidence.sha256:
        raise RoundError(
            vi=f"Tệp {evidence.name} không còn nguyên vẹn trong kho; hãy khôi phục từ bản sao lưu.",
            en=f"The file {evidence.name} is missing or damaged in the store; restore it from a backup.",
        )
    return content


def evidence_path(data_dir: Path, sha256: str) -> Path:
    """Return where the bytes of a checksum lie."""
    return data_dir / "evidence" / sha256[:2] / sha256


def safe_name(name: str) -> str:
    """Return a name as it may be shown and offered for download: no path, no hidden signs, not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        sign for sign in readable(last) if sign not in _FORBIDDEN and unicodedata.category(sign)[0] != "C"
    ).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = kept, ""
    room = LONGEST_NAME - len(dot) - len(ending)
    return f"{stem[: max(room, 1)]}{dot}{ending[:LONGEST_NAME]}"


def _checked_kind(content: bytes, name: str) -> str:
    """Return the media type of a file that may be kept."""
    if not content:
        raise RoundError(vi=f"Tệp {name} trống; hãy chọn tệp khác.", en=f"The file {name} is empty; choose another.")
    if len(content) > LARGEST_FILE:
        raise RoundError(
            vi=f"Tệp {name} lớn hơn {LARGEST_FILE >> 20} MB; hãy nén ảnh, tách tệp hoặc giảm độ phân giải bản quét.",
            en=f"The file {name} is larger than {LARGEST_FILE >> 20} MB; split it, or scan it at a lower resolution.",
        )
    said, found = ending_of(name), found_kind(content)
    if not found and said in KINDS:
        raise RoundError(
            vi=f"Tệp {name}: nội dung không phải {said.upper()} (hoặc có macro); hãy mở tệp, lưu thành PDF rồi nộp.",
            en=f"The file {name} is no {said.upper()} inside (or has macros); open it, save it as PDF and send that.",
        )
    if not found or said not in KINDS:
        raise RoundError(
            vi=f"Tệp {name} không phải loại được nhận ({', '.join(KINDS)}, không có macro); hãy lưu lại thành PDF.",
            en=f"The file {name} is of no kind that is taken ({', '.join(KINDS)}, no macros); save it as PDF.",
        )
    if said != found:
        raise RoundError(
            vi=f"Tệp {name} mang đuôi .{said} nhưng nội dung là {found}; hãy đổi đuôi cho đúng hoặc chọn đúng tệp.",
            en=f"The file {name} ends in .{said} but is {found}; name it rightly, or choose the right file.",
        )
    try:
        size = unpacked_size(content, most=LARGEST_UNPACKED)
    except BrokenPackageError as error:
        raise RoundError(
            vi=f"Tệp {name} hỏng, không mở ra được; hãy mở bằng phần mềm văn phòng rồi lưu lại.",
            en=f"The file {name} is damaged and cannot be unpacked; open it in an office program and save it again.",
        ) from error
    if size > LARGEST_UNPACKED:
        raise RoundError(
            vi=f"Tệp {name} mở ra lớn hơn {LARGEST_UNPACKED >> 20} MB; hãy lưu lại thành PDF.",
            en=f"The file {name} unpacks to more than {LARGEST_UNPACKED >> 20} MB; save it as PDF.",
        )
    return KINDS[found]


def _keep(path: Path, content: bytes) -> None:
    """Write bytes so that they are whole or not there, readable by the owner only.

    Several may write the same ones at once: each has a part of its own, and the last one that is put in place is as
    good as the first.
    """
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # It is made readable by its owner only.
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
