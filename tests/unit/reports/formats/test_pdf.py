from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from lookoutcv.errors import MissingExtra
from lookoutcv.reports.formats.base import RenderOptions
from lookoutcv.reports.formats.pdf import pdf
from lookoutcv.reports.parts.content_blocks import Gallery, Items, Picture, Pictures
from lookoutcv.reports.parts.document import Document, Section
from lookoutcv.reports.parts.drawings import Matrix
from lookoutcv.reports.rendering import render
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT


def opened(report: DriftReport) -> PdfReader:
    drawn = render(report, format="pdf")
    assert isinstance(drawn, bytes)
    return PdfReader(io.BytesIO(drawn))


def text(report: DriftReport) -> str:
    return " ".join(" ".join(page.extract_text() for page in opened(report).pages).replace("\u200b", "").split())


def test_it_has_pages_a_title_and_contents_that_lead_to_them() -> None:
    pdf = opened(REPORT)
    assert len(pdf.pages) >= 2
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Drift report"
    assert "Key figures" in [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert "Contents" in pdf.pages[0].extract_text()
    assert f"1 / {len(pdf.pages)}" in text(REPORT)


def test_it_says_what_the_report_says() -> None:
    shown = text(REPORT)
    for words in ("Drift detected: high severity", "Images are 38% darker.", "0.512", "cam-02/0001.jpg", "372 images"):
        assert words in shown


def test_text_from_data_is_never_markup() -> None:
    hostile = '#panic("no") $x$ *b* @ref <label> // \\u{41} "quoted" `raw`'
    assert hostile in text(replace(REPORT, notes=[hostile]))


def test_pictures_and_charts_are_in_it() -> None:
    with_pictures = sum(len(page.images) for page in opened(REPORT).pages)
    bare = render(REPORT, format="pdf", thumbnails=False)
    assert isinstance(bare, bytes)
    assert with_pictures > sum(len(page.images) for page in PdfReader(io.BytesIO(bare)).pages) == 0


@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xffno picture", b"\xff\xd8\xff", base64.b64decode(REPORT.most_shifted[0].thumbnail or "")[:200]]
)
def test_a_damaged_thumbnail_is_left_out(data: bytes) -> None:
    damaged = replace(REPORT.most_shifted[0], thumbnail=base64.b64encode(data).decode())
    assert "no thumbnail" in text(replace(REPORT, most_shifted=[damaged]))


def test_long_names_stay_on_the_page() -> None:
    name = "camera-07/" * 30 + "x" * 300 + ".jpg"
    pdf = opened(replace(REPORT, window=replace(REPORT.window, name=name)))
    page = pdf.pages[0]
    width = float(page.mediabox.width)
    ends: list[float] = []
    page.extract_text(visitor_text=lambda words, cm, tm, font, size: ends.append(tm[4]) if words.strip() else None)
    assert ends
    assert max(ends) < width


def test_without_typst_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtra, match=r"lookoutcv\[pdf\]"):
        render(REPORT, format="pdf")


def test_a_logo_stands_on_the_first_page(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (300, 60), "teal").save(tmp_path / "logo.png")
    drawn = render(REPORT, format="pdf", thumbnails=False, logo=tmp_path / "logo.png")
    assert isinstance(drawn, bytes)
    assert len(PdfReader(io.BytesIO(drawn)).pages[0].images) == 1


def test_no_heading_stands_alone_at_the_foot_of_a_page() -> None:
    headings = {entry.title for entry in opened(REPORT).outline if not isinstance(entry, list)}
    group = GroupDrift("cam-1", 200, Severity.NONE, 0.5, 1.0, 0.05, "No drift.")
    for length in range(1, 40, 6):  # whatever stands before them
        for page in opened(replace(REPORT, groups=[group] * length)).pages:
            *lines, _ = (line for line in page.extract_text().splitlines() if line.strip())
            assert lines[-1].strip() not in headings
            assert "then the window" not in lines[-1]


def drawn(*sections: Section) -> PdfReader:
    assert pdf.draw_document is not None
    return PdfReader(io.BytesIO(pdf.draw_document(Document("Run", (), "", None, sections), RenderOptions())))


@pytest.mark.parametrize("lines", range(16, 34, 3))
def test_no_page_ends_between_a_picture_and_its_name(lines: int) -> None:
    jpeg = REPORT.most_shifted[0].thumbnail
    pictures = tuple(Picture(f"picture-{number}.jpg", jpeg, "cat, taken for bird") for number in range(12))
    before = Section("Before", (Items(("a line",) * lines),))
    pages = drawn(before, Section("After", (Gallery((Pictures("The surest first", pictures),)),))).pages
    named = [page.extract_text().replace("\u200b", "").count("picture-") for page in pages]
    assert sum(named) == 12
    # Equal pictures are one object of a page, as often as it is drawn.
    assert [count > 0 for count in named] == [len(page.images) > 0 for page in pages]


def test_a_matrix_of_three_classes_is_no_poster() -> None:
    names, counts = ("a", "b", "c"), ((3, 1, 0), (0, 4, 0), (1, 0, 5))
    matrix = Matrix("By class", names, names, counts, note="Blue is right.")
    heights: dict[str, float] = {}

    def seen(words: str, place: list[float], *_: object) -> None:
        heights.setdefault(words.strip(), place[5])

    drawn(Section("Confusion", (matrix,))).pages[0].extract_text(visitor_text=seen)
    assert 60 < abs(heights["By class"] - heights["Blue is right."]) < 200
