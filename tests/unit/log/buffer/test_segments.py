"""Segments: what comes back of them, whole, cut off or damaged."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.log.buffer import segments
from lookoutcv.log.buffer.segments import SegmentWriter, read_segment, segments_in, unpacked_bytes


def batch(*names: str, column: str = "id") -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({column: list(names)})


def written(folder: Path, count: int = 5) -> Path:
    writer = SegmentWriter(folder)
    for number in range(count):
        writer.append(batch(f"{number}a", f"{number}b"))
    writer.rotate()
    return segments_in(folder)[0][1]


def names(path: Path) -> list[str]:
    return [name for one in read_segment(path).batches for name in one.column(0).to_pylist()]


WHOLE = [f"{number}{letter}" for number in range(5) for letter in "ab"]


def test_everything_comes_back(tmp_path: Path) -> None:
    path = written(tmp_path)
    found = read_segment(path)
    assert (names(path), found.damaged, found.cut_off, found.rows) == (WHOLE, 0, False, 10)


@given(cut=st.floats(0, 1))
def test_a_cut_off_segment_gives_back_its_first_batches(cut: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = written(tmp_path_factory.mktemp("cut"))
    data = path.read_bytes()
    path.write_bytes(data[: int(cut * len(data))])
    found = names(path)
    assert found == WHOLE[: len(found)]
    assert read_segment(path).damaged == 0


@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_one_damaged_byte_costs_at_most_one_frame(
    place: float, flip: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.mktemp("flip"))
    data = bytearray(path.read_bytes())
    data[int(place * len(data))] ^= flip
    path.write_bytes(data)
    found = names(path)
    assert set(found) <= set(WHOLE)
    assert len(found) >= 8
    segment = read_segment(path)
    assert segment.damaged + segment.cut_off == 1


def test_bytes_that_are_no_segment(tmp_path: Path) -> None:
    path = tmp_path / "0000000001.segment"
    for data, damaged in ((b"", 0), (b"junk" * 100, 1), (b"LKSG" * 100, 1), (bytes(64), 1)):
        path.write_bytes(data)
        found = read_segment(path)
        assert (found.batches, found.damaged + found.cut_off) == ((), damaged)


def test_another_schema_begins_another_segment(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path)
    writer.append(batch("a"))
    writer.append(batch("b", column="name"))
    writer.append(batch("c"))
    assert [names(path) for _, path in writer.rotate()] == [["a"], ["b"], ["c"]]


def test_a_large_segment_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "LARGEST_BYTES", 100)
    writer = SegmentWriter(tmp_path)
    for number in range(4):
        writer.append(batch(str(number) * 50))
    writer.rotate()
    assert len(segments_in(tmp_path)) == 4


def test_a_failed_write_leaves_nothing_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = SegmentWriter(tmp_path)
    writer.append(batch("a"))
    real = writer._file
    assert real is not None

    class Full:
        def write(self, data: bytes) -> int:
            real.write(data[: len(data) // 2])
            raise OSError(28, "No space left on device")

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    writer._file = Full()  # type: ignore[assignment]
    with pytest.raises(OSError, match="No space"):
        writer.append(batch("b"))
    writer._file = real
    writer.append(batch("c"))
    writer.rotate()
    assert names(segments_in(tmp_path)[0][1]) == ["a", "c"]


def test_a_segment_that_packs_well_is_ended_by_what_it_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "LARGEST_UNPACKED_BYTES", 50_000)
    writer = SegmentWriter(tmp_path)
    for _ in range(6):
        writer.append(batch("a" * 20_000))
    paths = [path for _, path in writer.rotate()]
    assert len(paths) == 3
    assert all(path.stat().st_size < 5000 for path in paths)
    assert all(40_000 < unpacked_bytes(path) < 50_000 for path in paths)


def test_what_a_damaged_segment_is_in_memory_is_no_more_than_its_file_says(tmp_path: Path) -> None:
    path = tmp_path / "0000000001.segment"
    path.write_bytes(b"no segment, but longer than the head of a frame")
    assert 0 < unpacked_bytes(path) <= path.stat().st_size
    path.write_bytes(b"")
    assert unpacked_bytes(path) == 0
