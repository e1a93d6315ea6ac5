"""Check the bundle of a released version: every file by its checksum, every figure by making it anew from the counts.

Needs neither a database nor a network, so that an inspector does it on a machine of his own.  Ends with 1 where
anything does not agree, and says what and where.  Compare the printed checksum with the one on the public page.

Example:
    python3 hailong.py verify 7QK2M9XW4T.zip
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from survey.jobs.verify import Verification

# More than these would only repeat what the first ones say.
MOST_TOLD: Final = 50


@click.command
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", help="Language of what is said.")
def command(bundle: Path, language: str) -> None:
    """See the module."""
    from survey.jobs.verify import verify_bundle  # noqa: PLC0415 -- the help must not wait for it
    from survey.rendering.bundle import BundleError  # noqa: PLC0415 -- likewise

    try:
        found = verify_bundle(bundle)
    except BundleError as refusal:
        click.echo(refusal.en if language == "en" else refusal.vi, err=True)
        sys.exit(1)
    _print(found, language)
    sys.exit(1 if found.faults else 0)


def _print(found: Verification, language: str) -> None:
    is_english = language == "en"
    release = found.release
    click.echo(f"{release['code']}  {release['wave'] or release['year']}  v{release['version']}  {release['address']}")
    click.echo(f"SHA-256 {found.bundle_sha256}")
    for fault in found.faults[:MOST_TOLD]:
        click.echo(f"  {fault.place}: {fault.text(language)}")
    if len(found.faults) > MOST_TOLD:
        more = len(found.faults) - MOST_TOLD
        click.echo(f"  … and {more} more" if is_english else f"  … và {more} chỗ khác")
    if not found.has_counts:
        click.echo(
            "This survey is estimated from its answers by strata or weights; these are not in the bundle: only "
            "files and tables were checked."
            if is_english
            else "Khảo sát này ước lượng từ từng phiếu theo tầng hoặc trọng số; phiếu không nằm trong gói, nên chỉ "
            "kiểm được các tệp và bảng."
        )
    for name, count in sorted(found.unchecked.items()):
        click.echo(
            f"  {name}: {count} figures have no counts in the bundle and were checked by their checksum only"
            if is_english
            else f"  {name}: {count} số liệu không có số đếm trong gói, chỉ kiểm bằng mã kiểm"
        )
    click.echo(_verdict(found, is_english=is_english))


def _verdict(found: Verification, *, is_english: bool) -> str:
    files, figures, faults = found.files, found.figures, len(found.faults)
    if faults:
        return (
            f"DOES NOT AGREE in {faults} places; {files} files and {figures} numbers were compared."
            if is_english
            else f"KHÔNG KHỚP ở {faults} chỗ; đã so {files} tệp và {figures} con số."
        )
    return (
        f"Agrees: {files} files unchanged, {figures} numbers made anew."
        if is_english
        else f"Khớp: {files} tệp không bị đổi, {figures} con số tính lại đều đúng."
    )
