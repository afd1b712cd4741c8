import io
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lookoutcv.errors import CorruptFile, NewerFormat, WrongKind
from lookoutcv.profiles import Profile
from lookoutcv.profiles.codec import encode as encode_profile
from lookoutcv.records.codec import ROW_GROUP, RecordWriter, batches, decode, encode
from lookoutcv.records.conform import conform
from lookoutcv.records.parquet import open_parquet
from lookoutcv.records.schema import FIXED, RECORD_VERSION
from lookoutcv.records.stamp import file_kind


def records(n: int) -> pa.Table:
    columns = {
        "id": [f"{i}.jpg" for i in range(n)],
        "time": pa.array([datetime(2024, 1, 1, tzinfo=UTC)] * n, pa.timestamp("us", "UTC")),
        "content_hash": pa.array([2**64 - 1 - i for i in range(n)], pa.uint64()),
        "tags": pa.array([[("site", "north"), ("ü", "")]] * n, pa.map_(pa.string(), pa.string())),
        "test.grey": pa.array([i / 7 for i in range(n)], pa.float32()),
    }
    return conform(pa.table(columns), FIXED)


def test_what_was_written_is_read_back() -> None:
    table = records(50)
    back, metadata = decode(encode(table, {"source": "photos", "skipped": 2}))
    assert back.equals(table)
    assert metadata == {"source": "photos", "skipped": 2}


def test_the_file_does_not_depend_on_how_the_rows_were_cut() -> None:
    table = records(ROW_GROUP + 500)
    files = []
    for size in (977, ROW_GROUP + 500):
        sink = io.BytesIO()
        writer = RecordWriter(sink, table.schema)
        for batch in table.to_batches(max_chunksize=size):
            writer.write(batch)
        writer.close({"a": 1})
        files.append(sink.getvalue())
    assert files[0] == files[1] == encode(table, {"a": 1})
    assert pq.ParquetFile(io.BytesIO(files[0])).metadata.num_row_groups == 2


def test_batches_of_a_file_are_its_rows() -> None:
    table = records(100)
    found = list(batches(encode(table), rows=30))
    assert [batch.num_rows for batch in found] == [30, 30, 30, 10]
    assert pa.Table.from_batches(found).equals(table)


def test_no_rows_make_a_file_too() -> None:
    assert decode(encode(records(0)))[0].num_rows == 0
    assert list(batches(encode(records(0)))) == []


def test_any_reader_sees_what_it_is() -> None:
    data = encode(records(3))
    assert file_kind(open_parquet(data).metadata.metadata) == "records"
    assert file_kind(pq.read_schema(io.BytesIO(data)).metadata) == "records"


def test_another_kind_or_a_later_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongKind):
        decode(encode_profile(Profile()))
    with pytest.raises(WrongKind):
        list(batches(encode_profile(Profile())))
    monkeypatch.setattr("lookoutcv.records.codec.RECORD_VERSION", RECORD_VERSION + 1)
    later = encode(records(1))
    monkeypatch.undo()
    with pytest.raises(NewerFormat):
        decode(later)


def test_version_1_had_another_name_for_imported_predictions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.records.codec.RECORD_VERSION", 1)
    earlier = encode(records(1), {"model": {"name": "a", "given": True}})
    monkeypatch.undo()
    assert decode(earlier)[1] == {"model": {"name": "a", "imported": True}}


def test_a_file_that_was_cut_off_is_corrupt() -> None:
    with pytest.raises(CorruptFile, match="cut off"):
        decode(encode(records(10))[:-10])
