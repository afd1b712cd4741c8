"""The training runs that lie below a folder, by the `run.json` that each left there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import CorruptFile, FileFormatError, NotOurFile, SourceNotFound
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.training_run import Candidate, Score, TrainingRun

# Runs lie in a folder of their own, and people sort these into some more.
_MOST_DEPTH = 4
# With all its thumbnails a run is under 3 MB.
_MOST_BYTES = 64_000_000


@dataclass(frozen=True)
class RunSummary:
    """A training run in a line.

    Args:
        folder: Where it lies.
        name: Of the run.
        created: ISO 8601 UTC.
        data: What it learnt from.
        classes: How many.
        best: Its best model.
        part: Of which part the figures are: "test", or "validation" where nothing else is known; "" without figures.
        images: Of that part.
        accuracy, low, high: Of the best model, with its 95% interval; None without figures.
    """

    folder: str
    name: str
    created: str
    data: str
    classes: int
    best: str
    part: str = ""
    images: int = 0
    accuracy: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, folder: str | os.PathLike[str], run: TrainingRun) -> RunSummary:
        """What a line says of a run."""
        first = (os.fspath(folder), run.name, run.created, run.data, len(run.classes), run.best)
        part, score = _figures(best_of(run))
        return cls(*first) if score is None else cls(*first, part, score.images, score.accuracy, score.low, score.high)


@dataclass(frozen=True)
class RecordedRuns:
    """The runs below a folder.

    Args:
        runs: The newest first.
        passed_over: Files that are called so and hold no run that can be read, each with the reason.
    """

    runs: tuple[RunSummary, ...]
    passed_over: tuple[Skipped, ...] = ()


@only_known_keywords()
def runs(folder: str | os.PathLike[str] = "runs") -> RecordedRuns:
    """The training runs that lie below a folder, up to four folders deep.

    Args:
        folder: Where `lookout train -o FOLDER/NAME` wrote them.
    Returns:
        A line for each, the newest first; what is damaged, newer than this version or none of ours is named.
    Raises:
        SourceNotFound: There is no such folder.
    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     runs(folder).runs
        ()
    """
    place = Path(folder)
    if not place.is_dir():
        raise SourceNotFound(
            f"there is no folder {os.fspath(folder)!r}",
            "Give the folder that runs were written to; `lookout train DATA -o runs/NAME` makes one.",
            source=os.fspath(folder),
        )
    found, passed_over = list[RunSummary](), list[Skipped]()
    for file in _files(place):
        try:
            found.append(RunSummary.of(file.parent, read_run(file)))
        except FileFormatError as error:
            passed_over.append(Skipped(os.fspath(file), error.problem))
    newest_first = sorted(found, key=lambda run: (run.created, run.folder), reverse=True)
    return RecordedRuns(tuple(newest_first), tuple(passed_over))


def read_run(place: str | os.PathLike[str]) -> TrainingRun:
    """A run from its file or its folder.

    Raises:
        SourceNotFound: There is no such file.
        FileFormatError: It is no run, is damaged, or is of a newer version.
    """
    file = Path(place)
    file = file / TrainingRun.FILE if file.is_dir() else file
    name = os.fspath(file)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise NotOurFile(f"{name} is too large to be a training run", TrainingRun.REMEDY, path=name)
        value = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise SourceNotFound(f"there is no run in {os.fspath(place)!r}", TrainingRun.REMEDY, source=name) from None
    except (OSError, ValueError, RecursionError) as reason:
        remedy = "Train again, or fetch an undamaged copy."
        raise CorruptFile(f"{name} cannot be read: {reason}", remedy, path=name) from None
    return TrainingRun.from_dict(value, name)


def best_of(run: TrainingRun) -> Candidate | None:
    """The best candidate; None where a run names one that it does not hold."""
    return next((one for one in run.candidates if one.name == run.best), None)


def _figures(best: Candidate | None) -> tuple[str, Score | None]:
    if best is None:
        return "", None
    if best.test is not None:
        return "test", best.test
    return ("", None) if best.validation is None else ("validation", best.validation)


def _files(place: Path) -> Iterator[Path]:
    """In the order of their names; links to folders are not followed, so that no circle is walked.

    The package in a run's folder holds the same file again.
    """
    depth = len(place.parts)
    for folder, below, files in os.walk(place):
        below.sort()
        if len(Path(folder).parts) - depth >= _MOST_DEPTH:
            below.clear()
        if TrainingRun.FILE in files:
            below.clear()
            yield Path(folder) / TrainingRun.FILE
