"""What people marked travels with the records: measured, cached, written, read and kept in profiles."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import lookoutcv as lo
from lookoutcv.errors import ShapeMismatch
from lookoutcv.predictions import TrueObjects
from lookoutcv.profiles.codec import decode as decode_profile
from lookoutcv.profiles.codec import encode as encode_profile
from lookoutcv.profiles.profile import Profile, from_records, merge
from lookoutcv.records.prediction_columns import OBJECTS, TRUTH, objects_of
from marked_pictures import CARD, SIDE, Marked, MarkedRef, finder, marked, stored


def boxes(table: pa.Table) -> list[list[list[float]] | None]:
    return [None if one is None else one.boxes.tolist() for one in objects_of(table, TRUTH)]


def truth(source: Marked) -> list[list[list[float]] | None]:
    return [None if r.objects is None else r.objects.in_pixels(SIDE, SIDE).boxes.tolist() for r in source.refs]


@pytest.mark.parametrize("relative", [False, True])
def test_boxes_become_pixels_with_and_without_a_model(relative: bool) -> None:
    source = marked(12, relative=relative, unmarked=2)
    plain = lo.measure(source, metrics="exposure", workers=1).table
    asked = lo.measure(source, metrics="exposure", workers=1, model=finder, card=CARD).table
    assert boxes(plain) == boxes(asked) == truth(source)
    assert boxes(plain)[:2] == [None, None]
    assert [] in boxes(plain), "somebody looked and found nothing"
    assert "objects" not in plain.column_names
    assert len(next(iter(objects_of(asked)))) >= 0


def test_they_come_through_the_cache_and_other_processes(tmp_path: Path) -> None:
    source = stored(marked(100), tmp_path / "pictures")
    how = {"metrics": "exposure", "cache": tmp_path / "cache"}
    fresh = lo.measure(source, workers=2, **how).table
    known = lo.measure(source, workers=1, **how).table
    assert boxes(fresh) == boxes(known) == truth(source)
    changed = Marked([MarkedRef(ref.id, ref.picture, TrueObjects.none()) for ref in source.refs])
    assert boxes(lo.measure(changed, workers=1, **how).table) == [[]] * 100, "the cache knows pictures, not marks"


def test_every_form_of_file_holds_them(tmp_path: Path) -> None:
    source = marked(6)
    for form in ("parquet", "csv", "json"):
        lo.measure(source, metrics="noise", workers=1, output=tmp_path / f"r.{form}")
    assert boxes(lo.load(tmp_path / "r.parquet").table) == truth(source)
    from_json = [row[TRUTH] for row in json.loads((tmp_path / "r.json").read_text("utf-8"))]
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        assert [json.loads(row[TRUTH]) for row in csv.DictReader(file)] == from_json
    corners = [[[o[c] for c in ("x1", "y1", "x2", "y2")] for o in row] for row in from_json]
    assert corners == truth(source)


def test_one_image_tells_its_objects() -> None:
    one = lo.measure(np.zeros((4, 4, 3), np.uint8), metrics="noise")
    assert one.to_dict()[TRUTH] is None


def test_a_sample_keeps_them_beside_a_detectors_answers_only() -> None:
    source = marked(40)
    alone = lo.baseline(source, metrics="exposure", workers=1).profile
    asked = lo.baseline(source, metrics="exposure", workers=1, model=finder, card=CARD).profile
    assert TRUTH not in alone.sample.column_names
    order = {ref.id: row for ref, row in zip(source.refs, truth(source), strict=True)}
    assert boxes(asked.sample) == [order[id] for id in asked.sample.column("id").to_pylist()]
    again, _ = decode_profile(encode_profile(asked))
    assert boxes(again.sample) == boxes(asked.sample)
    whole = merge(merge(asked, Profile()), alone)
    assert sum(one is not None for one in boxes(whole.sample)) == 40
    records = lo.measure(source, metrics="exposure", workers=1, model=finder, card=CARD).table
    assert boxes(from_records(records).sample) == boxes(asked.sample)


def test_records_of_before_read_as_not_looked_at() -> None:
    rows = pa.table({"id": ["a", "b"]})
    assert list(objects_of(rows, TRUTH)) == [None, None]
    assert list(objects_of(rows.slice(0, 0), OBJECTS)) == []


def test_rows_are_read_from_the_middle_of_a_table() -> None:
    table = lo.measure(marked(12), metrics="noise", workers=1).table
    assert boxes(table.slice(5, 4)) == boxes(table)[5:9]


def test_a_crowd_is_told_by_its_confidence() -> None:
    crowd = TrueObjects.of([[0, 0, 4, 4], [1, 1, 2, 2]], ["cat", "cat"], crowd=[True, False])
    assert crowd.in_pixels(8, 8).confidences.tolist() == [0, 1]
    table = lo.measure(Marked([MarkedRef("a", np.zeros((8, 8, 3), np.uint8), crowd)]), metrics="noise").table
    assert [one.confidences.tolist() for one in objects_of(table, TRUTH)] == [[0, 1]]
    with pytest.raises(ShapeMismatch, match="3 flags of crowds"):
        TrueObjects.of([[0, 0, 1, 1]], ["cat"], crowd=[True, False, True])
