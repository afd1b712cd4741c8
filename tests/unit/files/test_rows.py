"""One reader of tables: whatever a spreadsheet saved comes out as the same rows, with the lines they stand on."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lookoutcv.errors import BadManifestLine
from lookoutcv.files.rows import columns, rows

ROWS = [{"path": "bär/1.jpg", "label": "käfer, grün"}, {"path": "b/2.jpg", "label": "owl"}]
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")


def written(tmp_path, separator, encoding, stated="", name="a.csv"):
    lines = [separator.join(row.values()) if separator != "," else f'{row["path"]},"{row["label"]}"' for row in ROWS]
    text = stated + separator.join(ROWS[0]) + "\r\n" + "\r\n".join(lines) + "\r\n"
    (tmp_path / name).write_bytes(text.encode(encoding))
    return str(tmp_path / name)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(separator, encoding, tmp_path):
    for name in ("a.csv", "a.tsv"):
        path = written(tmp_path, separator, encoding, name=name)
        assert list(rows(path, "a")) == [(2, ROWS[0]), (3, ROWS[1])]
        assert columns(path, "a") == ["path", "label"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("stated", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n"])
def test_a_first_line_that_states_the_separator(stated, encoding, tmp_path):
    path = written(tmp_path, ";", encoding, stated)
    assert list(rows(path, "a")) == [(3, ROWS[0]), (4, ROWS[1])]
    assert columns(path, "a") == ["path", "label"]


def test_a_stated_separator_counts_more_than_what_the_header_holds(tmp_path):
    (tmp_path / "a.csv").write_text("sep=;\npath;a,b,c\n1.jpg;x\n")
    assert list(rows(str(tmp_path / "a.csv"), "a")) == [(3, {"path": "1.jpg", "a,b,c": "x"})]


def test_a_bad_line_keeps_its_number(tmp_path):
    (tmp_path / "a.csv").write_bytes("sep=;\npath;label\n1.jpg\n".encode("utf-16"))
    with pytest.raises(BadManifestLine, match="line 3: 1 cells where the header has 2"):
        list(rows(str(tmp_path / "a.csv"), "a"))


def test_lines_of_json(tmp_path):
    (tmp_path / "a.jsonl").write_bytes('{"path": "ä.jpg"}\n'.encode("utf-16"))
    assert list(rows(str(tmp_path / "a.jsonl"), "a")) == [(1, {"path": "ä.jpg"})]


def test_times_in_nanoseconds(tmp_path):
    stamp = 1_772_368_200_123_456_789
    table = pa.table({"time": pa.array([stamp, None], pa.timestamp("ns", "UTC")), "path": ["a", "b"]})
    pq.write_table(table, tmp_path / "a.parquet")
    (_, one), (_, other) = rows(str(tmp_path / "a.parquet"), "a")
    assert one["time"].isoformat() == "2026-03-01T12:30:00.123456+00:00"
    assert other == {"time": None, "path": "b"}
