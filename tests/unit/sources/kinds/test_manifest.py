"""A table that lists images."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv.errors import BadManifestLine, ConfigError, UnreadableSource, WrongKind
from lookoutcv.sources import open_source


def table(folder, text, name="list.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def refused(target, line, why):
    with pytest.raises(BadManifestLine, match=why) as caught:
        list(open_source(target))
    assert caught.value.line == line
    assert f"line {line}: " in str(caught.value)
    return str(caught.value)


WHOLE = [("a.jpg", "cat", datetime(2026, 3, 1, 8, tzinfo=UTC), {"site": "north", "shift": "2"})]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "path,label,time,site,shift\na.jpg,cat,2026-03-01T08:00:00Z,north,2\n"),
        (
            "a.csv",
            '\ufeffPath;Class;Timestamp;tags\na.jpg;cat;2026-03-01 09:00+01:00;"{""site"":""north"",""shift"":2}"',
        ),
        ("a.tsv", "file_name\tlabel\ttime\tsite\tshift\r\n\r\na.jpg\tcat\t1772352000\tnorth\t2\r\n"),
        ("a.jsonl", '{"image":"a.jpg","label":"cat","time":1772352000000,"tags":{"site":"north"},"shift":2}\n\n'),
    ],
)
def test_every_form_says_the_same(tmp_path, name, text):
    refs = list(open_source(table(tmp_path, text, name)))
    assert [(r.id, r.label, r.time, r.tags) for r in refs] == WHOLE
    assert refs[0].load() == str(tmp_path / "a.jpg")


def test_parquet_with_times_maps_gaps_and_bytes(tmp_path):
    columns = {
        "path": ["a.jpg", "b.jpg"],
        "label": ["cat", None],
        "time": pa.array([WHOLE[0][2], None], pa.timestamp("us", "UTC")),
        "tags": pa.array([[("site", "north")], None], pa.map_(pa.string(), pa.string())),
        "shift": [2.0, None],
        "bytes": [b"x", b"y"],
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    refs = list(open_source(tmp_path / "a.parquet"))
    assert [(r.id, r.label, r.time, r.tags) for r in refs] == [*WHOLE, ("b.jpg", None, None, {})]


def test_a_row_a_box(tmp_path):
    text = "path,x1,y1,x2,y2,label,site\na.jpg,1,2,3,4,cat,n\na.jpg,5,6,7,8,dog,n\nb.jpg,,,,,,s\n"
    a, b = open_source(table(tmp_path, text))
    assert (a.objects.boxes.tolist(), a.objects.labels, a.label) == ([[1, 2, 3, 4], [5, 6, 7, 8]], ("cat", "dog"), None)
    assert (b.objects.labels, a.tags, b.tags) == ((), {"site": "n"}, {"site": "s"})


def test_a_list_of_boxes(tmp_path):
    rows = [
        {"path": "a.jpg", "objects": [{"box": [1, 2, 3, 4], "label": "cat"}]},
        {"path": "b.jpg", "objects": {"bbox": [[1, 2, 2, 2]], "categories": ["cat"]}},
        {"path": "c.jpg", "objects": [{"bbox": [1, 2, 2, 2], "category": "cat"}]},
        {"path": "d.jpg", "objects": []},
        {"path": "e.jpg"},
    ]
    refs = list(open_source(table(tmp_path, "\n".join(map(json.dumps, rows)), "a.jsonl")))
    assert [r.objects and r.objects.boxes.tolist() for r in refs[:3]] == [[[1, 2, 3, 4]]] * 3
    assert (refs[3].objects.labels, refs[4].objects) == ((), None)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("path,label\na.jpg,cat\nb.jpg\n", 3, "1 cells where the header has 2"),
        ('path,label\n"a\nb.jpg",cat\nc.jpg,"x"y\n', 4, "not CSV"),
        ("path,time\na.jpg,yesterday\n", 2, "'yesterday' is not a time"),
        ("path,Timestamp\na.jpg,0.033\n", 2, "no day of Excel's. Correct it; or rename the column Timestamp"),
        ("path\na.jpg\n\n ./a.jpg\n", 4, "a second time"),
        ("path,x1,y1,x2,y2,label\na.jpg,1,2,3,4,c\nb.jpg,,,,,\na.jpg,1,2,3,4,c\n", 4, "a second time"),
        ("path,x1,y1,x2,y2,label\na.jpg,1,2,3,four,c\n", 2, "not four numbers"),
        ("path,x1,y1,x2,y2,label\na.jpg,1,2,3,4,c\na.jpg,5,2,3,4,c\n", 3, "negative size"),
        ("path,x1,y1,x2,y2,label\na.jpg,1,2,nan,4,c\n", 2, "beyond reason"),
        ("path,x1,y1,x2,y2,label\na.jpg,1,2,3,4,\n", 2, "without a label"),
        ("path,objects\na.jpg,[{]\n", 2, "not JSON"),
        ("path,label\n,cat\n", 2, "names no image"),
        ("path,path\na,b\n", 1, "two columns"),
        ("name,label\na.jpg,cat\n", 1, "no column names images"),
        ("pathh,label\na.jpg,cat\n", 1, "Rename the column 'pathh'"),
        ("path\n" + "a" * 5000, 2, "holds no path"),
        ("path\n" + "a" * 2_000_000, 2, "longer than 1 MiB"),
        ('path\n"a\n' + '"b\n' * 600_000, 2, "not CSV|longer than"),
    ],
)
def test_a_bad_line_names_its_number(tmp_path, text, line, why):
    refused(table(tmp_path, text), line, why)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('{"path":"a.jpg"}\n{"path":"b.jpg"', 2, "not JSON"),
        ('{"path":"a.jpg"}\n[1]', 2, "not a JSON object"),
        ('{"path":"a.jpg"}\n' + "[" * 100_000, 2, "not JSON"),
        ('{"path":"a.jpg"}\n{"path":3}', 2, "names no image"),
        ('{"path":"a.jpg","label":{"a":1}}', 1, "label that is no text"),
    ],
)
def test_a_bad_json_line_names_its_number(tmp_path, text, line, why):
    refused(table(tmp_path, text, "a.jsonl"), line, why)


def test_damaged_parquet_is_said_plainly(tmp_path):
    pq.write_table(pa.table({"path": ["a.jpg"] * 3}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:40] + bytes(9) + whole[49:])
    with pytest.raises((UnreadableSource, BadManifestLine)):
        open_source(tmp_path / "a.parquet")


def test_the_user_may_name_the_folder_of_the_images(tmp_path):
    (tmp_path / "lists").mkdir()
    path = table(tmp_path / "lists", f"path\n../day/a.jpg\n{tmp_path}/day/b.jpg\n")
    told = refused(path, 2, "leads out")
    assert f"{path}?root=FOLDER" in told
    # With a root, relative paths start from it.
    path.write_text(f"path\nday/a.jpg\n{tmp_path}/day/b.jpg\n")
    refused(path, 3, "leads out")
    assert [r.id for r in open_source(f"{path}?root={tmp_path}")] == ["day/a.jpg", "day/b.jpg"]


def test_urls_only_where_the_user_says_so(tmp_path):
    path = table(tmp_path, "path\nhttps://me:secret@host/a.jpg?sign=1\n")
    assert "secret" not in refused(path, 2, "is a URL")
    (ref,) = open_source(f"{path}?urls=yes")
    assert (ref.id, ref.load()) == ("https://host/a.jpg", "https://me:secret@host/a.jpg?sign=1")
    for hostile in ("file:///etc/passwd", "simplecache::file:///etc/passwd", "local:///etc/passwd"):
        path.write_text(f"path\n{hostile}\n")
        refused(f"{path}?urls=yes", 2, "not a URL that is read")
    with pytest.raises(ConfigError, match="yes or no"):
        open_source(f"{path}?urls=maybe")


def test_records_written_for_others_are_no_manifest(tmp_path):
    from lookoutcv.demo.photographs import photograph

    photograph(tmp_path / "in", 3, seed=1)
    for name in ("r.csv", "r.json"):
        lo.measure(tmp_path / "in", output=tmp_path / name, workers=1, cache=False)
        for verb in (lo.measure, lo.baseline):
            with pytest.raises(WrongKind, match=r"-o records\.parquet"):
                verb(tmp_path / name)


def test_a_manifest_in_parquet_is_measured_and_records_are_not(tmp_path):
    from lookoutcv.demo.photographs import photograph

    photograph(tmp_path, 3, seed=1)
    paths = sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*.jpg"))
    pq.write_table(pa.table({"path": paths, "label": ["x"] * 3}), tmp_path / "list.parquet")
    records = lo.measure(tmp_path / "list.parquet", output=tmp_path / "records.parquet", workers=1, cache=False)
    assert records.count == 3
    assert lo.baseline(tmp_path / "list.parquet", workers=1, cache=False).profile.count == 3
    assert lo.baseline(tmp_path / "records.parquet").profile.count == 3
    with pytest.raises(WrongKind, match="holds measurements already"):
        lo.measure(tmp_path / "records.parquet")


def test_labels_times_and_tags_reach_the_records(tmp_path):
    from lookoutcv.demo.photographs import photograph

    photograph(tmp_path, 2, seed=1)
    first, second = sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*.jpg"))
    path = table(tmp_path, f"path,label,time,site\n{first},cat,2026-03-01,north\n{second},dog,,\n")
    rows = lo.measure(path, workers=1, cache=False).table.select(["label", "time", "tags"]).to_pylist()
    assert rows[0] == {"label": "cat", "time": datetime(2026, 3, 1, tzinfo=UTC), "tags": [("site", "north")]}
    assert (rows[1]["label"], rows[1]["tags"]) == ("dog", None)
