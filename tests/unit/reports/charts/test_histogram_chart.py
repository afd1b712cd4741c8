from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from lookoutcv.reports.charts.histogram_chart import cell_words, svg
from lookoutcv.reports.charts.histogram_layout import HEIGHT, WIDTH
from lookoutcv.reports.parts.drawings import Histogram

CHART = Histogram("Brightness", "1", (0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 0.5, 0.5, 0.0), (0.25, 0.75, 0.0, 0.0))
LOG = replace(CHART, edges=(1.0, 10.0, 100.0, 1000.0, 10000.0), log=True)


def test_the_picture_is_sound_xml_within_its_frame() -> None:
    root = ET.fromstring(svg(replace(CHART, title="<&>\x00", unit="<px>", before_mark=0.4, after_mark=99.0), "k"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == "<&>\\x00"  # type: ignore[union-attr]
    assert "Typical value 0.400 <px> in the baseline" in root.find(f"{space}desc").text  # type: ignore[union-attr,operator]
    assert root.get("aria-labelledby") == "k-t k-d"
    assert len(root.findall(f"{space}path[@class='before-mark']")) == 1
    for text in root.iter(f"{space}text"):
        assert 0 <= float(text.get("x", "nan")) <= WIDTH
        assert 0 <= float(text.get("y", "nan")) <= HEIGHT


def test_the_outline_rises_to_the_top_and_returns_to_the_floor() -> None:
    root = ET.fromstring(svg(CHART, "k"))
    outline = next(p for p in root.iter("{http://www.w3.org/2000/svg}path") if p.get("class") == "after")
    assert outline.get("d") == "M8 100V70H109.3V10H210.7V100H312V100"


def test_a_picture_is_small() -> None:
    cells = 60
    edges = tuple(i / cells for i in range(cells + 1))
    assert len(svg(Histogram("x", "px", edges, (1 / cells,) * cells, (1 / cells,) * cells), "k")) < 5000


def test_bytes_are_labelled_in_kilobytes() -> None:
    assert ">100 kB</text>" in svg(Histogram("x", "bytes", (50e3, 200e3), (1.0,), (1.0,)), "k")


def test_cells_in_words() -> None:
    assert cell_words(replace(CHART, unit="px"), 1) == ("0.250 to 0.500 px", "50.0%", "75.0%")
