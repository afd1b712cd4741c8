"""What labelled images are like, before anything learns from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.records.duplicates import exact_groups
from lookoutcv.results.data_check import ClassCount, DataCheck, Leak
from lookoutcv.results.images.duplicates import Duplicates
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.scores import suspicious_labels
from lookoutcv.training.data.division import Division, Part, Sample
from lookoutcv.training.data.kinship.near_copies import Looks, near_copies
from lookoutcv.training.data.labelled_samples import LabelledSamples
from lookoutcv.training.data.noticed.data_findings import findings, label_finding, sorted_findings
from lookoutcv.training.data.noticed.unusual_images import FloatArray, metric_columns, telltales, unusual_images

_QUANTILES = (0.0, 0.05, 0.5, 0.95, 1.0)
_MOST_LEAKS = 1000
_MOST_SUSPICIOUS = 200
_SIGNIFICANT = 6


def check_data(samples: LabelledSamples, division: Division | None = None) -> DataCheck:
    """What was seen in labelled images: of each class how many, sizes, quality, copies, leaks, and what to do about it.

    Args:
        samples: As `read_samples` gives them.
        division: Their parts; unless given, those that the source gives.
    """
    records = samples.records
    columns = metric_columns(records)
    ids = records.column("id").to_pylist()
    duplicates = _duplicates(records, ids)
    together = [*duplicates.exact, *duplicates.near]
    classes = _classes(samples, together)
    parts = samples.parts if division is None else parts_of(division)
    leaks = _leaks(samples.samples, parts, together)
    check = DataCheck(
        source=samples.name,
        images=len(samples.samples),
        classes=classes,
        sizes=_sizes(samples.samples, records),
        quality={name: _quantiles(values) for name, values in columns.items() if np.isfinite(values).any()},
        duplicates=duplicates,
        leaks=leaks[:_MOST_LEAKS],
        unusual=unusual_images(ids, columns),
        unlabelled=samples.unlabelled,
        skipped=list(samples.skipped),
        skipped_count=samples.skipped_count,
        notes=list(samples.notes),
    )
    label_of = {sample.ref.id: sample.label for sample in samples.samples if sample.box is None}
    labels = [label_of.get(id, "") for id in ids]
    told_by = telltales(labels, columns, records.column("format").to_pylist()) if label_of else []
    return replace(check, findings=findings(check, leaks, told_by))


def with_suspicious(check: DataCheck, samples: Sequence[Sample], scores: Any, classes: Sequence[str]) -> DataCheck:
    """The same check, with the labels that a model which was not taught them takes for wrong.

    Args:
        check: Of the data.
        samples: n that have scores.
        scores: Probabilities of each class, (n, classes), each row by a model that was not taught that sample: those of
            the part that chooses, or out of fold.
        classes: In the order of the scores.
    """
    place = {label: number for number, label in enumerate(classes)}
    labels = np.array([place[sample.label] for sample in samples], np.int64)
    found = suspicious_labels(scores, labels)
    images = [
        ImageExample(
            samples[one.index].id,
            round(1 - one.confidence, _SIGNIFICANT),
            [f"labelled {classes[one.label]!r}, looks like {classes[one.instead]!r} ({one.other:.0%})"],
        )
        for one in islice(found, _MOST_SUSPICIOUS)
    ]
    told = [label_finding(len(found), len(samples), images[0].id)] if found else []
    return replace(check, suspicious=images, findings=sorted_findings([*check.findings, *told]))


def parts_of(division: Division) -> dict[str, Part]:
    """The part of each sample, by its id."""
    parts: tuple[Part, ...] = ("train", "validation", "test")
    return {sample.id: part for part in parts for sample in division.part(part)}


def _duplicates(records: pa.Table, ids: Sequence[str]) -> Duplicates:
    looks = Looks.of(records)
    exact = exact_groups(looks.content)
    near, _ = near_copies(looks)
    spare = {int(index) for group in (*exact, *near) for index in group[1:]}
    exact_ids, near_ids = ([[ids[int(index)] for index in group] for group in groups] for groups in (exact, near))
    return Duplicates(exact_ids, near_ids, [], len(spare), len(ids))


def _classes(samples: LabelledSamples, together: Sequence[Sequence[str]]) -> list[ClassCount]:
    counts = Counter(sample.label for sample in samples.samples)
    label_of = {sample.ref.id: sample.label for sample in samples.samples if sample.box is None}
    copies: Counter[str] = Counter()
    for group in together:
        of_class = Counter(label_of[id] for id in group if id in label_of)
        copies.update({label: count - 1 for label, count in of_class.items()})
    lost = [label for label in samples.unreadable if label not in counts]
    return [
        ClassCount(label, counts[label], samples.unreadable.get(label, 0), copies[label])
        for label in (*samples.classes, *sorted(lost))
    ]


def _leaks(samples: Sequence[Sample], parts: Mapping[str, Part], together: Sequence[Sequence[str]]) -> list[Leak]:
    """Copies that are in two parts, or under two labels; objects of one image have labels of their own."""
    of_image: dict[str, list[Sample]] = {}
    for sample in samples:
        of_image.setdefault(sample.ref.id, []).append(sample)
    leaks = []
    for group in together:
        found = [sample for id in group for sample in of_image.get(id, ())]
        labels = sorted({sample.label for sample in found if sample.box is None})
        places = sorted({str(parts[sample.id]) for sample in found if sample.id in parts})
        if len(labels) > 1 or len(places) > 1:
            leaks.append(Leak(list(group), places, labels))
    return leaks


def _sizes(samples: Sequence[Sample], records: pa.Table) -> dict[str, list[float]]:
    columns = [records.column(name).to_pylist() for name in ("id", "width_px", "height_px")]
    size_of = {id: (width, height) for id, width, height in zip(*columns, strict=True)}
    sides = np.array([_size(sample, size_of[sample.ref.id]) for sample in samples], np.float64)
    return {"short": _quantiles(sides.min(axis=1)), "long": _quantiles(sides.max(axis=1))}


def _size(sample: Sample, image: tuple[float, float]) -> tuple[float, float]:
    if sample.box is None:
        return image
    x1, y1, x2, y2 = sample.box
    return x2 - x1, y2 - y1


def _quantiles(values: FloatArray) -> list[float]:
    found = np.quantile(values[np.isfinite(values)], _QUANTILES)
    return [float(f"{value:.{_SIGNIFICANT}g}") for value in found]
