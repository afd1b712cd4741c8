"""Tables that hold the images themselves."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.sources import notes_of, open_source
from lookoutcv.sources.kinds.manifest import lists_images


@pytest.fixture
def pictures(rng):
    made = []
    for _ in range(3):
        file = io.BytesIO()
        Image.fromarray(rng.integers(0, 255, (24, 32, 3), np.uint8)).save(file, "png")
        made.append(file.getvalue())
    return made


def written(tmp_path, columns, metadata=None):
    table = pa.table(columns)
    pq.write_table(table.replace_schema_metadata(metadata), tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


def test_pictures_of_hugging_face_with_the_names_of_their_classes(tmp_path, pictures):
    features = {"image": {"_type": "Image"}, "label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}
    column = [{"bytes": data, "path": f"p/{i}.png"} for i, data in enumerate(pictures)]
    path = written(
        tmp_path,
        {"image": column, "label": [1, 0, None], "mask": column, "site": ["n", "s", "s"]},
        {"huggingface": json.dumps({"info": {"features": features}})},
    )
    source = open_source(path)
    assert [(ref.id, ref.label, ref.load(), ref.tags) for ref in source] == [
        ("p/0.png", "dog", pictures[0], {"site": "n"}),
        ("p/1.png", "cat", pictures[1], {"site": "s"}),
        ("p/2.png", None, pictures[2], {"site": "s"}),
    ]
    assert notes_of(source) == ("Columns of files are not read: mask.",)
    rows = lo.measure(path, metrics="exposure", workers=2).table.select(["id", "label", "width_px"]).to_pylist()
    assert rows[0] == {"id": "p/0.png", "label": "dog", "width_px": 32}
    for i, row in enumerate(lo.measure(path, metrics="exposure", workers=1).table["exposure.brightness"].to_pylist()):
        assert row == pytest.approx(lo.measure(pictures[i], metrics="exposure")["exposure.brightness"])


@pytest.mark.parametrize("name", ["image", "imageBytes", "bytes", "png"])
def test_a_column_of_bytes(name, tmp_path, pictures):
    source = open_source(written(tmp_path, {name: pictures, "label": ["a", "b", "c"]}))
    assert [(ref.id, ref.label, ref.load()) for ref in source] == [
        (f"{i:08}", label, data) for i, (label, data) in enumerate(zip("abc", pictures, strict=True))
    ]


def test_names_beside_the_images_name_them(tmp_path, pictures):
    source = open_source(written(tmp_path, {"file_name": ["a.png", "../b.png", "c.png"], "image": pictures}))
    assert [ref.id for ref in source] == ["a.png", "../b.png", "c.png"]
    assert [ref.load() for ref in source] == pictures


def test_without_bytes_the_path_is_read(tmp_path, pictures):
    (tmp_path / "b.png").write_bytes(pictures[1])
    column = [{"bytes": pictures[0], "path": None}, {"bytes": None, "path": "b.png"}]
    source = open_source(written(tmp_path, {"image": column}))
    assert [(ref.id, ref.load()) for ref in source] == [
        ("00000000", pictures[0]),
        ("b.png", str(tmp_path / "b.png")),
    ]


def test_other_bytes_are_no_images(tmp_path):
    assert not lists_images(written(tmp_path, {"geometry": [b"x"], "name": ["a"]}))


@pytest.mark.parametrize(("column", "told"), [("lable", True), ("scale", False), ("camera", False), ("label", False)])
def test_a_column_that_is_nearly_a_label_is_told(tmp_path, pictures, column, told):
    (tmp_path / "1.png").write_bytes(pictures[0])
    (tmp_path / "list.csv").write_text(f"path,{column}\n1.png,cat")
    said = "No column is a label; 'lable' may be meant for one, and is a tag. Call it label."
    assert (said in notes_of(open_source(tmp_path / "list.csv"))) == told
