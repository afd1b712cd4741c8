from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.content_blocks import Gallery
from lookoutcv.reports.parts.tables import Names, Table
from lookoutcv.reports.sections.example_images import images_section
from lookoutcv.results.images.image_example import ImageExample
from report_to_draw import REPORT, only, words


def test_images_without_thumbnails_are_listed() -> None:
    before_and_now, shifted = (block for block in images_section(REPORT).blocks if isinstance(block, Gallery))
    assert [group.side for group in before_and_now.groups] == ["before", "after"]
    assert [group.heading for group in shifted.groups] == ["Most shifted"]
    bare = replace(REPORT, most_shifted=[ImageExample("a.jpg", 1.0, ["darker"])], typical=[], baseline_typical=[])
    table = only(images_section(bare), Table)
    assert isinstance(table, Table)
    assert table.rows == ((Names(("a.jpg",)), "Most shifted", "darker"),)
    assert "no example images" in words(images_section(replace(bare, most_shifted=[])))
