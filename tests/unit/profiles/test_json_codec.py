"""A profile as JSON says what it says as Parquet, and what is damaged is refused with one of our errors."""

import json

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.errors import CorruptFile, FileFormatError, NewerFormat, NotOurFile
from lookoutcv.grids import linear
from lookoutcv.metrics import metric
from lookoutcv.profiles import Profile, ProfileBuilder, codec, json_codec
from lookoutcv.profiles.json_codec import decode_json, encode_json
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS

GREY = metric("test.grey", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="test")(lambda view: 0.0)
TOLD = {"name": "photos", "batches": [1, 2.5, None], "ü": "ж"}


def profile(n: int = 40) -> Profile:
    rng = np.random.default_rng(3)
    builder = ProfileBuilder([GREY], sample_size=30)
    box = {"label": "nan", "confidence": 0.1, "x1": 1.5, "y1": 2.0, "x2": 3.0, "y2": float("inf")}
    columns = {
        "id": [f"é{i}.jpg" for i in range(n)],
        "label": [None if i % 5 == 0 else f"l{i % 3}" for i in range(n)],
        "time": pa.array(rng.integers(-(10**15), 10**15, n), pa.timestamp("us", "UTC")),
        "content_hash": pa.array([2**64 - 1 - i for i in range(n)], pa.uint64()),
        "stored_bytes": pa.array([2**53 + i for i in range(n)], pa.int64()),
        "tags": pa.array([[("site", "a")] if i % 2 else None for i in range(n)], pa.map_(pa.string(), pa.string())),
        "objects": pa.array([[box] * (i % 3) for i in range(n)], PREDICTION_COLUMNS.field("objects").type),
        "scores": pa.array([[float(v) for v in rng.random(3)] for _ in range(n)], pa.list_(pa.float32())),
        "test.grey": np.where(np.arange(n) % 7, rng.random(n), np.nan).astype(np.float32),
        "identity.phash": pa.array([2**63 + i for i in range(n)], pa.uint64()),
    }
    for batch in pa.table(columns).to_batches():
        builder.add(batch)
    builder.skip(2)
    return builder.build()


def changed(**parts: object) -> bytes:
    """A document with parts replaced and the digest made right: what a hostile hand would write."""
    document = json.loads(encode_json(profile(), metadata=TOLD)) | parts
    document["digest"] = json_codec._digest({name: document[name] for name in ("metadata", "profile", "sample")})
    return json.dumps(document).encode()


def test_it_reads_back_as_what_the_parquet_form_holds() -> None:
    made = profile()
    read, told = decode_json(encode_json(made, metadata=TOLD))
    assert told == TOLD
    # Equal bytes are equal values of equal types, every bit of them: NaN is not equal to itself.
    assert codec.encode(read, metadata=told) == codec.encode(made, metadata=TOLD)


def test_every_float32_comes_back_to_the_bit() -> None:
    bits = np.random.default_rng(5).integers(0, 2**32, 4000, dtype=np.uint32).view(np.float32)
    values = bits[np.isfinite(bits)]
    made = profile()
    sample = made.sample.slice(0, 1).set_column(
        made.sample.column_names.index("scores"), "scores", pa.array([values.tolist()], pa.list_(pa.float32()))
    )
    written = json.loads(encode_json(type(made)(**{**vars(made), "sample": sample}), metadata={}))
    again = np.array(written["sample"]["scores"]["values"][0], np.float64).astype(np.float32)
    assert again.tobytes() == values.tobytes()


def test_other_programs_may_indent_it_and_sort_its_keys() -> None:
    document = json.loads(encode_json(profile(), metadata=TOLD))
    for text in (json.dumps(document, indent=2), json.dumps(document, sort_keys=True)):
        assert decode_json(text.encode())[1] == TOLD


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"{}", NotOurFile),
        (b"[]", NotOurFile),
        (b'{"format": "lookoutcv.report"}', NotOurFile),
        (b'{"format": "lookoutcv.baseline", "vers', CorruptFile),
        (b'{"format": "lookoutcv.baseline"}', CorruptFile),
        (changed(version=10**8), NewerFormat),
        (changed(version="4; DROP"), CorruptFile),
        (changed(sample={}), CorruptFile),
        (changed(sample={"id": 3}), CorruptFile),
        (changed(sample={"id": {"type": "string", "values": "abc"}}), CorruptFile),
        (changed(sample={"x": {"type": "struct", "values": []}}), CorruptFile),
        (changed(profile=[]), CorruptFile),
        (changed(metadata=None), CorruptFile),
        (encode_json(profile(), metadata=TOLD).replace(b"photos", rb"phot\ud800s"), CorruptFile),
        (encode_json(profile(), metadata=TOLD).replace(b"photos", b"phot0s"), CorruptFile),
    ],
)
def test_what_is_no_baseline_or_damaged_is_refused(data: bytes, error: type[FileFormatError]) -> None:
    with pytest.raises(error):
        decode_json(data)


def test_nulls_where_none_may_be_and_lengths_that_differ_are_damage() -> None:
    sample = json.loads(encode_json(profile(), metadata=TOLD))["sample"]
    for column, values in (("id", [None] * 30), ("label", ["a"]), ("test.grey", ["many"] * 30), ("time", ["x"] * 30)):
        with pytest.raises(CorruptFile):
            decode_json(changed(sample={**sample, column: {**sample[column], "values": values}}))


def test_bytes_that_were_cut_anywhere_are_refused() -> None:
    whole = encode_json(profile(), metadata=TOLD)
    for end in range(0, len(whole) - 2, 97):
        with pytest.raises(FileFormatError):
            decode_json(whole[:end])
