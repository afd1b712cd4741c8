"""Images of which it is known whether they are sharp: what a gate is fitted and judged on."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from lookoutcv.errors import DataError, NoImages
from lookoutcv.images import DEFAULT_LIMITS, Limits
from lookoutcv.measuring.measurement import view_of
from lookoutcv.pixels.view import ImageView
from lookoutcv.plain_text import joined
from lookoutcv.secrets import masked
from lookoutcv.sources import ImageRef, kind_of, notes_of, open_images
from lookoutcv.sources.decoded_images import UNREADABLE, SkippedImages, decoded
from lookoutcv.sources.kinds.manifest import ManifestSource

# Below a folder of samples, as `gate_data` writes them.
LABELS_FILE = Path("processed", "cv", "labels.csv")
_SHARP = {"1", "1.0", "true", "sharp", "good", "clear", "clean", "in focus", "infocus", "ok", "fit"}
_BLURRED = {"0", "0.0", "false", "blurred", "blurry", "blur", "bad", "unsharp", "out of focus", "defocused"}
_SHOWN = 4


@dataclass(frozen=True, eq=False)
class Scene:
    """An image of which it is known whether it is sharp.

    Args:
        id: Its name in its source.
        sharp: Whether it is.
        ref: Where it is.
        limits: It is read within.
        about: Its class in a source whose classes say nothing of sharpness.
    """

    id: str
    sharp: bool
    ref: ImageRef = field(repr=False)
    limits: Limits = field(default=DEFAULT_LIMITS, repr=False)
    about: str = ""

    def view(self) -> ImageView:
        """Its pixels, read anew each time.

        Raises:
            ImageError: They cannot be read any more.
        """
        return view_of(decoded(self.ref, self.limits))

    @property
    def kind(self) -> str:
        """How it was blurred, as its source says: "gaussian"; "" where it is sharp or nobody says."""
        return "" if self.sharp else _tag(self.ref.tags, "kind", "blur")

    @property
    def strength(self) -> str:
        """How strongly, as its source says: "2"; "" where nobody says."""
        return "" if self.sharp else _tag(self.ref.tags, "strength", "sigma")

    @property
    def nuisance(self) -> str:
        """What else was done to it, as its source says: "jpeg"; "" where nobody says."""
        return _tag(self.ref.tags, "nuisance", "condition")

    @property
    def scene_kind(self) -> str:
        """What kind of thing it shows, as its source says: "night", "cat"; "" where nobody says."""
        return _tag(self.ref.tags, "scene_kind", "scene_class", "kind_of_scene") or self.about

    @property
    def group(self) -> str:
        """What it shows, as its source says; itself where nobody says. Images of one never are on both sides."""
        return _tag(self.ref.tags, "scene", "source") or self.id


@dataclass(frozen=True, eq=False)
class Scenes:
    """What a gate is fitted or judged on.

    Args:
        name: What a person calls the source.
        items: The images that are labelled and can be read, in its order.
        unlabelled: Images that are left out since nothing says whether they are sharp.
        skipped: Those that cannot be read.
        notes: How the source was read, in sentences.
    """

    name: str
    items: tuple[Scene, ...] = field(repr=False)
    unlabelled: int = 0
    skipped: SkippedImages = field(default_factory=SkippedImages, repr=False)
    notes: tuple[str, ...] = ()

    @property
    def sharp(self) -> tuple[Scene, ...]:
        """Those that are sharp."""
        return tuple(one for one in self.items if one.sharp)

    @property
    def blurred(self) -> tuple[Scene, ...]:
        """Those that are blurred."""
        return tuple(one for one in self.items if not one.sharp)

    def views(self) -> Iterator[tuple[Scene, ImageView]]:
        """Each with its pixels, one in memory at a time; one that cannot be read is skipped and noted."""
        for scene in self.items:
            try:
                view = scene.view()
            except UNREADABLE as error:
                self.skipped.add(scene.id, error)
                continue
            yield scene, view


def read_scenes(data: Any, limits: Limits = DEFAULT_LIMITS, *, all_sharp: bool = True) -> Scenes:
    """The labelled images of a folder with the folders `sharp` and `blurred`, of a table, or of what `gate_data` made.

    Args:
        data: A folder, an archive, a table with the columns path and label (1 or sharp, 0 or blurred), or a folder
            that `gate_data` made.
        limits: Images beyond them are skipped.
        all_sharp: Images of a source that labels none are taken for sharp; else they are refused.
    Raises:
        SourceError: It cannot be listed.
        NoImages: There is none that is labelled.
        DataError: A label says neither sharp nor blurred.
    """
    source = open_images(_target(data))
    refs = list(source)
    notes = [masked(note) for note in notes_of(source)]
    labels = {id(ref): label for ref in refs if (label := _label_of(ref))}
    labelled = [ref for ref in refs if id(ref) in labels]
    if not labelled and refs and all_sharp:
        notes.append(f"Nothing labels the {len(refs):,} images: all are taken for sharp.")
        scenes = tuple(Scene(ref.id, True, ref, limits) for ref in refs)
        return Scenes(masked(source.name), scenes, notes=tuple(notes))
    unknown = Counter(label for label in labels.values() if _is_sharp(label) is None)
    if unknown:
        if all_sharp and not _is_table(data) and not any(_is_sharp(label) is not None for label in labels.values()):
            return _classes_of_sharp(source.name, labelled, len(refs) - len(labelled), limits, notes)
        shown = joined([repr(label) for label, _ in unknown.most_common(_SHOWN)])
        raise DataError(
            f"{masked(source.name)} labels images {shown}, which says neither sharp nor blurred",
            "Call the folders or the labels sharp and blurred, or 1 and 0; of a table of classes, whose images are all "
            "sharp, leave the labels out.",
            label=next(iter(unknown)),
        )
    if refs and not labelled:
        raise DataError(
            f"nothing says of the {len(refs):,} images of {masked(source.name)} whether they are sharp",
            "Put them into folders called sharp and blurred, or give a table with the columns path and label.",
            source=source.name,
        )
    if not labelled:
        raise NoImages(f"there is no image in {masked(source.name)}", "Give a folder of images.", source=source.name)
    scenes = tuple(Scene(ref.id, bool(_is_sharp(labels[id(ref)])), ref, limits) for ref in labelled)
    return Scenes(masked(source.name), scenes, len(refs) - len(labelled), notes=tuple(notes))


def _label_of(ref: ImageRef) -> str:
    """What its source says; else a folder that is called sharp or blurred: with one such folder, it says nothing."""
    if ref.label not in (None, ""):
        return str(ref.label)
    above = PurePosixPath(ref.id).parts[:-1]
    return above[0] if above and above[0].lower() in ("sharp", "blurred") else ""


def _classes_of_sharp(name: str, refs: list[ImageRef], unlabelled: int, limits: Limits, notes: list[str]) -> Scenes:
    """A data set of other classes: good images of cats and dogs are sharp images."""
    notes.append(f"No label says sharp or blurred: all {len(refs):,} images are taken for sharp.")
    scenes = tuple(Scene(ref.id, True, ref, limits, str(ref.label)) for ref in refs)
    return Scenes(masked(name), scenes, unlabelled, notes=tuple(notes))


def _target(data: Any) -> Any:
    """The table of samples beside their folders is read from the folder above both, which its paths start from."""
    if not isinstance(data, str | os.PathLike):
        return data
    path = Path(data)
    table = path / LABELS_FILE if path.is_dir() else path
    if table.is_file() and table.parts[-3:] == LABELS_FILE.parts:
        return ManifestSource(str(table), str(table.parent.parent.parent))
    return data


def _is_table(data: Any) -> bool:
    """Whether labels are written by hand, rather than names of folders."""
    kind = kind_of(data) if isinstance(data, str | os.PathLike) else None
    return kind is not None and kind.name == "manifest"


def is_labels_file(path: Path) -> bool:
    """Whether a table is one that `gate_data` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file), None) == list(COLUMNS)


# Of the table that `gate_data` writes.
COLUMNS = ("path", "label", "label_name", "kind", "strength", "nuisance", "scene", "scene_kind")


def _is_sharp(label: object) -> bool | None:
    word = str(label).strip().lower().replace("_", " ").replace("-", " ")
    return True if word in _SHARP else False if word in _BLURRED else None


def _tag(tags: Mapping[str, str], *names: str) -> str:
    return next((str(tags[name]) for name in names if tags.get(name)), "")
