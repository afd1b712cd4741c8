"""Lists of images may hold anything: they are read or refused, and never lead out of their folder."""

import json
import os
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lookoutcv.errors import SourceError
from lookoutcv.records.times import time_of
from lookoutcv.sources import open_source
from lookoutcv.sources.allowed_places import AllowedPlaces
from lookoutcv.sources.table_listing import objects

CELL = st.sampled_from(
    ["a.jpg", "../b", "/etc/x", "", '"', "1", "nan", "[]", '[{"box":[1,2,3,4],"label":"x"}]', "é", "2026"]
)
TEXT = st.lists(st.lists(CELL, min_size=1, max_size=6).map(",".join), max_size=6).map("\n".join)
HEADER = st.sampled_from(["path", "path,label,time", "path,x1,y1,x2,y2,label", "file,objects,tags", "a,b", '"path'])
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["box", "bbox", "boxes", "label", "categories", "path"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("lists")


def read_or_refused(path):
    """Whatever a list names lies below its folder; every refusal is one of ours."""
    with suppress(SourceError):
        source = open_source(path)
        refs = list(source)
        assert len(refs) == source.count() == len({ref.id for ref in refs})
        for ref in refs:
            assert os.path.abspath(ref.load()).startswith(str(path.parent) + os.sep)


@given(HEADER, TEXT)
def test_any_table_is_read_or_refused(home, header, text):
    (home / "a.csv").write_text(f"{header}\n{text}", encoding="utf-8")
    read_or_refused(home / "a.csv")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(home, data):
    for name in ("b.csv", "b.tsv", "b.jsonl"):
        (home / name).write_bytes(b"path\n" * name.endswith("v") + data)
        read_or_refused(home / name)


@given(st.lists(st.dictionaries(st.sampled_from(["path", "label", "time", "tags", "objects", "x"]), VALUE), max_size=4))
def test_any_json_lines_are_read_or_refused(home, rows):
    (home / "c.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    read_or_refused(home / "c.jsonl")


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_any_damage_to_parquet_is_noticed_or_harmless(home, at, value):
    if not (home / "whole.parquet").exists():
        pq.write_table(pa.table({"path": ["a.jpg", "b.jpg"], "label": ["x", None]}), home / "whole.parquet")
    data = bytearray((home / "whole.parquet").read_bytes())
    data[4 + at % (len(data) - 8)] = value
    (home / "d.parquet").write_bytes(data)
    from lookoutcv.sources.kinds.manifest import lists_images

    if lists_images(home / "d.parquet"):
        read_or_refused(home / "d.parquet")


@given(VALUE)
def test_any_value_is_objects_or_refused(value):
    for one in (value, json.dumps(value)):
        with suppress(ValueError):
            found = objects(one)
            assert found is None or (found.boxes[:, :2] <= found.boxes[:, 2:]).all()


@given(st.text(max_size=30) | st.floats() | st.integers() | st.datetimes() | st.dates())
def test_any_value_is_a_moment_or_refused(value):
    with suppress(ValueError):
        found = time_of(value)
        assert found is None or found.utcoffset().total_seconds() == 0


@given(st.lists(st.text(alphabet="./\\ab:~\0%", max_size=12), max_size=3), st.booleans())
def test_no_text_leads_out(texts, given_root):
    places = AllowedPlaces("/data/set", given=given_root)
    for text in texts:
        check_place(places, text)


@given(st.lists(st.sampled_from(["/a.jpg", "../b.jpg", "/x/../y/a.jpg", "C:\\q\\..\\..\\gone", "/d", "../../d/e"])))
def test_no_path_of_another_machine_leads_out(tmp_path_factory, paths):
    root = tmp_path_factory.getbasetemp() / "places"
    (root / "d").mkdir(parents=True, exist_ok=True)
    (root / "a.jpg").write_bytes(b"x")
    places = AllowedPlaces(str(root), given=True)
    for path in paths:
        with suppress(ValueError):
            _, place = places.place(path)
            assert os.path.normpath(place).startswith(f"{root}/")


def check_place(places, text):
    with suppress(ValueError):
        id, place = places.place(text)
        assert os.path.normpath(place).startswith("/data/set/")
        assert ".." not in id.split("/")
