import io
import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lookoutcv.errors import CorruptFile, FileFormatError, NewerFormat, NotOurFile, WrongKind
from lookoutcv.grids import linear
from lookoutcv.metrics import metric
from lookoutcv.profiles import Profile, ProfileBuilder, codec, migrations
from lookoutcv.profiles.codec import decode, encode
from lookoutcv.profiles.migrations import Parts
from lookoutcv.records import codec as record_codec
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS
from lookoutcv.records.schema import FIXED

GREY = metric("test.grey", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="test")(lambda view: 0.0)


def profile(n: int = 30) -> Profile:
    rng = np.random.default_rng(0)
    builder = ProfileBuilder([GREY], sample_size=20)
    columns = {
        "id": [f"{i}.jpg" for i in range(n)],
        "label": [f"l{i % 3}" for i in range(n)],
        "time": pa.array(rng.integers(0, 10**15, n), pa.timestamp("us", "UTC")),
        "test.grey": rng.random(n, np.float32),
    }
    for batch in pa.table(columns).to_batches():
        builder.add(batch)
    builder.skip(2)
    return builder.build()


def rewritten(data: bytes, change: dict[str, object] | None = None, **entries: bytes) -> bytes:
    """The file with entries of its metadata replaced and the digest made right: what a hostile hand would write."""
    file = pq.ParquetFile(pa.BufferReader(data))
    found = dict(file.metadata.metadata)
    if change is not None:
        found[codec.PROFILE] = json.dumps(json.loads(found[codec.PROFILE]) | change).encode()
    found |= {f"lookoutcv.{name}".encode(): value for name, value in entries.items()}
    found[codec.DIGEST] = codec.digest(found[codec.PROFILE], found[codec.METADATA], file.schema_arrow.names)
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, file.schema_arrow.remove_metadata(), store_schema=False) as writer:
        writer.write_table(file.read().replace_schema_metadata(None))
        writer.add_key_value_metadata(found)
    return sink.getvalue()


def histogram(**change: object) -> dict[str, object]:
    entry = json.loads(pq.ParquetFile(pa.BufferReader(encode(profile()))).metadata.metadata[codec.PROFILE])
    return {"histograms": {"test.grey": entry["histograms"]["test.grey"] | change}}


def test_what_was_written_is_read_back() -> None:
    p = profile()
    told = {"name": "photos", "batches": [1, 2.5, None], "ü": "ж"}
    q, metadata = decode(encode(p, metadata=told))
    assert metadata == told
    assert (q.count, q.skipped, q.sample_size, q.first_time, q.last_time) == (
        (p.count, p.skipped, p.sample_size, p.first_time, p.last_time)
    )
    assert q.histograms == p.histograms
    assert q.counts == p.counts
    assert q.sample.equals(p.sample)


def test_equal_profiles_have_equal_bytes() -> None:
    assert encode(profile(), metadata={"a": 1, "b": 2}) == encode(profile(), metadata={"b": 2, "a": 1})
    again, metadata = decode(encode(profile()))
    assert encode(again, metadata=metadata) == encode(profile())


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview, pa.py_buffer])
def test_any_kind_of_buffer_is_read(form: object) -> None:
    assert decode(form(encode(profile())))[0].count == 30  # type: ignore[operator]


def test_the_file_is_a_parquet_file_of_the_sample_for_anyone() -> None:
    table = pq.read_table(pa.BufferReader(encode(profile())))
    assert table.num_rows == 20
    assert table.schema.metadata[b"lookoutcv.kind"] == b"baseline"
    assert table.schema.metadata[b"lookoutcv.version"] == str(migrations.current_version()).encode()


def test_metadata_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode(profile(), metadata={"a": math.nan})
    with pytest.raises(TypeError):
        encode(profile(), metadata={"a": object()})


def parquet(**entries: str) -> bytes:
    sink = io.BytesIO()
    pq.write_table(FIXED.with_metadata(entries).empty_table(), sink)
    return sink.getvalue()


@pytest.mark.parametrize("data", [b"", b"PAR", b"hello, world", b"\x89PNG\r\n", parquet()])
def test_another_file_is_not_ours(data: bytes) -> None:
    with pytest.raises(NotOurFile, match="lookout"):
        decode(data)


def test_a_record_file_is_another_kind() -> None:
    with pytest.raises(WrongKind, match="'records' file where a 'baseline'") as caught:
        decode(record_codec.encode(FIXED.empty_table()))
    assert (caught.value.fields["found"], caught.value.fields["wanted"]) == ("records", "baseline")


def test_a_kind_of_the_callers_own() -> None:
    data = encode(profile(), kind="window")
    assert decode(data, kind="window")[0].count == 30
    with pytest.raises(WrongKind):
        decode(data)


def test_a_later_version_says_to_update() -> None:
    with pytest.raises(NewerFormat, match="pip install --upgrade") as caught:
        decode(rewritten(encode(profile()), version=b"7"))
    assert (caught.value.fields["found"], caught.value.fields["supported"]) == (7, migrations.current_version())


@pytest.mark.parametrize("version", [b"", b"0", b"-1", b"one", b"1.0", b"99999999999999999999", "١".encode()])
def test_a_version_that_is_none_is_corrupt(version: bytes) -> None:
    with pytest.raises(CorruptFile):
        decode(rewritten(encode(profile()), version=version))


def test_changed_counts_are_noticed() -> None:
    data = encode(profile())
    at = data.index(b'"count":30')
    with pytest.raises(CorruptFile, match="changed or damaged"):
        decode(data[:at] + b'"count":31' + data[at + 10 :])


@pytest.mark.parametrize(
    "change",
    [
        {"count": -1},
        {"count": 29},
        {"count": 2**63},
        {"count": True},
        {"count": 30.0},
        {"count": None},
        {"skipped": -1},
        {"sample_size": 0},
        {"sample_size": 10},
        {"sample_size": 2**40},
        {"first_time": "yesterday"},
        {"first_time": 5},
        {"first_time": None},
        {"first_time": "9999-12-31T23:59:59.999999-12:00"},
        {"last_time": "0001-01-01T00:00:00+00:00"},
        {"last_time": None, "first_time": None},
        {"first_time": "1990-01-01T00:00:00+00:00"},
        {"counts": []},
        {"counts": {}},
        {"counts": {"label": {"a": -1}, "format": {}, "camera": {}, "size": {}}},
        {"counts": {"label": {"a": 31}, "format": {}, "camera": {}, "size": {}}},
        {"counts": {"label": {"a": "1"}, "format": {}, "camera": {}, "size": {}}},
        {"histograms": None},
        {"histograms": {"test.grey": 5}},
        histogram(grid=None),
        histogram(grid={}),
        histogram(grid={"kind": "cubic", "low": 0, "high": 1, "bins": 10}),
        histogram(grid={"kind": ["linear"], "low": 0, "high": 1, "bins": 10}),
        histogram(grid={"kind": "linear", "low": 1, "high": 0, "bins": 10}),
        histogram(grid={"kind": "linear", "low": 0, "high": 10**400, "bins": 10}),
        histogram(grid={"kind": "linear", "low": 0, "high": 1, "bins": 10**12}),
        histogram(grid={"kind": "linear", "low": 0, "high": 1, "bins": 9}),
        histogram(counts=[0] * 12),
        histogram(counts=[30] + [0] * 10),
        histogram(counts=[31, -1] + [0] * 10),
        histogram(counts=[30.0] + [0] * 11),
        histogram(missing=1),
        histogram(exact_sum=5),
        histogram(exact_sum="five"),
        histogram(exact_sum="9" * 5000),
        histogram(exact_sum="-1"),
        histogram(exact_sum="²"),
        histogram(minimum=None),
        histogram(minimum="0"),
        histogram(minimum=2.0),
        histogram(minimum=10**400),
        histogram(maximum=0.1 + 0.2),
    ],
    ids=lambda change: json.dumps(change)[:60],
)
def test_contradictions_are_corrupt(change: dict[str, object]) -> None:
    with pytest.raises(CorruptFile) as caught:
        decode(rewritten(encode(profile()), change))
    assert caught.value.remedy


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b'"a"', b"[" * 100_000])
@pytest.mark.parametrize("entry", ["profile", "metadata"])
def test_metadata_that_is_no_json_object_is_corrupt(entry: str, text: bytes) -> None:
    with pytest.raises(CorruptFile):
        decode(rewritten(encode(profile()), **{entry: text}))


def test_a_sample_out_of_order_is_corrupt() -> None:
    p = profile()
    turned = Profile(**{**vars(p), "sample": p.sample.take(list(range(19, -1, -1)))})
    with pytest.raises(CorruptFile, match="order"):
        decode(encode(turned))


def test_a_sample_without_ids_is_corrupt() -> None:
    p = profile()
    with pytest.raises(CorruptFile, match="'id'"):
        decode(encode(Profile(**{**vars(p), "sample": p.sample.drop_columns(["id"])})))


def test_an_earlier_version_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    old = rewritten(encode(profile(), metadata={"title": "photos"}), version=b"1")

    def rename_title(parts: Parts) -> Parts:
        return Parts(parts.sample, parts.profile, {"name": parts.metadata["title"]})

    def count_from_one(parts: Parts) -> Parts:
        return Parts(parts.sample, parts.profile | {"skipped": parts.profile["skipped"] + 1}, parts.metadata)

    monkeypatch.setattr(migrations, "STEPS", (rename_title, count_from_one))
    assert migrations.current_version() == 3
    p, metadata = decode(old)
    assert (p.count, p.skipped, metadata) == (30, 3, {"name": "photos"})
    assert decode(encode(p, metadata=metadata))[0].skipped == 3


def test_version_3_had_other_names_for_what_it_told() -> None:
    told = {"calibration": {"rehearsal": 1}, "model": {"given": True}, "check": {"neighbours": 0.5}, "name": "a"}
    assert decode(rewritten(encode(profile(), metadata=told), version=b"3"))[1] == {
        "calibration": {"perturbation": 1},
        "model": {"imported": True},
        "check": {"autocorrelation": 0.5},
        "name": "a",
    }
    whole = profile()
    wide = whole.sample.append_column("watched", pa.nulls(20, PREDICTION_COLUMNS.field("selected_scores").type))
    earlier = rewritten(encode(Profile(**{**vars(whole), "sample": wide})), version=b"3")
    assert "selected_scores" in decode(earlier)[0].sample.column_names
    for odd in ({}, {"calibration": None, "model": 3, "check": []}):
        assert decode(rewritten(encode(profile(), metadata=odd), version=b"3"))[1] == odd


def test_an_earlier_version_that_lacks_what_its_migration_needs_is_corrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename_title(parts: Parts) -> Parts:
        return Parts(parts.sample, parts.profile, {"name": parts.metadata["title"]})

    monkeypatch.setattr(migrations, "STEPS", (rename_title,))
    with pytest.raises(FileFormatError):
        decode(rewritten(encode(profile()), version=b"1"))
