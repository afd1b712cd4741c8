from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from lookoutcv.errors import CorruptFile, NotOurFile, SourceNotFound, UsageError
from lookoutcv.reports.index_page import index
from lookoutcv.reports.rendering import render
from lookoutcv.results.severity import Severity
from report_to_draw import of_day


def write(folder: Path) -> None:
    folder.mkdir()
    for number, severity in ((1, Severity.NONE), (2, Severity.MEDIUM)):
        render(of_day(number, severity), folder / f"day #{number}.json")
    (folder / "other.json").write_text("{}")


def test_an_index_links_the_pages_that_there_are(tmp_path: Path) -> None:
    write(tmp_path / "reports")
    render(of_day(2), tmp_path / "reports" / "day #2.html")
    page = index(tmp_path / "reports", tmp_path / "index.html").read_text("utf-8")
    assert re.findall(r'<a href="([^"]+)"', page) == ["./reports/day%20%232.html"]
    assert "day-<wbr>1" in page


def test_missing_pages_are_written_when_asked_for_and_old_ones_left(tmp_path: Path) -> None:
    write(tmp_path / "reports")
    (tmp_path / "reports" / "day #2.html").write_text("mine")
    index([tmp_path / "reports"], tmp_path / "index.html", pages=True, thumbnails=False)
    assert (tmp_path / "reports" / "day #2.html").read_text() == "mine"
    made = (tmp_path / "reports" / "day #1.html").read_text("utf-8")
    assert "<h1>Drift report</h1>" in made
    assert "data:image/jpeg" not in made


@pytest.mark.parametrize("suffix", [".html", ".pdf", ".md", ".txt"])
def test_an_index_has_the_forms_of_any_document(tmp_path: Path, suffix: str) -> None:
    path = index([of_day(1), of_day(2, Severity.HIGH, 0.9)], tmp_path / f"index{suffix}")
    assert path.stat().st_size > 300


def test_what_is_no_report_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path / "reports")
    with pytest.raises(NotOurFile):
        index(tmp_path / "reports" / "other.json", tmp_path / "index.html")
    with pytest.raises(SourceNotFound):
        index(tmp_path / "nowhere", tmp_path / "index.html")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceNotFound, match="no report in"):
        index(tmp_path / "empty", tmp_path / "index.html")
    with pytest.raises(UsageError, match=r"\.html"):
        index(of_day(1), tmp_path / "index.json")
    (tmp_path / "reports" / "broken.json").write_text('{"format": "lookoutcv.report", "version": 1}')
    with pytest.raises(CorruptFile, match=r"broken\.json"):
        index(tmp_path / "reports", tmp_path / "index.html")
    assert not (tmp_path / "index.html").exists()


def test_an_index_and_its_pages_wear_the_same_clothes(tmp_path: Path) -> None:
    Image.new("RGB", (300, 60), "teal").save(tmp_path / "logo.png")
    (tmp_path / "own.j2").write_text(
        '{% extends "report.html.j2" %}{% block footer %}Acme. {{ super() }}{% endblock %}'
    )
    write(tmp_path / "reports")
    index(
        tmp_path / "reports",
        tmp_path / "index.html",
        pages=True,
        logo=tmp_path / "logo.png",
        template=tmp_path / "own.j2",
    )
    for page in ("index.html", "reports/day #1.html"):
        text = (tmp_path / page).read_text("utf-8")
        assert "Acme." in text
        assert 'alt="Logo"' in text
