"""Files appear whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.atomic import check_writable, open_atomic, write_bytes

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
not_root = pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write everywhere")


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_file_is_written_and_replaced(tmp_path):
    target = tmp_path / "a.bin"
    write_bytes(target, b"one")
    write_bytes(str(target), b"two")
    assert target.read_bytes() == b"two"
    assert names(tmp_path) == ["a.bin"]


def test_text_is_utf8_with_plain_line_ends(tmp_path):
    with open_atomic(tmp_path / "a.txt", "w") as file:
        file.write("é\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\n"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path, error):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")

    def interrupted():
        with open_atomic(target) as file:
            file.write(b"new")
            file.flush()
            raise error

    with pytest.raises(error):
        interrupted()
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_nothing_is_visible_before_the_end(tmp_path):
    with open_atomic(tmp_path / "a.bin") as file:
        file.write(b"x")
        assert [name for name in names(tmp_path) if not name.startswith(".")] == []
    assert names(tmp_path) == ["a.bin"]


@posix
def test_permissions_follow_the_umask_and_the_file_that_was_there(tmp_path):
    before = os.umask(0o027)
    try:
        write_bytes(tmp_path / "new", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "new").chmod(0o600)
    write_bytes(tmp_path / "new", b"x")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


@posix
def test_a_link_stays_and_its_target_is_replaced(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@posix
def test_a_device_is_written_not_replaced():
    write_bytes("/dev/null", b"x")
    check_writable("/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("write", [check_writable, lambda p: write_bytes(p, b"")])
def test_places_that_cannot_be_written_are_explained(tmp_path, write):
    (tmp_path / "file").touch()
    cases = {
        tmp_path: "it is a folder",
        tmp_path / "no" / "such" / "a": "there is no folder",
        tmp_path / "file" / "a": "is not a folder",
        tmp_path / ("x" * 300): "the name is too long",
    }
    for path, reason in cases.items():
        with pytest.raises(OutputUnwritable, match=reason) as caught:
            write(path)
        assert caught.value.remedy
        assert reason in caught.value.fields["reason"]
    with pytest.raises(OutputUnwritable, match="mkdir -p"):
        write(tmp_path / "no" / "a")


@posix
@not_root
def test_protected_files_and_folders_are_refused(tmp_path):
    (tmp_path / "kept").touch(0o444)
    with pytest.raises(OutputUnwritable, match="write-protected"):
        write_bytes(tmp_path / "kept", b"")
    tmp_path.chmod(0o555)
    try:
        for write in (check_writable, lambda p: write_bytes(p, b"")):
            with pytest.raises(OutputUnwritable, match="no permission"):
                write(tmp_path / "new")
    finally:
        tmp_path.chmod(0o755)


def test_errors_of_the_callers_own_files_are_left_alone(tmp_path):
    with pytest.raises(FileNotFoundError), open_atomic(tmp_path / "a") as file:
        file.write((tmp_path / "input" / "gone").read_bytes())
    assert names(tmp_path) == []


def test_check_writable_leaves_no_trace(tmp_path):
    check_writable(tmp_path / "a")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("file:///tmp/a.html", "Give the path itself: /tmp/a.html"),
        ("s3://bucket/a.html", "Write it to a file of this machine, and copy that there."),
    ],
)
def test_a_url_is_no_path_of_strange_folders(url, remedy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for write in (check_writable, lambda path: write_bytes(path, b"x"), lambda path: check_writable(Path(path))):
        with pytest.raises(OutputUnwritable, match="it is a URL, and outputs are files of this machine") as caught:
            write(url)
        assert caught.value.remedy == remedy
    assert list(tmp_path.iterdir()) == []
    # A folder of that name is one all the same.
    (tmp_path / "s3:" / "bucket").mkdir(parents=True)
    write_bytes("s3:/bucket/a.html", b"x")
    assert (tmp_path / "s3:" / "bucket" / "a.html").read_bytes() == b"x"
