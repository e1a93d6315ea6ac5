"""What follows a release: its values are frozen, then its documents and its bundle are made from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.publication import withheld_agencies
from survey.findings.release import Values, public_session, release_values
from survey.jobs.work import CancelledError, Work
from survey.models.releases import Release
from survey.queries.released import ReleasedVersion, find_released
from survey.services.errors import ServiceError
from survey.services.frozen_values import keep_bundle, keep_frozen_values

BUNDLES: Final = "releases"


def bundle_path(data_dir: Path, code: str) -> Path:
    """Return where the bundle of a released version lies."""
    return data_dir / BUNDLES / f"{code}.zip"


def release_job(*, data_dir: Path, public_url: str) -> Callable[[Work], None]:
    """Return the job that freezes and bundles a release; done twice it changes nothing."""

    def make(work: Work) -> None:
        release_id = UUID(work.arguments["release_id"])
        freeze_release(work, release_id)
        bundle_release(work, release_id, data_dir=data_dir, public_url=public_url)

    return make


def freeze_release(work: Work, release_id: UUID) -> None:
    """Freeze the values of a released version, all of them at once; one that is frozen stays as it is."""
    release = work.session.get_one(Release, release_id)
    if release.frozen_on is not None:
        return
    values = values_of(work, release)
    work.session.rollback()
    work.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    keep_frozen_values(work.session, work.session.get_one(Release, release_id), values, today=work.today)
    work.session.commit()


def values_of(work: Work, release: Release) -> Values:
    """Make the values of a release as the public may see them."""
    release_id, wave_id = release.id, release.wave_id
    engine = work.session.get_bind().engine
    work.session.rollback()
    with public_session(engine, also=wave_id) as session:
        return release_values(session, session.get_one(Release, release_id), step=work.step)


def bundle_release(work: Work, release_id: UUID, *, data_dir: Path, public_url: str) -> None:
    """Write the bundle of a frozen version where it is missing, and keep its checksum with the release."""
    from survey.jobs.bundles import write_bundle  # noqa: PLC0415 -- draws and computes; pages need only its place

    release = work.session.get_one(Release, release_id)
    path = bundle_path(data_dir, release.code)
    if release.bundle_sha256 is not None and path.exists():
        return
    version, wave_id, engine = (
        find_released(work.session, release.code),
        release.wave_id,
        work.session.get_bind().engine,
    )
    work.session.rollback()
    if version is None:
        raise CancelledError
    with public_session(engine, also=wave_id) as session:
        _check_nothing_is_withheld_jointly(session, version)
        checksum, size = write_bundle(session, version, path, public_url=public_url, step=work.step)
    work.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    if not keep_bundle(work.session, work.session.get_one(Release, release_id), checksum=checksum, size=size):
        path.unlink()
        raise ServiceError(
            vi=f"Gói hồ sơ {version.code} lập lại không giống gói đã công bố (phần mềm đã đổi); hãy lấy tệp từ bản "
            "sao lưu.",
            en=f"The bundle {version.code} made anew is not the one that was published (the software has changed); "
            "take the file from a backup.",
        )
    work.session.commit()


def _check_nothing_is_withheld_jointly(session: Session, version: ReleasedVersion) -> None:
    """Refuse a bundle that would say more than the pages do."""
    hidden = withheld_agencies(session, version) if version.wave_id is not None else frozenset()
    if hidden:
        raise ServiceError(
            vi=f"Không lập gói hồ sơ {version.code}: trang công khai phải ẩn số liệu của {len(hidden)} cơ quan; hãy "
            "công bố bản mới, lập bằng phần mềm này.",
            en=f"No bundle of {version.code} is made: the figures of {len(hidden)} agencies are withheld on its pages; "
            "release a new version, made by this software.",
        )
