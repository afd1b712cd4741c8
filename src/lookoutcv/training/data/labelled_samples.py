"""From a data set of any form to samples: what is labelled and can be read, and all that is not, counted and named."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import pyarrow as pa

from lookoutcv.errors import TrainingError
from lookoutcv.measuring.collect import collect
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.measuring.options import plan
from lookoutcv.plain_text import composed
from lookoutcv.records.schema import schema_for
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.secrets import masked
from lookoutcv.sources import ImageRef, kind_of, notes_of
from lookoutcv.sources.file_names import natural_key, printable
from lookoutcv.sources.folders.folder_roles import first_named
from lookoutcv.training.data.data_set_sources import data_set_sources, refs_of, unlisted
from lookoutcv.training.data.division import Part, Sample
from lookoutcv.training.data.given_parts import given_parts
from lookoutcv.training.data.object_samples import ObjectSamples

_LABELS = (
    "A class is a folder of images, and it takes two at the least; or give a table with the columns path and label, or "
    "a data set with boxes: COCO, Pascal VOC or YOLO."
)

_NO_TRAIN = "The source has parts, and none of them is called train: all images are taken together, and divided anew."


@dataclass(frozen=True, eq=False)
class LabelledSamples:
    """What can be learnt from.

    Args:
        name: What a person calls the source.
        samples: Each has a label and can be read; in the order of the source.
        records: A row an image that was read, as `measure` gives them: the `id` is that of its sample's reference.
        parts: The part of each sample, by its id, where the source divides them; else empty.
        unreadable: By label, how many images cannot be read; of objects none, for their images' are not of one label.
        unlabelled: Images without a label or an object; they are left out.
        empty_classes: Folders beside those of the classes that hold no image.
        skipped: The first thousand images that cannot be read.
        skipped_count: How many there are.
        notes: How the source was read, and what of it is not used, in sentences.
    """

    name: str
    samples: tuple[Sample, ...] = field(repr=False)
    records: pa.Table = field(repr=False)
    parts: Mapping[str, Part] = field(default_factory=dict, repr=False)
    unreadable: Mapping[str, int] = field(default_factory=dict)
    unlabelled: int = 0
    empty_classes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = field(default=(), repr=False)
    skipped_count: int = 0
    notes: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Their labels; those that are numbers stand in their order: 2 before 10."""
        return classes_of(self.samples)


def classes_of(samples: Iterable[Sample]) -> tuple[str, ...]:
    """The labels that occur, each once; those that are numbers stand in their order."""
    return tuple(sorted({sample.label for sample in samples}, key=natural_key))


def read_samples(target: Any, options: Options | None = None) -> LabelledSamples:
    """The labelled images of a data set, or the objects marked in them, each looked at once.

    Where images have labels, they are the samples; where people marked objects in them, each object is one, cut out.
    Every image is measured, by processes and from the cache as `measure` does it: what cannot be read is known then,
    and what looks alike.

    Args:
        target: What `open_images` takes, or several paths of such: folders, archives, tables, data sets.
        options: Of `measure`: `workers`, `cache`, `max_pixels`, `max_bytes`, `progress`.
    Raises:
        SourceError: It cannot be listed, is unsafe, or nothing in it can be read.
        TrainingError: Nothing has a label, or there is only one class.
        WrongKind: A file of measurements without its images.
    """
    sources = data_set_sources(target)
    name = ", ".join(masked(source.name) for _, source in sources)
    refs = list(refs_of(sources))
    of_sources = (*chain.from_iterable(notes_of(source) for _, source in sources), *unlisted(sources))
    labelled = [ref for ref in refs if ref.label is not None]
    of_objects = not labelled
    wanted = [ref for ref in refs if ref.objects is not None] if of_objects else labelled
    empty = tuple(sorted({one for _, source in sources for one in getattr(source, "empty_classes", ())}))
    if not wanted:
        of_tables = [one for _, source in sources if (one := getattr(source, "without_labels", None))]
        raise _unlabelled_table(name, len(refs), *of_tables[0]) if of_tables else _unlabelled(name, refs, of_sources)
    how = plan({**(options or {}), "thumbnails": False})
    batches: list[pa.RecordBatch] = []
    collection = collect(_Listed(name, tuple(wanted)), how, batches.append)
    records = pa.Table.from_batches(batches, schema=schema_for(how.record_metrics))
    read = set(records.column("id").to_pylist())
    objects = ObjectSamples()
    samples = objects.of(wanted, records) if of_objects else [_sample(ref) for ref in wanted if ref.id in read]
    counts = Counter(composed(ref.label or "") for ref in wanted if ref.id not in read)
    notes = (*map(masked, of_sources), *collection.notes, *objects.notes, *_spelling(labelled), *_not_cut(labelled))
    parts = given_parts([ref for ref in wanted if ref.id in read])
    if parts and "train" not in parts.values():
        parts, notes = {}, (*notes, _NO_TRAIN)
    result = LabelledSamples(
        name,
        tuple(samples),
        records,
        {sample.id: parts[sample.ref.id] for sample in samples} if parts else {},
        {} if of_objects else dict(counts),
        len(refs) - len(wanted),
        empty,
        collection.skipped,
        collection.profile.skipped,
        tuple(dict.fromkeys(notes)),
    )
    _check_classes(result)
    return _with_classes_told(result)


def refuse_without_labels(place: str | os.PathLike[str]) -> None:
    """Refuse a folder or a file in which nothing has a label, before anything that takes long.

    Args:
        place: A path; what is listed only by reading it, such as an archive or a table, passes.
    Raises:
        SourceError: It cannot be listed.
        TrainingError: Nothing in it has a label.
    """
    kind = kind_of(place)
    if kind is None or kind.name not in ("file", "folder"):
        return
    sources = data_set_sources(place)
    if not any(ref.label is not None or ref.objects is not None for ref in refs_of(sources)):
        notes = list(chain.from_iterable(notes_of(source) for _, source in sources))
        raise _unlabelled(masked(sources[0][1].name), list(refs_of(sources)), notes)


@dataclass(frozen=True)
class _Listed:
    """The images that are meant, as a source."""

    name: str
    refs: tuple[ImageRef, ...]

    def __iter__(self) -> Iterator[ImageRef]:
        return iter(self.refs)

    def count(self) -> int:
        return len(self.refs)


def _sample(ref: ImageRef) -> Sample:
    return Sample(ref.id, composed(ref.label or ""), ref)


def _spelling(labelled: Sequence[ImageRef]) -> Iterator[str]:
    """What is said of labels in several spellings, which no person sees: letters and accents joined or apart."""
    spellings: dict[str, set[str]] = {}
    for ref in labelled:
        spellings.setdefault(composed(ref.label or ""), set()).add(ref.label or "")
    several = sorted(label for label, found in spellings.items() if len(found) > 1)
    if several:
        yield f"Some labels are written in two ways that look the same, and are taken for one: {first_named(several)}."


def _not_cut(labelled: Sequence[ImageRef]) -> Iterator[str]:
    marked = sum(ref.objects is not None and len(ref.objects.labels) > 0 for ref in labelled)
    if marked:
        yield f"The images have labels: the objects marked in {marked:,} of them are not used."


def _unlabelled(name: str, refs: Sequence[ImageRef], notes: Sequence[str]) -> TrainingError:
    if not refs:
        return TrainingError(f"there are no images in {name}", "Check the path.", source=name)
    folders = {ref.id.rpartition("/")[0] for ref in refs}
    (only,) = folders if len(folders) == 1 else ("",)
    together = f": all lie in one folder, {only!r}" if only and len(refs) > 1 else ""
    if folders == {""} and os.path.isdir(name) and not notes:
        above = os.path.dirname(os.path.normpath(name)) or ".."
        notes = (f"If {name} is one class, give the folder in which it lies with the others: {above}.",)
    nearest = {folder.rpartition("/")[2] for folder in folders} - {""}
    if not notes and len(nearest) > 1:
        together = (
            f": which of its folders are classes is not clear{', as some images lie beside them' * ('' in folders)}"
        )
        notes = (f"If {first_named(nearest)} are, put ?labels=parent behind {name}.",)
    return TrainingError(
        f"{_none_has(len(refs), name)}{together}", " ".join((*map(masked, notes), _LABELS)), source=name
    )


def _none_has(images: int, name: str) -> str:
    if images == 1:
        return f"the one image in {name} has no label" if os.path.isdir(name) else f"{name} is one file without a label"
    return f"none of the {images:,} images in {name} has a label"


def _unlabelled_table(name: str, images: int, why: str, what_to_do: str) -> TrainingError:
    if not images:
        return TrainingError(f"there are no images in {name}", "Check the table.", source=name)
    return TrainingError(f"{_none_has(images, name)}: {why}", what_to_do, source=name)


def _check_classes(result: LabelledSamples) -> None:
    """Refuse what has nothing to tell apart.

    Raises:
        TrainingError: There is no sample, or only one class.
    """
    classes = result.classes
    if len(classes) > 1:
        return
    if not classes:
        problem = f"no object marked in {result.name} can be cut out: {' '.join(result.notes)}".rstrip(".")
        raise TrainingError(problem, "Mark larger objects, or give images with a label each.", source=result.name)
    empty = result.empty_classes
    lost = sorted(label for label in result.unreadable if label not in classes)
    reasons = [
        *([f"the folder {first_named(empty)} holds no image"] if len(empty) == 1 else []),
        *([f"the folders {first_named(empty)} hold no images"] if len(empty) > 1 else []),
        *([f"no image of {first_named(lost)} can be read"] if lost else []),
    ]
    why = f"; {', '.join(reasons)}" if reasons else ""
    raise TrainingError(
        f"all {len(result.samples):,} samples in {result.name} are of one class, {printable(classes[0])!r}{why}",
        "To tell something apart it takes two classes: add images of what it is not. To watch images without classes, "
        "use `lookout baseline`.",
        source=result.name,
    )


def _with_classes_told(result: LabelledSamples) -> LabelledSamples:
    """The same, with what is said of classes that have no image."""
    notes = list(result.notes)
    if result.empty_classes:
        several = len(result.empty_classes) > 1
        folders, hold = ("folders", "hold no images: they are") if several else ("folder", "holds no image: it is")
        notes.append(f"The {folders} {first_named(result.empty_classes)} {hold} no class.")
    classes = set(result.classes)
    if lost := sorted(label for label in result.unreadable if label not in classes):
        notes.append(f"No image of {first_named(lost)} can be read: no class of that name is learnt.")
    return replace(result, notes=tuple(notes))
