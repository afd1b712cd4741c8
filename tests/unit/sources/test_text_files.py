"""Small files and lists, whatever lies there."""

import pytest

from lookoutcv.errors import UnreadableSource
from lookoutcv.sources.text_files import lines_of, small_file


def test_lines_with_their_numbers(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"one\r\n\n  tw\xff \n\x81")
    assert list(lines_of(str(tmp_path / "a.txt"), "a")) == [(1, "one"), (3, "tw\xff"), (4, "\udc81")]


def test_what_is_no_list_is_said_plainly(tmp_path):
    (tmp_path / "a.txt").write_text("x\n" + "y" * 9000)
    for path, why in ((tmp_path / "a.txt", "line 2 is longer"), (tmp_path, "directory"), (tmp_path / "no", "No such")):
        with pytest.raises(UnreadableSource, match=why):
            list(lines_of(str(path), "a"))


def test_a_small_file(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    assert (small_file(str(tmp_path / "a")), small_file(str(tmp_path / "no"))) == (b"x", None)
    with pytest.raises(ValueError, match="directory"):
        small_file(str(tmp_path))
