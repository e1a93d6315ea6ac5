"""Check the bundle of a released version: every file by its checksum, every document and figure by making it anew.

Needs neither a database nor a network, so that an inspector does it on a machine of his own.  Ends with 1 where
anything does not agree, and says what and where.  Whoever forges a whole bundle can make it agree with itself: compare
the printed checksum with the one on the public page, or give that one with --sha256.

Example:
    python3 hailong.py verify 7QK2M9XW4T.zip
    python3 hailong.py verify 7QK2M9XW4T.zip --sha256 befe1ba2d9ad4b2dd43c06c7d655a99ee22db2b4c9e7bd6bbfdef9e90d5a4e68
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.jobs.verified import Verification

# More than these would only repeat what the first ones say.
MOST_TOLD: Final = 50


@click.command
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sha256", default="", help="Checksum of the ZIP as the public page prints it.")
@click.option("--quick", is_flag=True, help="Make tables and figures anew, but not PDF, DOCX and XLSX.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", help="Language of what is said.")
def command(bundle: Path, sha256: str, language: str, *, quick: bool) -> None:
    """See the module."""
    from survey.jobs.verify import verify_bundle  # noqa: PLC0415 -- the help must not wait for it
    from survey.rendering.bundle import BundleError  # noqa: PLC0415 -- likewise

    try:
        found = verify_bundle(bundle, quick=quick)
    except BundleError as refusal:
        click.echo(_printable(refusal.en if language == "en" else refusal.vi), err=True)
        sys.exit(1)
    if sha256 and sha256.strip().lower() != found.bundle_sha256:
        found.fault(
            bundle.name,
            f"mã kiểm của gói không phải {sha256}: đây không phải gói đã công bố",
            f"the checksum of the ZIP is not {sha256}: this is not the published bundle",
        )
    _print(found, language)
    sys.exit(1 if found.faults else 0)


def _print(found: Verification, language: str) -> None:
    is_english = language == "en"
    release = found.release
    about = f"{release['code']}  {release['wave'] or release['year']}  v{release['version']}  {release['address']}"
    click.echo(_printable(about))
    click.echo(f"SHA-256 {found.bundle_sha256}")
    for fault in found.faults[:MOST_TOLD]:
        click.echo(_printable(f"  {fault.place}: {fault.text(language)}"))
    if len(found.faults) > MOST_TOLD:
        more = len(found.faults) - MOST_TOLD
        click.echo(f"  … and {more} more" if is_english else f"  … và {more} chỗ khác")
    for sentence in _left_open(found, is_english=is_english):
        click.echo(f"  {sentence}")
    for name, count in sorted(found.unchecked.items()):
        click.echo(
            f"  {name}: {count} figures have no counts in the bundle and were checked by their checksum only"
            if is_english
            else f"  {name}: {count} số liệu không có số đếm trong gói, chỉ kiểm bằng mã kiểm"
        )
    click.echo(_verdict(found, is_english=is_english))


def _printable(text: str) -> str:
    """Return a text without what would steer the terminal: it may come from a forged file."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _left_open(found: Verification, *, is_english: bool) -> Iterator[str]:
    """Say what could not be made anew, and why."""
    if not found.has_counts:
        yield (
            "This survey is estimated from its answers by strata or weights; these are not in the bundle: its figures "
            "were checked against one another, and its documents made again."
            if is_english
            else "Khảo sát này ước lượng từ từng phiếu theo tầng hoặc trọng số; phiếu không nằm trong gói, nên các số "
            "liệu được đối chiếu với nhau và các tài liệu được lập lại."
        )
    if found.has_counts and found.has_gaps:
        yield (
            "An earlier survey was estimated from its answers by strata or weights; what is compared with it was not "
            "made anew."
            if is_english
            else "Có khảo sát trước đó ước lượng từ từng phiếu theo tầng hoặc trọng số; phần so sánh với nó không tính "
            "lại."
        )
    if found.set_otherwise:
        yield (
            f"{found.set_otherwise} documents were made by another release of the software, which words or sets them "
            "otherwise: they were checked by their checksum; check them with that release."
            if is_english
            else f"{found.set_otherwise} tài liệu do phiên bản phần mềm khác lập, cách viết hoặc trình bày khác: chỉ "
            "kiểm bằng mã kiểm; hãy kiểm bằng đúng phiên bản đó."
        )


def _verdict(found: Verification, *, is_english: bool) -> str:
    files, documents, figures, faults = found.files, found.documents, found.figures, len(found.faults)
    if faults:
        return (
            f"DOES NOT AGREE in {faults} places; {files} files, {documents} documents and {figures} numbers were "
            "compared."
            if is_english
            else f"KHÔNG KHỚP ở {faults} chỗ; đã so {files} tệp, {documents} tài liệu và {figures} con số."
        )
    return (
        f"Agrees: {files} files unchanged, {documents} documents made again, {figures} numbers made anew."
        if is_english
        else f"Khớp: {files} tệp không bị đổi, {documents} tài liệu lập lại và {figures} con số tính lại đều đúng."
    )
