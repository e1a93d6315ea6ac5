"""Details of the audit as an official reads them."""

from __future__ import annotations

import flask
import pytest

from survey.admin.audit_words import told, told_subject


@pytest.mark.parametrize(
    ("language", "details", "expected"),
    [
        ("vi", {"closes_on": ["2026-11-22", "2026-12-31"]}, [("đóng ngày", "22/11/2026 → 31/12/2026")]),
        ("en", {"closes_on": ["2026-11-22", "2026-02-31"]}, [("closes on", "22 November 2026 → 2026-02-31")]),
        ("vi", {"2026-11": [None, 300]}, [("11/2026", "chưa có → 300")]),
        ("en", {"2026-11": [None, 300]}, [("11/2026", "none yet → 300")]),
        ("vi", {"sizes": ["A 2026-03: - → 30"]}, [("số hồ sơ", "A 2026-03: chưa có → 30")]),
        ("vi", {"2026-11": ["1200", "3500"]}, [("11/2026", "1200 → 3500")]),
        ("vi", {"role": "survey_manager"}, [("vai trò", "Quản lý khảo sát")]),
        ("vi", {"counters": 1234, "second_factor": True}, [("quầy", "1.234"), ("xác thực hai bước", "có")]),
        ("en", {"counters": 1234, "reason": ""}, [("counters", "1,234"), ("reason", "–")]),
        ("vi", {"made_at": "2026-11-22T03:04:05+00:00"}, [("sao lưu lúc", "22/11/2026 03:04")]),
        ("vi", {"reason": "Quầy đóng 2026-11-22 vì bão"}, [("lý do", "Quầy đóng 2026-11-22 vì bão")]),
    ],
)
def test_details_are_told_in_words_of_the_reader(
    app: flask.Flask, language: str, details: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    with app.test_request_context("/admin/audit", query_string={"lang": language}):
        app.preprocess_request()

        assert told(details) == expected


def test_a_subject_that_begins_with_a_code_of_ours_is_told_in_words(app: flask.Flask) -> None:
    with app.test_request_context("/admin/audit"):
        assert told_subject("annual 2026") == "tổng hợp năm 2026"
        assert told_subject("Quầy số 1") == "Quầy số 1"
