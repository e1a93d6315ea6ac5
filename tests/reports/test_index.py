"""The public pages of the decided index: what is decided and nothing else, every version, and its open data."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date
from fractions import Fraction
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from index_world import DAY, freeze, two_rounds
from survey.findings.frozen import frozen_json, thaw
from survey.findings.index_publication import public_content
from survey.findings.index_result_values import IndexFindings
from survey.models.letterheads import Letterhead
from survey.services.index_ledger import Entry, place_of, write_score
from survey.web.index_lines import index_lines


def public_leaves_out_names_and_few(found: IndexFindings, published: dict[str, Any]) -> None:
    # What is public is made of what was frozen: fields that other editions of the software know move nothing.
    frozen = json.loads(frozen_json(found)) | {"another": {"edition": [1, 2]}}
    frozen["letterhead"] |= {"signer_name": "Nguyễn Văn Ký", "another": "x"}
    # A survey that nine answered is nobody's to read, whoever brought it in.
    frozen["agencies"][0]["survey"]["n"] = 9
    public = json.loads(public_content(json.dumps(frozen).encode()))
    assert public["another"] == {"edition": [1, 2]}
    assert "letterhead" not in public
    assert public["agencies"][0]["survey"] is None
    assert {one["low"] for one in public["agencies"][0]["components"]} == {None}
    assert public["agencies"][1:] == published["agencies"][1:]


def test_the_public_reads_what_is_decided_with_ranks_intervals_versions_and_open_data(
    client: FlaskClient, session: Session
) -> None:
    rounds = two_rounds(session)
    round_, world = rounds.after, rounds.world
    session.add(Letterhead(agency_id=world.agencies["P"].id, signer_name="Nguyễn Văn Ký", changed_on=DAY))
    session.commit()
    listed = client.get("/ket-qua/chi-so").text
    assert "Đánh giá năm 2025" in listed
    assert "Đánh giá năm 2026" not in listed
    assert client.get(f"/ket-qua/chi-so/{round_.code}").status_code == 404
    assert "/ket-qua/chi-so" in client.get("/ket-qua").text

    round_.state = "decided"
    first = freeze(session, round_, DAY)
    place = place_of(round_, world.agencies["F"].id, "1.2")
    write_score(session, place, Entry(Fraction(1), "decision", "Bí mật của người chấm", None, DAY))
    second = freeze(session, round_, date(2026, 12, 1), note="Sửa tiêu chí 1.2 của <F>")
    session.commit()

    answer = client.get("/ket-qua/chi-so/cchc-2026")
    page = answer.text
    # Ranked, with interval, n, class, movement and what stands beside; converted figures are marked.
    for said in (
        "19,50",
        "19,25–19,75",
        "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}400",
        "Tốt",
        "số liệu quy đổi",
        "không phải Chỉ số CCHC",
        "small/1",
    ):
        assert said in page, said
    for said in ("Sửa tiêu chí 1.2 của &lt;F&gt;", "bản 2"):
        assert said in page
    assert "Bí mật của người chấm" not in page
    assert "Set-Cookie" not in answer.headers
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/ket-qua/chi-so/CCHC-2026", headers=tag).status_code == 304
    old = client.get("/ket-qua/chi-so/CCHC-2026?version=1").text
    assert "đã được thay bằng bản sửa" in old
    assert "Ranking" in client.get("/ket-qua/chi-so/CCHC-2026?lang=en").text
    for wrong in ("/ket-qua/chi-so/X", "/ket-qua/chi-so/CCHC-2026?version=9", "/ket-qua/chi-so/CCHC-2026?version=x"):
        assert client.get(wrong).status_code == 404
    # A department's own page tells of every year in which it took part.
    own = client.get("/ket-qua/A").text
    assert "Trong Chỉ số CCHC" in own
    assert own.count("/ket-qua/chi-so/CCHC-") == 2

    # One checksum, which anybody can count again from the file, on the page, in the CSV, the export and the API.
    told = {}
    for version, shown in ((1, old), (2, page)):
        data = client.get(f"/ket-qua/chi-so/CCHC-2026/du-lieu.json?version={version}")
        told[version] = hashlib.sha256(data.data).hexdigest()
        assert told[version] in shown
        assert (first, second)[version - 1].sha256 not in shown
        table = client.get(f"/ket-qua/chi-so/CCHC-2026/du-lieu.csv?version={version}").text
        assert {line["sha256"] for line in csv.DictReader(io.StringIO(table))} == {told[version]}
    assert {line["sha256"] for line in index_lines(session, 2026)} == {told[2]}
    found = thaw(IndexFindings, data.data)
    assert (found.version, found.agencies[0].agency.code) == (2, "A")
    assert "Nguyễn Văn Ký" not in data.text
    assert json.loads(data.data)["agencies"][0]["points"] == "19.5"
    points = client.get("/ket-qua/chi-so/CCHC-2026/du-lieu.csv?of=points")
    assert "F,Đơn vị F,leaf,1.2,Kiểm tra,1.0" in points.text

    public_leaves_out_names_and_few(found, json.loads(data.data))
