"""What a bundle says of itself to who opens it."""

from __future__ import annotations

from typing import Final

_TEXT: Final = """\
# Hồ sơ kiểm chứng bản công bố {code}

Trang công khai: {address}

- `findings/`: mọi con số đã công bố, niêm phong khi công bố, không làm tròn.
- `documents/`: các tài liệu và bảng lập từ những con số đó.
- `counts/`: số đếm mà các con số được tính từ đó, đã ẩn nhóm nhỏ đúng như khi công bố.
- `definitions/`: phiếu hỏi, phương pháp, đợt khảo sát, cơ quan, phiên bản phần mềm.
- `manifest.json`: bản kê mọi tệp với mã kiểm SHA-256, và số mầm ngẫu nhiên.

Kiểm tra trên máy bất kỳ có phần mềm Hài Lòng, không cần cơ sở dữ liệu hay mạng:

    python3 hailong.py verify {code}.zip

Lệnh này so mã kiểm của từng tệp, lập lại từng tài liệu, tính lại các con số và nói rõ chỗ nào khác. Hãy thêm
`--sha256` cùng mã kiểm in trên trang công khai: chỉ mã ấy cho biết đây đúng là gói đã công bố.

# Bundle of the released version {code}

- `findings/`: every published figure as it was frozen at the release, unrounded.
- `documents/`: the documents and tables made from these figures.
- `counts/`: the counts behind the figures, small groups withheld just as they are in what is published.
- `definitions/`: questionnaire, method, waves, agencies, versions of the software.
- `manifest.json`: every file with its SHA-256, and the seeds of random numbers.

To check it on any machine with Hài Lòng, without a database or a network:

    python3 hailong.py verify {code}.zip

It compares the checksum of every file, makes every document and figure anew and says where anything differs. Add
`--sha256` and the checksum on the public page: only that one tells that this is the published bundle.
"""


def release_readme(code: str, address: str) -> bytes:
    """Write the page that explains a bundle, in both languages."""
    return _TEXT.format(code=code, address=address).encode()
