"""A run's folder belongs to one process, is gone on with after a kill, and is never somebody else's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lookoutcv.errors import OutputUnwritable, TrainingError
from lookoutcv.training.run_folder import RUN, claimed_folder

ASKED = {"models": ["resnet18"], "seed": 0}


def test_a_new_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    with claimed_folder(tmp_path / "runs" / "a", ASKED, resume=False) as folder:
        assert not folder.resumed
    assert folder.path.is_dir()


def test_what_others_wrote_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for resume in (False, True):
        with (
            pytest.raises(OutputUnwritable, match="something that no training made"),
            claimed_folder(tmp_path, ASKED, resume=resume),
        ):
            pass
    assert sorted(one.name for one in tmp_path.iterdir()) == ["notes.txt"]


def _stopped(path: Path) -> None:
    """A run that had learnt something."""
    with claimed_folder(path, ASKED, resume=False) as folder:
        folder.checkpoint("resnet18").mkdir(parents=True)
        (folder.checkpoint("resnet18") / "last.safetensors").write_bytes(b"1")


def _fails(path: Path, *, learnt: bool) -> None:
    """A run that ends in an error, after it learnt something or before."""
    with claimed_folder(path, ASKED, resume=False) as folder:
        (path / "data.json").write_text("{}")
        if learnt:
            folder.checkpoint("resnet18").mkdir(parents=True)
            (folder.checkpoint("resnet18") / "last.safetensors").write_bytes(b"1")
        assert folder.unfinished == learnt
        raise TrainingError("the disk is full", "Free some.")


def test_an_error_before_anything_was_learnt_leaves_nothing(tmp_path: Path) -> None:
    """A misspelt setting, put right, is not refused because of the first try."""
    (tmp_path / "there").mkdir()
    for path in (tmp_path / "runs" / "a", tmp_path / "there"):
        with pytest.raises(TrainingError, match="the disk is full"):
            _fails(path, learnt=False)
    assert [one.name for one in tmp_path.iterdir()] == ["there"]
    assert not list((tmp_path / "there").iterdir())


def test_one_that_was_killed_before_it_learnt_begins_anew_with_any_settings(tmp_path: Path) -> None:
    with claimed_folder(tmp_path / "a", ASKED, resume=False):
        pass
    for resume in (False, True):
        with claimed_folder(tmp_path / "a", {**ASKED, "seed": 1}, resume=resume) as folder:
            assert not folder.resumed


def test_an_error_after_something_was_learnt_keeps_it(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="the disk is full"):
        _fails(tmp_path / "a", learnt=True)
    with claimed_folder(tmp_path / "a", ASKED, resume=True) as folder:
        assert folder.resumed


def test_a_run_that_was_stopped_is_gone_on_with_when_asked(tmp_path: Path) -> None:
    _stopped(tmp_path / "a")
    with pytest.raises(OutputUnwritable, match="resume=True"), claimed_folder(tmp_path / "a", ASKED, resume=False):
        pass
    with claimed_folder(tmp_path / "a", ASKED, resume=True) as folder:
        assert folder.resumed


def test_a_run_with_other_settings_is_not_gone_on_with(tmp_path: Path) -> None:
    _stopped(tmp_path / "a")
    with (
        pytest.raises(OutputUnwritable, match="had seed = 0, and this one has 1"),
        claimed_folder(tmp_path / "a", {**ASKED, "seed": 1}, resume=True),
    ):
        pass


def test_a_finished_run_is_not_written_over(tmp_path: Path) -> None:
    with claimed_folder(tmp_path / "a", ASKED, resume=False) as folder:
        (folder.path / RUN).write_text("{}")
    with pytest.raises(OutputUnwritable, match="a run ended in it"), claimed_folder(tmp_path / "a", ASKED, resume=True):
        pass


def test_where_nothing_can_be_made_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputUnwritable, match="File exists"), claimed_folder(tmp_path / "file", {}, resume=False):
        pass
    with (
        pytest.raises(OutputUnwritable, match="Not a directory"),
        claimed_folder(tmp_path / "file" / "a", {}, resume=False),
    ):
        pass


_HOLDS = """
import sys
from pathlib import Path
from lookoutcv.training.run_folder import claimed_folder
with claimed_folder(Path(sys.argv[1]), {"models": ["resnet18"], "seed": 0}, resume=False) as folder:
    folder.checkpoint("resnet18").mkdir(parents=True)
    (folder.checkpoint("resnet18") / "last.safetensors").write_bytes(b"1")
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
def test_two_processes_do_not_train_into_one_folder_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(tmp_path / "a")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == b"held\n"
    with (
        pytest.raises(OutputUnwritable, match="another process trains in it"),
        claimed_folder(tmp_path / "a", ASKED, resume=True),
    ):
        pass
    other.kill()
    other.wait()
    other.stdin.close()
    other.stdout.close()
    with claimed_folder(tmp_path / "a", ASKED, resume=True) as folder:
        assert folder.resumed


def test_the_names_of_checkpoints_are_plain(tmp_path: Path) -> None:
    with claimed_folder(tmp_path / "a", ASKED, resume=False) as folder:
        assert folder.checkpoint("resnet18.a1_in1k").name == "resnet18.a1_in1k"
        assert folder.checkpoint("../x/y").parent == folder.path / "checkpoints"
