"""Labelled images of the user's own, added to a folder of samples: copied as they are, each once."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import cv2

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ImageError, NoImages
from lookoutcv.files.outputs import FileKind, check_output, refuse_inputs, write_output
from lookoutcv.gate_training.labelled_scenes import LABELS_FILE, Scene, Scenes, is_labels_file, read_scenes
from lookoutcv.gate_training.samples.sample_folder import (
    ADDED_FOLDER,
    LABELS,
    added_row,
    csv_bytes,
    listed_rows,
    make_folder,
)
from lookoutcv.images import Limits
from lookoutcv.images.sniff import sniff
from lookoutcv.progress import Progress
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.sources.decoded_images import UNREADABLE, SkippedImages
from lookoutcv.sources.input_paths import input_paths
from lookoutcv.sources.kinds.base import loaded

_ENDING = re.compile(r"\.[a-z0-9]{2,5}")
# Of an image's bytes, in its copy's name: which images are there already is read off the names.
_DIGITS = 12


@only_known_keywords(types=False)
@dataclass(frozen=True)
class AddedSamples:
    """What was added.

    Args:
        folder: Where it lies.
        labels: The table that says what each image is.
        sharp, blurred: How many of each were added now.
        known: Images that were there already, byte for byte.
        total: Images in the table now.
        refused: The first thousand images that were not added, each with its reason.
        refused_count: How many there were.
        unlabelled: Images that are left out since nothing says whether they are sharp.
        notes: How the source was read, in sentences.
    """

    folder: Path
    labels: Path
    sharp: int
    blurred: int
    known: int
    total: int
    refused: tuple[Skipped, ...] = field(default=(), repr=False)
    refused_count: int = 0
    unlabelled: int = 0
    notes: tuple[str, ...] = ()


@only_known_keywords()
def add_samples(
    source: Any,
    output: str | os.PathLike[str] = "data",
    *,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    progress: Progress | None = None,
) -> AddedSamples:
    """Add labelled images to a folder of samples, as `gate_data` makes it, or to a new one.

    Each image is read once, to see that it can be, and copied as it is to added/sharp or added/blurred below the
    folder, under a name that holds a checksum: the same image again adds nothing. The source may be emptied afterwards.

    Args:
        source: Labelled images: a folder with the folders sharp and blurred, a table with the columns path and label,
            or a folder of samples. One that is empty adds nothing.
        output: The folder of samples.
        max_pixels, max_bytes: Larger images are refused.
        progress: Called as `progress(done, total)`.
    Raises:
        SourceError: The images cannot be listed.
        DataError: Nothing says of them whether they are sharp.
        OutputUnwritable: The folder cannot be written to, is one that is read, or holds another table.
    Example:
        >>> import tempfile
        >>> from lookoutcv.gate_training.samples.make_samples import gate_data
        >>> known = gate_data(tempfile.mkdtemp())
        >>> folder = tempfile.mkdtemp()
        >>> add_samples(known.folder, folder).sharp, add_samples(known.folder, folder).known
        (12, 24)
    """
    folder = Path(output)
    table = folder / LABELS_FILE
    inputs = list(input_paths(table, source))
    refuse_inputs(table, inputs)
    scenes = _scenes(source, Limits.of(max_pixels, max_bytes))
    make_folder(table.parent)
    check_output(table, LABELS, inputs=inputs)
    rows = listed_rows(table) if table.is_file() and is_labels_file(table) else []
    adding = _Adding(folder, {row[0] for row in rows})
    new = [row for row in adding.rows(scenes, progress) if row is not None]
    # The line of one that a person had removed, and that came again, is the new one.
    rows = [row for row in rows if _key_of(PurePosixPath(row[0])) not in adding.again]
    write_output(table, csv_bytes([*rows, *new]), LABELS)
    sharp = sum(row[1] == "1" for row in new)
    return AddedSamples(
        folder,
        table,
        sharp,
        len(new) - sharp,
        adding.known,
        len(rows) + len(new),
        tuple(scenes.skipped.named),
        scenes.skipped.count,
        scenes.unlabelled,
        scenes.notes,
    )


def _scenes(source: Any, limits: Limits) -> Scenes:
    try:
        return read_scenes(source, limits, all_sharp=False)
    except NoImages:
        return Scenes(str(source), ())


class _Adding:
    """Images that are copied, each once.

    Args:
        folder: Of the samples.
        listed: Paths of those that are in its table already.
    """

    def __init__(self, folder: Path, listed: set[str]) -> None:
        self._folder = folder
        self._kinds = {key: path.parent.name for path in map(PurePosixPath, listed) if (key := _key_of(path))}
        # A person may have removed some: these are written again.
        missing = [path for path in map(PurePosixPath, listed) if not (folder / path).is_file()]
        self._gone = {key for path in missing if (key := _key_of(path))}
        self.again: set[str] = set()
        self.known = 0

    def rows(self, scenes: Scenes, progress: Progress | None) -> Iterator[list[str] | None]:
        """The line of each image that was added; None of one that was not."""
        for done, scene in enumerate(scenes.items, start=1):
            yield self._add(scene, scenes.skipped)
            if progress is not None:
                progress(done, len(scenes.items))

    def _add(self, scene: Scene, refused: SkippedImages) -> list[str] | None:
        try:
            data, ending = _bytes_of(scene)
        except UNREADABLE as error:
            refused.add(scene.id, error)
            return None
        key, kind = hashlib.sha256(data).hexdigest()[:_DIGITS], "sharp" if scene.sharp else "blurred"
        known = self._kinds.setdefault(key, "")
        if known == kind and key not in self._gone:
            self.known += 1
            return None
        if known and known != kind:
            refused.extend([Skipped(scene.id, f"the same image is there already, as a {known} one")])
            return None
        if key in self._gone:
            self._gone.remove(key)
            self.again.add(key)
        self._kinds[key] = kind
        path = ADDED_FOLDER / kind / f"{_plain_stem(scene.id)}-{key}{ending}"
        make_folder((self._folder / path).parent)
        same = FileKind("the same image", lambda there: there.read_bytes() == data)
        write_output(self._folder / path, data, same)
        return added_row(path, scene)


def _bytes_of(scene: Scene) -> tuple[bytes, str]:
    """The file as it is, and its ending; of what is no file of its own, such as an array, a PNG.

    Raises:
        ImageError: It cannot be read.
    """
    view = scene.view()
    content = loaded(scene.ref, scene.limits)
    if isinstance(content, str | os.PathLike):
        try:
            content = Path(content).read_bytes()
        except OSError as error:
            raise ImageError(f"{scene.id} cannot be read", "Look at the file.", reason=str(error.strerror)) from error
    if isinstance(content, bytes):
        ending = PurePosixPath(scene.id.lower()).suffix
        return content, ending if _ENDING.fullmatch(ending) else f".{sniff(content)}"
    shown = view.pixels if view.pixels.ndim == 2 else cv2.cvtColor(view.pixels, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", shown)[1].tobytes(), ".png"


def _plain_stem(name: str) -> str:
    """What a file is called, in letters that every system takes.

    Example:
        >>> _plain_stem("day 1/lens?.jpg")
        'lens'
    """
    return re.sub(r"[^\w-]+", "-", PurePosixPath(name).stem).strip("-")[:60] or "image"


def _key_of(path: PurePosixPath) -> str:
    """The checksum in the name of a copy; "" of an image that was not added."""
    return path.stem.rpartition("-")[2] if path.parts[:1] == ADDED_FOLDER.parts else ""
