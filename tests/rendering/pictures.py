"""Pages as pictures, and how much two of them may differ.

python -m tests.rendering.pictures    writes the reference pictures anew; look at them before they are kept.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image, ImageChops, ImageFilter, ImageStat

from survey.rendering.docx import report_docx
from survey.rendering.pdf import report_pdf

REFERENCES: Final = Path(__file__).with_name("pictures")
OFFICE: Final = shutil.which("soffice")
DOTS_AN_INCH: Final = 50
# Of 255 shades: over a whole page, and in the worst of its tiles, after a blur that forgives the width of a stroke.
# The PDF is set by our own program with our own fonts; the DOCX by whichever LibreOffice and fonts there are.
MOST_ON_PAGE: Final = {"pdf": 0.8, "docx": 4.0}
MOST_IN_TILE: Final = {"pdf": 10.0, "docx": 45.0}
TILES: Final = (6, 9)


def pages(pdf: bytes) -> list[Image.Image]:
    """Draw every page in shades of grey."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=DOTS_AN_INCH / 72).to_pil().convert("L") for page in document]


def through_office(docx: bytes) -> bytes:
    """Have LibreOffice print a document."""
    assert OFFICE
    with tempfile.TemporaryDirectory(prefix="hai-long-office-") as folder:
        (Path(folder) / "report.docx").write_bytes(docx)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        order = [OFFICE, "--headless", profile, "--convert-to", "pdf", "--outdir", folder, f"{folder}/report.docx"]
        subprocess.run(order, check=True, capture_output=True, timeout=170)
        return (Path(folder) / "report.pdf").read_bytes()


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return how far two pictures are apart: on the whole, and in the worst tile."""
    assert one.size == other.size
    soft = ImageFilter.GaussianBlur(2)
    apart = ImageChops.difference(one.filter(soft), other.filter(soft))
    across, down = (side // count for side, count in zip(one.size, TILES, strict=True))
    corners = ((x * across, y * down) for x in range(TILES[0]) for y in range(TILES[1]))
    tiles = (apart.crop((left, top, left + across, top + down)) for left, top in corners)
    return ImageStat.Stat(apart).mean[0], max(ImageStat.Stat(tile).mean[0] for tile in tiles)


def write_references() -> None:
    from tests.rendering.layout_example import layout_example  # noqa: PLC0415 -- a script's own

    report = layout_example()
    REFERENCES.mkdir(exist_ok=True)
    for name, pdf in (("pdf", report_pdf(report)), ("docx", through_office(report_docx(report)))):
        for number, page in enumerate(pages(pdf), start=1):
            page.quantize(16).save(REFERENCES / f"{name}-{number}.png", optimize=True)


if __name__ == "__main__":
    write_references()
