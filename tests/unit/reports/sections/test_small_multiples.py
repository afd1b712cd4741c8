from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.tables import Table
from lookoutcv.reports.sections.small_multiples import classes_sections
from report_to_draw import REPORT


def test_many_kinds_are_cut_to_those_that_changed_most() -> None:
    labels = {f"class {i:02}": 10 for i in range(40)}
    after = labels | {"class 07": 90}
    both = replace(REPORT, baseline=replace(REPORT.baseline, images=400, labels=labels))
    both = replace(both, window=replace(REPORT.window, images=480, labels=after))
    (classes,) = classes_sections(both)
    table = classes.blocks[0]
    assert isinstance(table, Table)
    assert table.rows[0][0] == "class 07"
    assert table.rows[-1][0] == "all others"
    assert len(table.rows) == 13
    assert "28 more" in table.note
