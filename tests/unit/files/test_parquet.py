"""Parquet that unpacks to far more than it takes is read a few rows at a time; a row that is too large is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lookoutcv.files.parquet import bounded_batches


class TooLargeError(Exception):
    """What the tests let it raise."""


def refuse(row: int, why: str) -> TooLargeError:
    return TooLargeError(f"row {row}: {why}")


def test_rows_are_those_of_the_file(tmp_path: Path) -> None:
    scores = [[float(i), 0.5] if i % 3 else None for i in range(5_000)]
    table = pa.table({"path": [f"{i % 7}.jpg" for i in range(5_000)], "scores": scores, "unread": range(5_000)})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=1_999)
    batches = list(bounded_batches(pq.ParquetFile(tmp_path / "t.parquet"), refuse, ["path", "scores"]))
    assert pa.Table.from_batches(batches).to_pylist() == table.drop(["unread"]).to_pylist()
    assert max(batch.num_rows for batch in batches) <= 1_024


def test_few_rows_are_held_where_a_dictionary_is_large(tmp_path: Path) -> None:
    text = "y" * 2**21
    pq.write_table(pa.table({"path": pa.array([text] * 600)}), tmp_path / "d.parquet", compression="zstd")
    assert (tmp_path / "d.parquet").stat().st_size < 10_000
    rows = 0
    for batch in bounded_batches(pq.ParquetFile(tmp_path / "d.parquet"), refuse):
        assert batch.nbytes < 2**24
        rows += batch.num_rows
    assert rows == 600


@pytest.mark.parametrize("counts", [[20_000_000], [0, 3_000_000] + [0] * 998])
def test_a_row_that_is_too_large_is_refused(tmp_path: Path, counts: list[int]) -> None:
    cells = [np.zeros(count) for count in counts]
    pq.write_table(pa.table({"scores": pa.array(cells, pa.list_(pa.float64()))}), tmp_path / "l.parquet")
    assert (tmp_path / "l.parquet").stat().st_size < 500_000
    number = counts.index(max(counts)) + 1
    with pytest.raises(TooLargeError, match=rf"^row {number}: the row takes \d+ MiB, and 16 are read$"):
        list(bounded_batches(pq.ParquetFile(tmp_path / "l.parquet"), refuse))


def test_millions_of_rows_for_next_to_no_bytes_are_refused(tmp_path: Path) -> None:
    same = pa.table({"path": pa.array(["a.jpg"] * 1_000_001)})
    pq.write_table(same, tmp_path / "s.parquet", compression="zstd")
    with pytest.raises(TooLargeError, match=r"^row 1: it is one of 1,000,001 rows in [\d.]+ kB, which say the same"):
        next(bounded_batches(pq.ParquetFile(tmp_path / "s.parquet"), refuse))
    # As regular as names of images can be.
    counted = pa.table({"path": pa.array([f"{number:07}.jpg" for number in range(1_000_001)])})
    pq.write_table(counted, tmp_path / "c.parquet", compression="zstd", use_dictionary=False)
    assert next(bounded_batches(pq.ParquetFile(tmp_path / "c.parquet"), refuse)).num_rows == 1_024
