from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.tables import Names, Number, Table
from lookoutcv.reports.sections.left_out_images import duplicates_section, skipped_section
from lookoutcv.results.images.duplicates import Duplicates
from lookoutcv.results.images.skipped import Skipped
from report_to_draw import REPORT, only, words


def test_skipped_files_are_grouped_by_reason_and_capped() -> None:
    table = only(skipped_section(REPORT), Table)
    assert isinstance(table, Table)
    assert table.rows[0] == ("truncated", Number("2"), Names(("cam-02/0200.jpg", "cam-02/0201.jpg")))
    assert table.note == "1 more file was skipped and is not listed."
    many = [Skipped(f"{i}.jpg", f"reason {i % 30}") for i in range(900)]
    table = only(skipped_section(replace(REPORT, skipped=many)), Table)
    assert isinstance(table, Table)
    assert len(table.rows) == 20
    assert table.rows[-1][0] == "other reasons"
    cells = [row[2] for row in table.rows]
    shown = sum(len(cell.names) for cell in cells if isinstance(cell, Names))
    assert shown <= 200
    assert shown + sum(cell.more for cell in cells if isinstance(cell, Names)) == 900


def test_skipped_files_have_their_empty_states() -> None:
    whole = replace(REPORT, skipped=[], window=replace(REPORT.window, skipped=0))
    assert "Every image" in words(skipped_section(whole))
    assert "4 files could not be read" in words(skipped_section(replace(REPORT, skipped=[])))


def test_duplicates_are_grouped_and_capped() -> None:
    table = only(duplicates_section(REPORT), Table)
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["Exact copies", "Nearly the same", "Also in the baseline"]
    many = Duplicates([["a", "b"]] * 99 + [["x"] * 500], images=599, searched=700)
    table = only(duplicates_section(replace(REPORT, duplicates=many)), Table)
    assert isinstance(table, Table)
    assert table.rows[0][1] == Number("500")
    assert table.note == "88 more groups are in the JSON report."


def test_duplicates_have_their_empty_states() -> None:
    assert "not searched" in words(duplicates_section(replace(REPORT, duplicates=None)))
    none = Duplicates(searched=372)
    assert "None among the 372 images" in words(duplicates_section(replace(REPORT, duplicates=none)))
