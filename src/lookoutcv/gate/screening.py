"""Images that a gate finds unfit, left out of what is measured, moved away, or marked; counted and named always."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal, cast, get_args

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, ImageError, NoImages, OutputUnwritable
from lookoutcv.files.remote import is_url
from lookoutcv.gate.gate import Gate
from lookoutcv.pixels.view import ImageView
from lookoutcv.profiles.counts import gate_key
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.measurer import Measurer, Value
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.secrets import masked
from lookoutcv.sources import ImageRef, Source
from lookoutcv.sources.kinds.base import BoundedRef

OnReject = Literal["skip", "move", "tag"]
_WAYS: tuple[str, ...] = get_args(OnReject)
_SHOWN = 3


@dataclass(frozen=True)
class Refused:
    """An image that a gate finds unfit.

    Args:
        skipped: Its name, and why.
        key: As profiles count it: "unfit: sharpness".
        path: Of its file; None where it has none of its own.
    """

    skipped: Skipped
    key: str
    path: str | None


@dataclass(frozen=True, eq=False)
class Screen:
    """A gate that images pass before they are measured.

    Args:
        gate: The gate.
        on_reject: What becomes of images that it finds unfit.
        rejects: The folder that they are moved to.
    """

    gate: Gate
    on_reject: OnReject
    rejects: str | None = None
    measurer: Measurer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "measurer", self.gate.measurer())

    def passed(self, ref: ImageRef, view: ImageView) -> dict[str, Value] | Refused:
        """The gate's columns for an image; or that it is refused."""
        values = self.measurer(view)
        if self.on_reject == "tag" or values["gate.verdict"] != "unfit":
            return values
        key = gate_key(str(values["gate.verdict"]), cast("str | None", values["gate.judge"]))
        path = ref.load() if self.on_reject == "move" else None
        return Refused(
            Skipped(ref.id, f"{values['gate.reasons']}"),
            key,
            os.fspath(path) if isinstance(path, str | os.PathLike) and os.path.isfile(path) else None,
        )


def screen(gate: Any, on_reject: str, rejects: str | os.PathLike[str] | None) -> Screen:
    """The screen that options describe.

    Raises:
        ConfigError: There is no such way, or no folder to move to.
        FileFormatError: There is no gate at that place, or it is damaged.
        OutputUnwritable: The folder cannot be made.
    """
    if on_reject not in _WAYS:
        problem = f"{option('on_reject')} is {on_reject!r}"
        raise ConfigError(problem, f"Take one of {', '.join(_WAYS)}.", key="on_reject")
    if gate is None:
        said = option("rejects") if rejects is not None else option("on_reject")
        problem = f"{said} says what becomes of images that a gate refuses, and there is no gate"
        raise ConfigError(problem, f"Give {option('gate')}, too.", key="gate")
    if (on_reject == "move") is (rejects is None):
        wanted = "no folder to move to is given" if rejects is None else "nothing is moved"
        remedy = f"{option('rejects')} FOLDER goes with {option('on_reject')} move."
        raise ConfigError(f"{option('on_reject')} is {on_reject}, and {wanted}", remedy, key="rejects")
    folder = None if rejects is None else _folder(os.fspath(rejects))
    opened = gate if isinstance(gate, Gate) else Gate.load(gate)
    return Screen(opened, cast(OnReject, on_reject), folder)


def refuse_unmovable(screen: Screen | None, source: Source) -> None:
    """Refuse a source whose unfit images are to be moved, and that has one which is no file, before any is read.

    A file that is not there is no reason: it is skipped like any other that cannot be read.

    Raises:
        ConfigError: An image lies in an archive or a film, at a URL, or in memory.
    """
    if screen is None or screen.on_reject != "move":
        return
    for ref in source:
        if not _has_file(ref):
            raise _no_file(ref.id)


def _has_file(ref: ImageRef) -> bool:
    if isinstance(ref, BoundedRef):  # it unpacks, fetches or decodes itself
        return False
    try:
        place = ref.load()
    except ImageError:
        return True
    return isinstance(place, str | os.PathLike) and not is_url(os.fspath(place))


def _no_file(id: str) -> ConfigError:
    return ConfigError(
        f"{masked(id)} is no file that could be moved",
        f"Take {option('on_reject')} skip: only images that are files in a folder are moved.",
        key="on_reject",
    )


@dataclass
class RefusedImages:
    """Images that a gate refused, as they come.

    Args:
        screen: The gate, and what becomes of them.
    """

    screen: Screen
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)

    def add(self, one: Refused) -> None:
        """Count one, and move it where that is wanted.

        Raises:
            ConfigError: It is to be moved, and is no file of its own.
            OutputUnwritable: It cannot be moved.
        """
        self.counts[one.key] += 1
        self.reasons[one.skipped.reason] += 1
        if len(self.names) < _SHOWN:
            self.names.append(one.skipped.id)
        if self.screen.on_reject == "move":
            _move(one, cast(str, self.screen.rejects))

    def note(self, measured: int) -> str:
        """How many were refused, and why, in a sentence; "" where none was."""
        total = self.counts.total()
        if not total:
            return ""
        why = "; ".join(f"{reason} ({count:,})" for reason, count in self.reasons.most_common(_SHOWN))
        more = sum(count for _, count in self.reasons.most_common()[_SHOWN:])
        others = f"; other reasons ({more:,})" if more > 0 else ""
        names = ", ".join(self.names) + (" ..." if total > len(self.names) else "")
        done = f", and moved to {self.screen.rejects}" if self.screen.on_reject == "move" else ""
        return (
            f"The gate {self.screen.gate.name} refused {total:,} of {total + measured:,} images{done}: {why}{others}. "
            f"They are {names}."
        )

    def none_fit(self, source: str, skipped: int) -> NoImages:
        """The error for a source of which nothing is left.

        Args:
            source: What a person calls it.
            skipped: How many more could not be read.
        """
        unread = f" {skipped:,} more cannot be read." if skipped else ""
        return NoImages(
            f"{self.note(0)}{unread} So nothing can be measured",
            f"Look at them, or keep them with {option('on_reject')} tag.",
            source=source,
            skipped=skipped,
            unfit=self.counts.total(),
            reasons=tuple(f"{reason} ({count:,})" for reason, count in self.reasons.most_common()),
        )

    def tagged(self, profile: Profile) -> str:
        """How many are marked as unfit, in a sentence; "" where they are left out."""
        if self.screen.on_reject != "tag":
            return ""
        counts = profile.counts["gate"]
        unfit = sum(count for key, count in counts.items() if key.startswith("unfit"))
        total = sum(counts.values())
        return f"The gate {self.screen.gate.name} finds {unfit:,} of {total:,} images unfit; they are marked."


def _folder(rejects: str) -> str:
    try:
        Path(rejects).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"{rejects} cannot be made ({error.strerror})"
        raise OutputUnwritable(why, f"Give another folder for {option('rejects')}.", path=rejects) from error
    return rejects


def _move(one: Refused, rejects: str) -> None:
    if one.path is None:
        raise _no_file(one.skipped.id)
    # Its name below the source, so that images of one name from two folders do not meet.
    parts = [part for part in PurePosixPath(one.skipped.id).parts if part not in ("..", "/")]
    target = _free(Path(rejects, *parts))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(one.path, target)
    except OSError as error:
        why = f"{one.path} cannot be moved to {target} ({error.strerror})"
        raise OutputUnwritable(why, f"Give another folder for {option('rejects')}.", path=str(target)) from error


def _free(target: Path) -> Path:
    """The name, or with a number where another file has it."""
    place, number = target, 2
    while place.exists():
        place = target.with_stem(f"{target.stem} ({number})")
        number += 1
    return place
