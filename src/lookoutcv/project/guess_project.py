"""What a folder seems to hold: known good images with their labels, images to watch, a model."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lookoutcv.models.packages.manifest import MANIFEST
from lookoutcv.project.find_data_sets import DATA_SETS, GOOD, Target, data_set, entries, kind_at, reads

_WATCHED = ("production", "prod", "live", "today", "current", "new", "incoming", "inbox", "latest", "captures")
# Folders in which people keep those.
_PARENTS = ("data", "dataset", "datasets", "images", "img")
_RUNS = "runs"
_MODEL_FOLDERS = ("model", "models", "weights", "checkpoints", "export")
_IMAGES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".heic", ".avif"})
_FILES = ("zip", "tar", "manifest", "video")
_DATED = (
    (re.compile(r"(19|20)\d\d[01]\d[0-3]\d"), "%Y%m%d"),
    (re.compile(r"(19|20)\d\d-[01]\d-[0-3]\d"), "%Y-%m-%d"),
    (re.compile(r"(19|20)\d\d_[01]\d_[0-3]\d"), "%Y_%m_%d"),
)


@dataclass(frozen=True)
class Guess:
    """What a folder seems to hold, as paths relative to it; None for what was not found.

    Args:
        good: Known good images.
        watched: Images to watch.
        model: A model: a package, else a file.
        batch_by: What ordinary variation moves together.
    """

    good: str | None = None
    watched: str | None = None
    model: str | None = None
    batch_by: str | None = None


def guess(folder: str | os.PathLike[str], suffixes: tuple[str, ...], is_package: Callable[[Path], bool]) -> Guess:
    """Look around in a folder, and ask the kinds of sources what they would read.

    Args:
        folder: The project's.
        suffixes: Endings of models' files, with their dot.
        is_package: Whether a folder or a ZIP is a package of a model.
    """
    root = Path(folder)
    places = [root, *(root / name for name in _PARENTS if (root / name).is_dir())]
    good, test = data_set(places, DATA_SETS)
    if good is None:
        # Its test images are as good as new ones for a first report.
        good, test = _first(places, GOOD), _first(places, ("test",))
    if good is None:
        below = sorted(one for place in places for one in entries(place) if one.is_dir())
        good, test = data_set([*places, *below], (*DATA_SETS, "manifest"))
    watched = _first(places, _WATCHED) or (test if test != good else None)
    batch_by = None
    if watched is not None and (pattern := _dates(watched)):
        watched = Target(watched.path / pattern, "?last=1d")
    if good is not None and (pattern := _dates(good)):
        good, batch_by = Target(good.path / pattern), "day"
    return Guess(
        _named(good, root), _named(watched, root), _package(root, is_package) or _model(root, suffixes), batch_by
    )


def _named(target: Target | None, root: Path) -> str | None:
    return None if target is None else f"{target.path.relative_to(root).as_posix()}{target.options}"


def _first(places: list[Path], names: tuple[str, ...]) -> Target | None:
    for name in names:
        for place in places:
            for candidate in _called(place, name):
                kind = kind_at(candidate)
                if candidate.is_dir():
                    fits = kind in (*DATA_SETS, "videos") or _holds_images(candidate)
                else:
                    fits = kind in _FILES and (kind != "manifest" or reads(Target(candidate)))
                if fits:
                    return Target(candidate)
    return None


def _called(place: Path, name: str) -> Iterator[Path]:
    """A folder of a name, and files of it with any ending."""
    if (place / name).is_dir():
        yield place / name
    yield from sorted(one for one in entries(place) if one.is_file() and one.name.lower().partition(".")[0] == name)


def _holds_images(folder: Path, deeper: int = 3) -> bool:
    below = []
    for entry in entries(folder):
        if entry.is_dir():
            below.append(entry)
        elif entry.suffix.lower() in _IMAGES:
            return True
    return deeper > 0 and any(_holds_images(one, deeper - 1) for one in below[:20])


def _dates(target: Target) -> str | None:
    """The pattern of dates that the sub-folders' names follow; None where most follow none."""
    names = [] if target.options else [entry.name for entry in entries(target.path) if entry.is_dir()]
    for _, pattern in _DATED:
        if names and sum(_fits(name, pattern) for name in names) * 2 > len(names):
            return pattern
    return None


def _fits(name: str, pattern: str) -> bool:
    return any(form.fullmatch(name) for form, known in _DATED if known == pattern)


def _package(root: Path, is_package: Callable[[Path], bool]) -> str | None:
    """A package: in the folder, in one of models, or of a run, the one that was changed last."""
    runs = [run for run in entries(root / _RUNS) if run.is_dir()]
    folders = [root, *(root / name for name in _MODEL_FOLDERS), *runs]
    found = [path for folder in folders for path in entries(folder) if _may_be_package(path) and is_package(path)]
    return max(found, key=_changed).relative_to(root).as_posix() if found else None


def _may_be_package(path: Path) -> bool:
    return (path / MANIFEST).is_file() or path.suffix.lower() == ".zip"


def _changed(path: Path) -> tuple[float, str]:
    return (path / MANIFEST if path.is_dir() else path).stat().st_mtime, path.as_posix()


def _model(root: Path, suffixes: tuple[str, ...]) -> str | None:
    """A model's file: one with a card beside it, else the first by name."""
    folders = [root, *(root / name for name in _MODEL_FOLDERS)]
    models = sorted(
        (path for folder in folders for path in entries(folder) if path.suffix.lower() in suffixes and path.is_file()),
        key=lambda path: (not path.with_suffix(".card.yaml").is_file(), path.as_posix()),
    )
    return models[0].relative_to(root).as_posix() if models else None
