from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.content_blocks import Gallery
from lookoutcv.reports.parts.tables import Names, Table
from lookoutcv.reports.sections.example_images import images_section, measured_sections
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.measured_examples import MeasuredExample, MeasuredExamples
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


def test_what_a_measurer_shows_stands_before_and_now_with_its_words() -> None:
    drawn = MeasuredExample("a.jpg", 2.0, ["looked at more at their edges"], "dress, score 0.93", "/9j/4AAQ")
    found = MeasuredExamples("attention", "Where the model looks", "Yellow counts most.", [drawn], [drawn])
    (section,) = measured_sections(replace(REPORT, measured_examples=[found]))
    assert section.heading == "Where the model looks"
    assert "Yellow counts most." in words(section)
    groups = [group for block in section.blocks if isinstance(block, Gallery) for group in block.groups]
    assert [group.side for group in groups] == ["before", "after"]
    assert groups[1].items[0].words == "dress, score 0.93; looked at more at their edges"


def test_where_the_baseline_has_none_or_there_are_no_pictures_that_is_said() -> None:
    drawn = MeasuredExample("a.jpg", 2.0, [], "", "/9j/4AAQ")
    found = MeasuredExamples("attention", "Where the model looks", "Yellow counts most.", [drawn])
    (section,) = measured_sections(replace(REPORT, measured_examples=[found]))
    assert "holds no such pictures" in words(section)
    bare = replace(found, window=[replace(drawn, thumbnail=None)])
    (section,) = measured_sections(replace(REPORT, measured_examples=[bare]))
    assert "without thumbnails" in words(section)
    assert isinstance(only(section, Table), Table)
    assert list(measured_sections(replace(REPORT, measured_examples=[replace(found, window=[])]))) == []
