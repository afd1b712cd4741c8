"""Disks that fill up and processes that are killed leave no half file."""

import os
import signal
import subprocess
import sys
import textwrap

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.atomic import open_atomic, write_bytes

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX signals and limits")


def python(code, *arguments, **options):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)], **options)


@posix
def test_a_full_disk_is_explained_and_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    code = """
        import resource, sys
        from lookoutcv.errors import OutputUnwritable
        from lookoutcv.files.atomic import write_bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            write_bytes(sys.argv[1], bytes(1_000_000))
        except OutputUnwritable as error:
            print(error)
    """
    output, _ = python(code, target, stdout=subprocess.PIPE).communicate(timeout=60)
    assert b"no room is left. Free some space" in output
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_device():
    with pytest.raises(OutputUnwritable, match="no room is left"):
        write_bytes("/dev/full", bytes(100_000))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_under_a_parquet_writer():
    table = pa.table({"a": list(range(100_000))})
    with pytest.raises(OutputUnwritable, match="no room"), open_atomic("/dev/full") as file:
        pq.write_table(table, file)


def test_a_parquet_file_through_an_atomic_one(tmp_path):
    table = pa.table({"a": [1, 2, 3]})
    with open_atomic(tmp_path / "a.parquet") as file, pq.ParquetWriter(file, table.schema) as writer:
        writer.write_table(table)
    assert pq.read_table(tmp_path / "a.parquet").equals(table)


HANGING_WRITE = """
    import sys, time
    from lookoutcv.files.atomic import open_atomic
    with open_atomic(sys.argv[1]) as file:
        file.write(bytes(1_000_000))
        file.flush()
        print("written", flush=True)
        time.sleep(60)
"""


@posix
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_process_killed_while_writing_leaves_the_old_file(tmp_path, number):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    process = python(HANGING_WRITE, target, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout.readline() == b"written\n"
    process.send_signal(number)
    process.communicate(timeout=60)
    assert target.read_bytes() == b"old"
    left = [p.name for p in tmp_path.iterdir() if p != target]
    assert all(name.startswith(".a.bin.") and name.endswith(".tmp") for name in left)
    assert len(left) == (number == signal.SIGKILL)
