from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.tables import Number, Share, Table
from lookoutcv.reports.sections.image_composition import composition_section
from report_to_draw import REPORT, words


def test_what_is_the_same_throughout_is_one_sentence() -> None:
    composition = composition_section(REPORT)
    assert words(composition) == "Image sizes: 1920x1080 throughout. Cameras: acA1920-40gc throughout."
    tables = [block for block in composition.blocks if isinstance(block, Table)]
    assert [table.caption for table in tables] == ["File formats"]
    assert tables[0].rows[0] == ("JPEG", Share("100%", 1.0), Share("99.5%", 370 / 372), Number("−0.5"))


def test_a_side_that_knows_nothing_gets_no_shares() -> None:
    bare = replace(REPORT, window=replace(REPORT.window, labels={}, sizes={}, cameras={}, formats={}))
    table = composition_section(bare).blocks[-1]
    assert isinstance(table, Table)
    assert table.rows[0][2:] == (Number("–"), Number("–"))


def test_nothing_known_is_said() -> None:
    bare = replace(REPORT.window, labels={}, sizes={}, cameras={}, formats={})
    assert "not known" in words(composition_section(replace(REPORT, baseline=bare, window=bare)))
