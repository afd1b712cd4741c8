"""A folder of images with its metadata, as Hugging Face data sets have it."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lookoutcv.errors import BadManifestLine, ConfigError
from lookoutcv.sources import open_source


def test_labels_captions_and_boxes(tmp_path):
    rows = [
        {"file_name": "a.jpg", "label": 3, "text": "a cat", "path": "else"},
        {"file_name": "b/c.jpg", "objects": {"bbox": [[1, 2, 3, 4]], "categories": [0]}},
    ]
    (tmp_path / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
    a, b = open_source(tmp_path)
    assert (a.id, a.label, a.objects, a.tags) == ("a.jpg", "3", None, {"text": "a cat", "path": "else"})
    assert (b.id, b.label, b.objects.labels, b.objects.boxes.tolist()) == ("b/c.jpg", None, ("0",), [[1, 2, 4, 6]])


def test_parts_come_one_after_another_or_by_choice(tmp_path):
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "metadata.csv").write_text("file_name,label\n1.jpg,cat\n")
    assert [ref.id for ref in open_source(tmp_path)] == ["train/1.jpg", "test/1.jpg"]
    assert open_source(tmp_path).count() == 2
    chosen = open_source(f"{tmp_path}?split=test")
    assert [ref.id for ref in chosen] == ["test/1.jpg"]
    assert chosen.name == f"{tmp_path}?split=test"
    with pytest.raises(ConfigError, match="There are: train, test"):
        open_source(f"{tmp_path}?split=val")


def test_parquet_with_nested_objects(tmp_path):
    objects = [{"bbox": [[1.0, 2.0, 3.0, 4.0]], "categories": ["cat"]}]
    pq.write_table(pa.table({"file_name": ["a.jpg"], "objects": objects}), tmp_path / "metadata.parquet")
    (ref,) = open_source(tmp_path)
    assert (ref.objects.labels, ref.objects.boxes.tolist()) == (("cat",), [[1, 2, 4, 6]])


def test_a_table_of_another_kind_leaves_a_folder_a_folder(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "metadata.csv").write_text("site,camera\nnorth,2\n")
    (tmp_path / "metadata.jsonl").write_text("not json")
    assert type(open_source(tmp_path)).__name__ == "FolderSource"


def test_a_bad_line_names_its_file_and_number(tmp_path):
    (tmp_path / "metadata.csv").write_text("file_name\na.jpg\n../b.jpg\n")
    with pytest.raises(BadManifestLine, match=r"metadata\.csv, line 3: .*leads out") as caught:
        open_source(tmp_path)
    assert caught.value.line == 3
