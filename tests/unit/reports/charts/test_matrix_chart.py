"""The confusion matrix stays readable from 2 to 50 classes."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from lookoutcv.reports.charts.matrix_chart import svg
from lookoutcv.reports.parts.drawings import Matrix

SVG = "{http://www.w3.org/2000/svg}"


def matrix(classes: int) -> Matrix:
    names = tuple(f"class <{i}>" for i in range(classes))
    counts = tuple(tuple(9 if i == j else int(j == i + 1) for j in range(classes)) for i in range(classes))
    return Matrix("Images & classes", names, names, counts)


@pytest.mark.parametrize("classes", [1, 2, 10, 50])
def test_every_cell_and_name_stands_in_the_frame(classes: int) -> None:
    root = ElementTree.fromstring(svg(matrix(classes), "k"))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    assert width < 1080, "as wide as a page at most"
    cells = [one for one in root.iter(f"{SVG}rect") if one.get("class") != "cell"]
    assert len(cells) == classes + classes - 1
    for cell in cells:
        x, y, side = (float(cell.get(name, -1)) for name in ("x", "y", "width"))
        assert 0 <= x <= x + side <= width
        assert 0 <= y <= y + side <= height
    assert sum(one.get("class") == "ink" for one in root.iter(f"{SVG}text")) == 2 * classes


def test_what_is_right_and_what_is_wrong_have_their_colours_and_a_pointer_tells_the_counts() -> None:
    root = ElementTree.fromstring(svg(matrix(2), "k"))
    found = {(one[0].text, one.get("class")) for one in root.iter(f"{SVG}rect") if len(one)}
    assert found == {
        ("class <0> right: 9 of 10", "right"),
        ("class <0> taken for class <1>: 1 of 10", "wrong"),
        ("class <1> right: 9 of 9", "right"),
    }
    assert [one.text for one in root.iter(f"{SVG}text") if one.get("class") == "count"] == ["9", "1", "9"]


def test_many_classes_have_no_counts_in_their_cells() -> None:
    assert 'class="count"' not in svg(matrix(20), "k")


def test_a_single_mistake_can_be_seen() -> None:
    names = ("a", "b", "c")
    drawn = svg(Matrix("m", names, names, ((9000, 1, 800), (0, 0, 0), (0, 0, 5))), "k")
    shades = [float(one.get("fill-opacity", 0)) for one in ElementTree.fromstring(drawn).iter(f"{SVG}rect")][1:]
    assert min(shades) >= 0.12
    assert max(shades) <= 0.5, "letters stay readable"
