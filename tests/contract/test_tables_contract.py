"""One table, as a spreadsheet of another country saves it, as a list of images, as predictions and in the log."""

import unicodedata
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.measuring.predictions.imported_predictions import import_predictions
from lookoutcv.sources import open_source

NFC = "bär 1.jpg"
NAMES = (NFC, "b.jpg")
# As Excel in Germany writes it: commas in numbers, per cent, class numbers as floats, and a column that is nobody's.
EUROPEAN = [
    "Image Name;Label;Konfidenz;Confidence;X Min;Y Min;X Max;Y Max;Date",
    "{0};1,0;x;87,5 %;1,25;2,5;10;12,125;20260102",
    "{0};2,0;x;0,5;3;4;5,5;6;20260102",
    "{1};1,0;x;1;0,5;0;7;8;02.01.2026",
]
SEPARATORS = (";", "\t", "|")
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "cp1252")
BOXES = {NFC: [[1.25, 2.5, 10, 12.125], [3, 4, 5.5, 6]], "b.jpg": [[0.5, 0, 7, 8]]}
TIME = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    for name in NAMES:
        Image.new("RGB", (20, 20)).save(tmp_path / name)
    return tmp_path


def table(folder, separator, encoding, stated):
    lines = [line.format(*NAMES).replace("02.01.2026", "2026/01/02") for line in EUROPEAN]
    text = "\r\n".join([*(["sep=" + separator] if stated else []), *lines]).replace(";", separator)
    (folder / "rows.csv").write_bytes(text.encode(encoding))
    return folder / "rows.csv"


@pytest.mark.parametrize("stated", [False, True])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_as_a_list_of_images_and_as_predictions(separator, encoding, stated, folder):
    path = table(folder, separator, encoding, stated)
    listed = {ref.id: ref for ref in open_source(path)}
    assert {id: ref.objects.boxes.tolist() for id, ref in listed.items()} == BOXES
    assert {ref.time for ref in listed.values()} == {TIME}
    predicted = import_predictions(path).for_images(list(NAMES))
    first, second = predicted.predict(list(NAMES), [None, None])
    assert {NFC: first.boxes.tolist(), "b.jpg": second.boxes.tolist()} == BOXES
    assert first.confidences.tolist() == [0.875, 0.5]
    assert set(first.labels) == {"1", "2"}
    assert {name for ref in listed.values() for name in ref.objects.labels} == {"1", "2"}


@pytest.mark.parametrize("form", ["numbers", "texts"])
def test_by_the_log(form, folder):
    """The same as a log of another program, and as labels that arrive later under the other spelling of the name."""
    names = [unicodedata.normalize("NFD", NFC), unicodedata.normalize("NFD", NFC), "b.jpg"]
    boxes = [[1.25, 2.5, 10, 12.25], [3, 4, 5.5, 6], [0.5, 0, 7, 8]]
    columns = dict(zip(("X Min", "Y Min", "X Max", "Y Max"), map(list, zip(*boxes, strict=True)), strict=True))
    sure = [0.875, 0.5, 1.0]
    times = [20260102] * 3
    if form == "texts":
        columns = {name: [str(number).replace(".", ",") for number in side] for name, side in columns.items()}
        sure, times = ["87,5 %", "0,5", "1"], ["20260102", "2026/01/02", "2026-01-02T00:00:00Z"]
    rows = {"Image Name": names, "Predicted Class": [1.0, 2.0, 1.0], "Confidence": sure, "Date": times, **columns}
    rows["time"] = rows.pop("Date")
    pq.write_table(pa.table(rows), folder / "ships_logs_1.parquet")
    log = lo.open_log(folder / "log")
    assert log.import_(folder / "ships_logs_1.parquet").rows == 2
    read = {unicodedata.normalize("NFC", row["id"]): row for row in log.read().to_pylist()}
    found = {
        id: [[one[side] for side in ("x1", "y1", "x2", "y2")] for one in row["objects"]] for id, row in read.items()
    }
    assert found == {NFC: boxes[:2], "b.jpg": boxes[2:]}
    assert {row["time"] for row in read.values()} == {TIME}
    assert [one["confidence"] for one in read[NFC]["objects"]] == [0.875, 0.5]
    assert [one["label"] for one in read[NFC]["objects"]] == ["1", "2"]
    pd.DataFrame({"image": [NFC, "b.jpg"], "label": [1.0, 2.0]}).to_csv(folder / "truth.csv", sep=";", decimal=",")
    log.label(folder / "truth.csv")
    truth = {unicodedata.normalize("NFC", row["id"]): row["label"] for row in log.read().to_pylist()}
    assert truth == {NFC: "1", "b.jpg": "2"}
