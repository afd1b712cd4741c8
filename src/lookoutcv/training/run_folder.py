"""The folder of a run: claimed by one process at a time, gone on with after a kill, and never somebody else's."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.atomic import write_bytes

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

RUN, DATA, ASKED, CHECKPOINTS, MLFLOW = "run.json", "data.json", "asked.json", "checkpoints", "mlflow.json"
_FORMAT = "lookoutcv.training_settings"


@dataclass(frozen=True)
class RunFolder:
    """A folder that this process alone writes to.

    Args:
        path: The folder.
        resumed: An earlier run of the same settings was stopped in it, and is gone on with.
    """

    path: Path
    resumed: bool

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the run, whole or not at all."""
        write_bytes(self.path / name, data)

    def remove_checkpoints(self) -> None:
        """What is needed to go on is not needed any more."""
        shutil.rmtree(self.path / CHECKPOINTS, ignore_errors=True)

    def checkpoint(self, backbone: str) -> Path:
        """Where the checkpoints of a backbone lie."""
        # A name in timm may hold a tag: "resnet18.a1_in1k".
        return self.path / CHECKPOINTS / "".join(c if c.isalnum() or c in ".-" else "_" for c in backbone).lstrip(".")

    @property
    def unfinished(self) -> bool:
        """Whether something was learnt in it and is not packed yet: what `resume` goes on with."""
        return not (self.path / RUN).exists() and _learnt(self.path)

    def mlflow_run(self) -> str | None:
        """The run that MLflow was told of before this one was stopped; None where there is none."""
        if not self.resumed:
            return None
        try:
            held = json.loads((self.path / MLFLOW).read_bytes())
        except (OSError, ValueError):
            return None
        run = held.get("run_id") if isinstance(held, dict) else None
        return run if isinstance(run, str) else None

    def keep_mlflow_run(self, run_id: str | None) -> None:
        """Write down which run MLflow is told of, for when it is gone on with."""
        if run_id is not None:
            write_bytes(self.path / MLFLOW, json.dumps({"run_id": run_id}).encode())


@contextmanager
def claimed_folder(path: Path, asked: Mapping[str, Any], *, resume: bool) -> Iterator[RunFolder]:
    """Make the folder of a run, or find the one that was stopped there, and keep others out of it.

    A run that ends in an error before anything was learnt leaves nothing: the same command, put right, begins anew.

    Args:
        path: The folder.
        asked: What decides what a run gives, as JSON values: those of a run that is gone on with must be the same.
        resume: Go on with a run that was stopped.
    Raises:
        OutputUnwritable: Another process writes there; it holds a finished run, or something else; or it cannot be
            written.
    """
    new = [one for one in (path, *path.parents) if not one.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        held = [one.name for one in path.iterdir()]
    except OSError as reason:
        raise _unwritable(path, reason.strerror or str(reason), "Choose another folder with -o.") from reason
    with _locked(path):
        resumed = _checked(path, held, asked, resume=resume)
        write_bytes(path / ASKED, json.dumps({"format": _FORMAT, **asked}, indent=2).encode())
        folder = RunFolder(path, resumed)
        try:
            yield folder
        except BaseException:
            if not folder.unfinished:
                _cleared(path, new)
            raise


def _learnt(path: Path) -> bool:
    return any(one.is_file() for one in (path / CHECKPOINTS).rglob("*"))


def _cleared(path: Path, new: Sequence[Path]) -> None:
    """Without what this run wrote, and without the folders that it made."""
    if (path / RUN).exists():
        return
    for name in (ASKED, DATA, MLFLOW):
        with suppress(OSError):
            (path / name).unlink(missing_ok=True)
    shutil.rmtree(path / CHECKPOINTS, ignore_errors=True)
    for folder in new:
        with suppress(OSError):
            folder.rmdir()


def _checked(path: Path, held: list[str], asked: Mapping[str, Any], *, resume: bool) -> bool:
    """Whether a run was stopped here."""
    if not held:
        return False
    earlier = _asked_before(path / ASKED)
    if earlier is None:
        raise _unwritable(path, "it holds something that no training made", "Choose a new folder with -o.")
    if (path / RUN).exists():
        raise _unwritable(
            path, "a run ended in it", f"Choose another folder with -o, or look at it: lookout runs show {path}"
        )
    if not _learnt(path):
        # Killed before anything was learnt: there is nothing to go on with, and nothing to lose.
        return False
    if not resume:
        raise _unwritable(
            path,
            "a run was stopped in it",
            f"Go on with it: {option('resume', True)}; or choose another folder with {option('output')}.",
        )
    for key in sorted({*earlier, *asked} - {"format"}):
        if earlier.get(key) != asked.get(key):
            raise _unwritable(
                path,
                f"the run that was stopped in it had {key} = {json.dumps(earlier.get(key))}, "
                f"and this one has {json.dumps(asked.get(key))}",
                "Go on with the same settings, or choose another folder with -o.",
            )
    return True


def _asked_before(path: Path) -> dict[str, Any] | None:
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) and values.get("format") == _FORMAT else None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the folder; the lock goes with the process, however it ends."""
    if fcntl is None:
        yield
        return
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError as reason:
        raise _unwritable(path, reason.strerror or str(reason), "Choose another folder with -o.") from reason
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as reason:
            raise _unwritable(
                path, "another process trains in it", "Choose another folder with -o, or wait."
            ) from reason
        yield
    finally:
        os.close(handle)


def _unwritable(path: Path, why: str, remedy: str) -> OutputUnwritable:
    return OutputUnwritable(f"nothing can be trained into {path}: {why}", remedy, path=str(path), reason=why)
