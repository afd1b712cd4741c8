"""A package appears whole or not at all, and never over what others wrote."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lookoutcv.errors import OutputUnwritable, TrainingError
from lookoutcv.models import package_at
from lookoutcv.models.packages.manifest import Manifest
from lookoutcv.training.packing.package_builder import building, check_package_output

MANIFEST = Manifest("pets", "1", "2026-11-30T00:00:00Z", "t", "classification", ["cat", "../x"], "model.onnx", [])


def build(target: Path, *, force: bool = False, more: str = "") -> Any:
    with building(target, force=force) as builder:
        builder.write("model.onnx", b"net" + more.encode())
        builder.write("model.card.yaml", "task: classification\n")
        return builder.finish(MANIFEST)


@pytest.mark.parametrize("name", ["pets", "pets.zip", "pets.ZIP"])
def test_it_reads_back(tmp_path: Path, name: str) -> None:
    made = build(tmp_path / name)
    assert made.path == tmp_path / name
    assert [file.name for file in made.manifest.files] == ["model.onnx", "model.card.yaml"]
    assert made.read("model.onnx") == b"net"
    assert os.listdir(tmp_path) == [name]
    assert replace(made.manifest, files=[]) == MANIFEST


@pytest.mark.parametrize("name", ["pets", "pets.zip"])
def test_what_fails_on_the_way_leaves_nothing(tmp_path: Path, name: str) -> None:
    def fails() -> None:
        with building(tmp_path / name) as builder:
            builder.write("model.onnx", b"net")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "con", "a\\b", "package.json", ".hidden"])
def test_no_name_leads_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(TrainingError), building(tmp_path / "p") as builder:
        builder.write(name, b"evil")
    assert os.listdir(tmp_path) == []


def test_a_package_is_replaced_only_where_that_is_asked_for(tmp_path: Path) -> None:
    for name in ("p", "p.zip"):
        build(tmp_path / name)
        with pytest.raises(OutputUnwritable, match="a package lies there"):
            build(tmp_path / name, more="2")
        assert build(tmp_path / name, force=True, more="2").read("model.onnx") == b"net2"
    assert sorted(os.listdir(tmp_path)) == ["p", "p.zip"]


@pytest.mark.parametrize("name", ["notes.txt", ".git/config", "a/b.txt"])
def test_files_of_others_are_never_replaced(tmp_path: Path, name: str) -> None:
    build(tmp_path / "p")
    mine = tmp_path / "p" / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(OutputUnwritable, match="not the package's lies in it"):
        build(tmp_path / "p", force=True)
    assert mine.read_text() == "mine"
    for target in ("folder", "file.zip", "file"):
        path = tmp_path / target
        if target == "folder":
            path.mkdir()
            (path / "a").write_text("mine")
        else:
            path.write_text("mine")
        with pytest.raises(OutputUnwritable, match="something else lies there"):
            build(path, force=True)


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    build(tmp_path / "p")
    assert os.listdir(tmp_path) == ["p"]


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable, match="there is no folder"):
        check_package_output(tmp_path / "nowhere" / "p")


def test_two_that_make_the_same_are_told_apart(tmp_path: Path) -> None:
    with building(tmp_path / "p") as builder:
        builder.write("model.onnx", b"net")
        with pytest.raises(OutputUnwritable, match="another process is making it"):
            build(tmp_path / "p")
        builder.write("model.card.yaml", "")
        builder.finish(MANIFEST)
    assert package_at(tmp_path / "p") is not None


@pytest.mark.skipif(os.name != "posix", reason="signals and locks of POSIX")
def test_what_a_killed_process_left_is_no_package_and_is_cleared(tmp_path: Path) -> None:
    program = f"""
        import time
        from pathlib import Path
        from lookoutcv.training.packing.package_builder import building
        with building(Path({str(tmp_path)!r}) / "p") as builder:
            builder.write("model.onnx", b"net")
            print("made", flush=True)
            time.sleep(60)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"made\n"
    with pytest.raises(OutputUnwritable, match="another process is making it"):
        build(tmp_path / "p")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert package_at(tmp_path / "p") is None
    build(tmp_path / "p")
    assert os.listdir(tmp_path) == ["p"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full device")
@pytest.mark.parametrize("name", ["p", "p.zip"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    def fills() -> None:
        with building(tmp_path / name) as builder:
            builder.write("model.card.yaml", "")
            builder.path("model.onnx").symlink_to("/dev/full")
            builder.write("model.onnx", b"net" * 10_000)

    with pytest.raises(OutputUnwritable, match="no room is left"):
        fills()
    assert os.listdir(tmp_path) == []
