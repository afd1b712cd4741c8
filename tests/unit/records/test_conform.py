from datetime import UTC, datetime

import pyarrow as pa
import pytest

from lookoutcv.errors import CorruptFile
from lookoutcv.records.conform import conform
from lookoutcv.records.schema import FIXED

SCHEMA = pa.schema([*FIXED, ("test.grey", pa.float32()), ("test.hash", pa.uint64())])


def test_columns_come_in_order_and_lacking_ones_are_null() -> None:
    table = conform(pa.table({"own.z": [1.0], "test.grey": [0.5], "id": ["a"]}), SCHEMA)
    assert table.column_names == [*SCHEMA.names, "own.z"]
    assert table["label"].to_pylist() == [None]
    assert table.schema.field("own.z").type == pa.float32()


def test_a_table_that_fits_is_left_as_it_is() -> None:
    table = conform(pa.table({"id": ["a", "b"]}), SCHEMA)
    assert conform(table, SCHEMA).equals(table)


def test_further_hashes_are_kept_and_other_further_columns_left_out() -> None:
    table = conform(pa.table({"id": ["a"], "own.hash": pa.array([1], pa.uint64()), "note": ["x"], "n": [1]}), FIXED)
    assert table.column_names == [*FIXED.names, "own.hash"]


def test_kindred_types_are_converted() -> None:
    taken = datetime(2024, 5, 1, tzinfo=UTC)
    table = conform(
        pa.table(
            {
                "id": pa.array(["a"], pa.large_string()),
                "label": pa.array(["cat"]).dictionary_encode(),
                "width_px": pa.array([640], pa.int64()),
                "time": pa.array([taken], pa.timestamp("ms", "Europe/Paris")),
                "test.grey": pa.array([0.1], pa.float64()),
                "camera": pa.nulls(1),
            }
        ),
        SCHEMA,
    )
    row = table.to_pylist()[0]
    assert table.schema.equals(SCHEMA)
    assert (row["id"], row["label"], row["width_px"], row["time"], row["camera"]) == ("a", "cat", 640, taken, None)


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"label": pa.array(["a"])}, "'id'"),
        ({"id": pa.array([None], pa.string())}, "'id'"),
        ({"id": pa.array([5])}, "'id'"),
        ({"id": pa.array(["a"]), "label": pa.array([5])}, "'label'"),
        ({"id": pa.array(["a"]), "width_px": pa.array([2**40])}, "'width_px'"),
        ({"id": pa.array(["a"]), "width_px": pa.array([1.5])}, "'width_px'"),
        ({"id": pa.array(["a"]), "test.grey": pa.array(["dark"])}, "'test.grey'"),
        ({"id": pa.array(["a"]), "test.hash": pa.array([-1])}, "'test.hash'"),
        ({"id": pa.array(["a"]), "tags": pa.array([["x"]])}, "'tags'"),
        ({"id": pa.array(["a"]), "time": pa.array(["2024-01-01"])}, "'time'"),
        ({"id": pa.array(["a"]), "time": pa.array([0], pa.timestamp("us"))}, "'time'"),
        ({"id": pa.array(["a"]), "time": pa.array([2**62], pa.timestamp("us", "UTC"))}, "'time'"),
        ({"id": pa.array(["a"]), "time": pa.array([2**62], pa.timestamp("s", "UTC"))}, "'time'"),
    ],
)
def test_what_does_not_fit_is_corrupt_and_named(columns: dict[str, pa.Array], named: str) -> None:
    with pytest.raises(CorruptFile, match=named) as caught:
        conform(pa.table(columns), SCHEMA)
    assert "lookout measure" in caught.value.remedy


def test_a_name_that_comes_twice_is_corrupt() -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["id", "id"])
    with pytest.raises(CorruptFile, match="more than once"):
        conform(table, FIXED)
