"""The spool: where it is, who has which folder, and that one alone takes over from the dead."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookoutcv.log.buffer.spool import WriterFolder, new_writer, spool_for, writer_folders


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert spool_for("/data/log") == Path("/data/log/_spool")
    assert spool_for("s3://bucket/log", "/fast/spool") == Path("/fast/spool")
    one, same, other = (spool_for(url) for url in ("s3://b/log", "s3://b/log/", "s3://b/other"))
    assert one == same != other
    assert one.parent == tmp_path / "lookoutcv" / "spool"


def test_a_writer_that_lives_is_left_alone(tmp_path: Path) -> None:
    folder = WriterFolder.new(tmp_path, new_writer())
    assert writer_folders(tmp_path) == [folder.path]
    assert WriterFolder.adopt(folder.path) is None
    folder.release()
    heir = WriterFolder.adopt(folder.path)
    assert heir is not None
    assert heir.writer == folder.writer
    assert WriterFolder.adopt(folder.path) is None
    heir.remove()
    assert writer_folders(tmp_path) == []
    assert WriterFolder.adopt(folder.path) is None


def test_a_folder_with_segments_is_not_removed(tmp_path: Path) -> None:
    folder = WriterFolder.new(tmp_path, new_writer())
    (folder.path / "0000000001.segment").write_bytes(b"")
    folder.remove()
    assert writer_folders(tmp_path) == [folder.path]


def test_what_is_no_writer_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "damaged").mkdir()
    (tmp_path / ".being-made").mkdir()
    (tmp_path / "file").write_text("")
    assert writer_folders(tmp_path) == []
    assert writer_folders(tmp_path / "missing") == []


def test_a_folder_of_somebody_else_is_not_adopted(tmp_path: Path) -> None:
    for name in ("backup", "host-1-0123456789AB", "host-x-0123456789ab", "ho st-1-0123456789ab"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").write_bytes(b"")
    assert writer_folders(tmp_path) == []


def test_what_somebody_else_put_into_a_writers_folder_stays(tmp_path: Path) -> None:
    folder = WriterFolder.new(tmp_path, new_writer())
    for name in ("notes.txt", "1.segment", "+000000001.segment", "00000000_1.segment"):
        (folder.path / name).write_text("mine")
    folder.remove()
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "+000000001.segment",
        "00000000_1.segment",
        "1.segment",
        "notes.txt",
    ]
    assert writer_folders(tmp_path) == []
