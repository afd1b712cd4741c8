"""Calls on the disk as they were made, until their rows are in segments."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from lookoutcv.log.buffer.journal import Journal, check_journals, journals_in, read_journals


def journal(folder: Path, stored: list[int]) -> Journal:
    return Journal(folder, {"job": "pets"}, lambda: stored[-1])


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    stored = [3]
    one = journal(tmp_path, stored)
    one.append("[1]", pa.py_buffer(b"abc"), 5)
    one.append("[2]", pa.py_buffer(b""), 7)
    stored.append(6)
    one.note_stored()
    one.abandon()
    known, damaged = check_journals(tmp_path)
    chunks = list(read_journals(tmp_path))
    assert [(chunk.about["job"], chunk.calls, bytes(chunk.arrays)) for chunk in chunks] == [
        ("pets", "[1]", b"abc"),
        ("pets", "[2]", b""),
    ]
    assert (known, damaged) == (6, 0)


def test_a_journal_goes_once_its_calls_are_rows(tmp_path: Path) -> None:
    stored = [0]
    one = journal(tmp_path, stored)
    one.append("[]", pa.py_buffer(b""), 5)
    stored.append(4)
    one.trim()
    assert len(journals_in(tmp_path)) == 1
    stored.append(5)
    one.trim()
    assert journals_in(tmp_path) == []
    one.append("[]", pa.py_buffer(b""), 6)
    one.abandon()
    assert len(journals_in(tmp_path)) == 1


def test_a_cut_off_end_costs_that_chunk(tmp_path: Path) -> None:
    one = journal(tmp_path, [0])
    one.append("[1]", pa.py_buffer(b"a" * 100), 1)
    one.append("[2]", pa.py_buffer(b"b" * 100), 2)
    one.abandon()
    [path] = journals_in(tmp_path)
    path.write_bytes(path.read_bytes()[:-50])
    _, damaged = check_journals(tmp_path)
    chunks = list(read_journals(tmp_path))
    assert ([chunk.calls for chunk in chunks], damaged) == (["[1]"], 0)
