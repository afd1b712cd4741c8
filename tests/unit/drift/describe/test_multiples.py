from dataclasses import replace

import numpy as np
import pyarrow as pa

from lookoutcv.drift.compare import compare
from lookoutcv.drift.describe.multiples import MOST_PARTS
from lookoutcv.metric_selection import select_metrics
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.records.schema import schema_for
from lookoutcv.reports.parts.drawings import Charts
from lookoutcv.reports.parts.tables import Table
from lookoutcv.reports.sections.small_multiples import classes_sections, group_charts

NAMES = ("exposure.brightness", "noise.sigma")
SCHEMA = schema_for(select_metrics("exposure.brightness,noise.sigma"))


def side(rng: np.random.Generator, parts: dict[str, tuple[int, float]], *, cameras: bool = False) -> Profile:
    """So many images of each label, and how bright they are."""
    rows = []
    for name, (images, level) in parts.items():
        for i in range(images):
            values = {NAMES[0]: rng.normal(level, 0.05), NAMES[1]: rng.normal(3, 0.5)}
            rows.append({"id": f"{name}/{i}", "label": name, "camera": name if cameras else None, **values})
    return from_records(pa.Table.from_pylist(rows, schema=SCHEMA))


BEFORE = {"cat": (120, 0.5), "dog": (100, 0.5), "owl": (80, 0.5)}


def test_each_class_is_drawn_on_the_same_edges_and_the_odd_one_out_is_seen(rng: np.random.Generator) -> None:
    after = side(rng, BEFORE | {"owl": (80, 0.2), "fox": (20, 0.5)})
    report = compare(side(rng, BEFORE), after)
    (drawn,) = report.multiples
    assert (drawn.by, drawn.metric) == ("label", "exposure.brightness")
    assert [part.name for part in drawn.parts] == ["cat", "dog", "owl", "fox"]
    assert [(part.before, part.after) for part in drawn.parts] == [(120, 120), (100, 100), (80, 80), (0, 20)]
    effects = {part.name: part.effect for part in drawn.parts}
    assert effects["owl"] is not None
    assert effects["cat"] is not None
    assert effects["owl"] < -0.9
    assert abs(effects["cat"]) < 0.3
    assert effects["fox"] is not None
    assert abs(effects["fox"]) < 0.3, "of a class that is new, all of the baseline is the other side"
    assert len({tuple(part.distribution.edges) for part in drawn.parts if part.distribution}) == 1
    (section,) = classes_sections(report)
    table, charts = section.blocks
    assert isinstance(table, Table)
    assert isinstance(charts, Charts)
    assert {row[0] for row in table.rows} == {"cat", "dog", "owl", "fox"}
    assert "20 images; new, so all of it is drawn" in charts.items[3].caption


def test_groups_are_drawn_by_what_moved_most_in_any_of_them(rng: np.random.Generator) -> None:
    after = side(rng, BEFORE | {"owl": (80, 0.2)}, cameras=True)
    report = compare(side(rng, BEFORE, cameras=True), after, group_by="camera")
    first, *_ = group_charts(report)
    assert "camera by camera" in first.caption
    assert {chart.title: chart.level for chart in first.items} == {"cat": None, "dog": None, "owl": "medium"}


def test_of_many_parts_those_that_moved_most_are_drawn(rng: np.random.Generator) -> None:
    many = {f"class {i:02}": (30, 0.5) for i in range(16)}
    (drawn,) = compare(side(rng, many), side(rng, many | {f"class 1{i}": (30, 0.2) for i in (1, 3, 5)})).multiples
    assert len(drawn.parts) == MOST_PARTS
    assert {"class 11", "class 13", "class 15"} <= {part.name for part in drawn.parts}


def test_without_a_drift_no_class_is_drawn(rng: np.random.Generator) -> None:
    report = compare(side(rng, BEFORE), side(rng, BEFORE))
    assert report.overall_drift_detected is False
    assert report.multiples == []


def test_one_class_is_no_multiple(rng: np.random.Generator) -> None:
    report = compare(side(rng, {"cat": (60, 0.5)}), side(rng, {"cat": (60, 0.3)}))
    assert report.multiples == []
    assert classes_sections(replace(report, multiples=[])) == ()
