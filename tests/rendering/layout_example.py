"""One small report with everything the layout knows; what reports say may change, how they stand may not."""

from datetime import date
from typing import Final

from survey.findings.values import AgencyName, Letterhead, Wording
from survey.rendering.blocks import Bullets, Chart, Column, Heading, Kind, Paragraph, Report, Table
from survey.rendering.letter import letter_of
from tests.rendering.examples import agency_example

MADE_ON: Final = date(2026, 11, 21)
LETTERHEAD: Final = Letterhead(
    superior=Wording("Ủy ban nhân dân tỉnh Mây", ""),
    issuer=Wording("Sở Nội vụ", ""),
    place="Mây Trắng",
    number="15",
    symbol="BC-SNV",
    signer_post=Wording("KT. Giám đốc\nPhó Giám đốc", ""),
    signer_name="Nguyễn Thị Ánh",
    recipients=Wording("Bộ Nội vụ\nUBND tỉnh\nLưu: VT, CCHC", ""),
)
_BARS: Final = "".join(
    f'<rect x="90" y="{12 + 30 * at}" width="{320 - 40 * at}" height="16" fill="#1f4e8c"/>' for at in range(4)
)
CHART: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="459pt" height="130pt" viewBox="0 0 459 130">'
    f'<path d="M90 4V126" stroke="#10243e"/>{_BARS}</svg>'
).encode()


def layout_example(*, is_draft: bool = True) -> Report:
    """Return the report, two pages and an annex."""
    share = agency_example().overall.share_satisfied
    agency = AgencyName(agency_example().agency.id, "01", "department", Wording("Sở Nội vụ", ""), None, is_demo=False)
    narrow = Table(
        "narrow",
        "Kết quả chung và theo yếu tố",
        "Kết quả",
        (Column("Nội dung", Kind.TEXT, 4), Column("n", Kind.COUNT, 1), Column("Tỷ lệ hài lòng", Kind.SHARE, 2)),
        tuple((name, 1234, share) for name in ("Chung", "Tiếp cận dịch vụ", "Thủ tục hành chính", "Công chức")),
        "Khoảng tin cậy 95 % cho sai số ngẫu nhiên.",
    )
    wide = Table(
        "wide",
        "Xếp hạng các cơ quan",
        "Xếp hạng",
        (Column("Cơ quan", Kind.TEXT, 3), *(Column(f"Yếu tố {at}", Kind.SHARE, 1) for at in range(1, 7))),
        tuple((f"Xã Suối số {at}", *([share] * 6)) for at in range(1, 23)),
    )
    return Report(
        language="vi",
        title="Kết quả khảo sát mức độ hài lòng của người dân, tổ chức",
        subtitle="Sở Nội vụ – Khảo sát năm 2026",
        letter=letter_of(LETTERHEAD, agency, made_on=MADE_ON, language="vi"),
        made_on=MADE_ON,
        marks=("BẢN NHÁP – chưa công bố",) if is_draft else (),
        watermark="BẢN NHÁP" if is_draft else "",
        body=(
            Paragraph("Khảo sát này theo kiểu SIPAS, do cơ quan tự tổ chức. " * 3),
            Heading(1, "1. Kết quả chính"),
            Bullets(("85,7 % lượt đánh giá ở mức hài lòng hoặc rất hài lòng. " * 2, "Tỷ lệ tham gia 34,5 %.")),
            narrow,
            Chart("chart", "Tỷ lệ hài lòng theo yếu tố", "Bốn thanh, ngắn dần.", CHART),
            Heading(2, "1.1. Xếp hạng"),
            wide,
        ),
        annexes=(Heading(1, "Phụ lục 1. Phương pháp"), Paragraph("Mọi khoảng đều là khoảng tin cậy 95 %.")),
    )
