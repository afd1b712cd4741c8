from __future__ import annotations

import json

import vl_convert

from lookoutcv.reports.charts.vega import specification
from lookoutcv.reports.parts.drawings import Histogram

CHART = Histogram(
    "Brightness", "px", (1.0, 2.0, 4.0, 8.0), (0.5, 0.5, 0.0), (0.0, 0.4, 0.6), True, before_mark=1.5, after_mark=99.0
)


def test_vega_draws_it() -> None:
    drawn = vl_convert.vegalite_to_svg(specification(CHART) | {"width": 300})
    assert drawn.count('aria-roledescription="bar"') == 9
    assert drawn.count('aria-roledescription="rule mark"') == 2
    assert ">px<" in drawn


def test_each_cell_tells_its_values_in_the_words_of_the_page() -> None:
    rows = specification(CHART)["data"]["values"]
    assert [row["cell"] for row in rows] == ["1 to 2 px", "2 to 4 px", "4 to 8 px"]
    assert [(row["before_share"], row["after_share"]) for row in rows] == [
        ("50.0%", "0%"),
        ("50.0%", "40.0%"),
        ("0%", "60.0%"),
    ]


def test_it_is_json_that_names_no_address() -> None:
    assert "http" not in json.dumps(specification(CHART), allow_nan=False)


def test_marks_are_optional() -> None:
    bare = Histogram("x", "1", (0.0, 1.0), (1.0,), (1.0,), after_mark=float("nan"))
    assert [layer["mark"]["type"] for layer in specification(bare)["layer"]] == ["bar", "bar", "bar"]
