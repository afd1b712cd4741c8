"""What of labelled images is worth telling, each with what to do: the sentences of the data check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lookoutcv.plain_text import composed
from lookoutcv.predictions.label_names import spelled
from lookoutcv.results.data_check import DataCheck, DataFinding, Leak
from lookoutcv.scores import wilson_interval
from lookoutcv.sources.folders.folder_roles import first_named
from lookoutcv.training.data.divide import TEST_SIZE
from lookoutcv.training.data.noticed.unusual_images import MOST_UNUSUAL, Telltale

_ORDER = ("high", "medium", "low")
# Shares of all images from which on something is worth more than a glance.
_FEW_SHARE, _MANY_SHARE = 0.01, 0.1
# Buda, Maki & Mazurowski ("A systematic study of the class imbalance problem in convolutional neural networks", Neural
# Networks 106, 2018) find that ten to one hardly hurts and a hundred to one does.
_UNEVEN, _VERY_UNEVEN = 10, 100
# To be in all three parts.
_LEAST_OF_A_CLASS = 3
# Of a fifth of them, 7 of 8 right is anything from half to all.
_FEW_OF_A_CLASS = 40
_FEW_IMAGES = 1500
_LIKELY = 0.9
_SMALL_PX = 32


def findings(check: DataCheck, leaks: Sequence[Leak], told_by: Sequence[Telltale]) -> list[DataFinding]:
    """All that is worth telling of some images, the most severe first.

    Args:
        check: Without findings.
        leaks: All of them.
        told_by: By what classes can be told that has nothing to do with what is shown.
    """
    return sorted_findings(
        [
            *_leaked(leaks),
            *_unreadable(check),
            *_few(check),
            *_uneven(check),
            *_copies(check),
            *_names(check),
            *_told_by(told_by),
            *_small(check),
            *_unusual(check),
            *_unlabelled(check),
        ]
    )


def sorted_findings(found: Iterable[DataFinding]) -> list[DataFinding]:
    """The most severe first, else in the order in which they came."""
    return sorted(found, key=lambda one: _ORDER.index(one.severity))


def label_finding(suspicious: int, images: int, first: str) -> DataFinding:
    """What is said of labels that a model takes for wrong.

    Args:
        suspicious: How many.
        images: Of how many.
        first: The most suspicious.
    """
    severity = "medium" if suspicious >= _FEW_SHARE * images else "low"
    several = "labels look" if suspicious > 1 else "label looks"
    return DataFinding(
        "labels",
        severity,
        f"{suspicious:,} {several} wrong to a model that did not learn them, of {images:,}: first {first}.",
        "Look at them and correct those that are wrong: the model errs too, and images that are hard are among them.",
    )


def _leaked(leaks: Sequence[Leak]) -> Iterator[DataFinding]:
    of_parts = [leak for leak in leaks if len(leak.parts) > 1]
    of_labels = [leak for leak in leaks if len(leak.labels) > 1]
    if of_parts:
        first = of_parts[0]
        yield DataFinding(
            "leak",
            "high",
            f"{_pictures(len(of_parts))} in several parts of the data, such as {first_named(first.ids)}: a model is "
            "tested on what it has learnt, and its scores are too good.",
            "Remove them from one part, or give all images in one folder: then copies are kept together.",
        )
    if of_labels:
        first = of_labels[0]
        yield DataFinding(
            "leak",
            "high",
            f"{_pictures(len(of_labels))} under several labels, such as {first_named(first.ids)} under "
            f"{first_named(first.labels)}.",
            "Keep each under the right one.",
        )


def _pictures(count: int) -> str:
    return "1 picture, with its copies, is" if count == 1 else f"{count:,} pictures, with their copies, are"


def _unreadable(check: DataCheck) -> Iterator[DataFinding]:
    if check.skipped_count:
        share = check.skipped_count / (check.skipped_count + check.images)
        images = "1 image" if check.skipped_count == 1 else f"{check.skipped_count:,} images"
        first = check.skipped[0]
        yield DataFinding(
            "unreadable",
            "high" if share >= _MANY_SHARE else "medium" if share >= _FEW_SHARE else "low",
            f"{images} cannot be read: {first.id} ({first.reason}){' first' if check.skipped_count > 1 else ''}.",
            "Copy them again from where they came; without them they are left out.",
        )


def _few(check: DataCheck) -> Iterator[DataFinding]:
    classes = [one for one in check.classes if one.images]
    tiny = [one.label for one in classes if one.images < _LEAST_OF_A_CLASS]
    few = [one.label for one in classes if _LEAST_OF_A_CLASS <= one.images < _FEW_OF_A_CLASS]
    if tiny:
        yield DataFinding(
            "few images",
            "high",
            f"Of {first_named(tiny)} there are one or two images: such a class cannot be learnt, chosen by and tested.",
            _add_images(tiny),
        )
    if few:
        tested = round(TEST_SIZE * _FEW_OF_A_CLASS)
        low, high = wilson_interval(tested - 1, tested)
        yield DataFinding(
            "few images",
            "medium",
            f"Of {first_named(few)} there are under {_FEW_OF_A_CLASS} images{' each' if len(few) > 1 else ''}. Of "
            f"{_FEW_OF_A_CLASS}, {tested} would test a model: where it is right on {tested - 1} of these, the true "
            f"share lies between {low:.0%} and {high:.0%}.",
            _add_images(few),
        )
    if check.images < _FEW_IMAGES:
        tested = max(round(TEST_SIZE * check.images), 1)
        low, high = wilson_interval(round(_LIKELY * tested), tested)
        yield DataFinding(
            "few images",
            "low",
            f"Where a fifth of the images, {tested:,}, tests a model that is right on {_LIKELY:.0%} of them, its "
            f"accuracy lies between {low:.0%} and {high:.0%}.",
            "More images make that known better: four times as many halve it.",
        )


def _add_images(labels: Sequence[str]) -> str:
    return f"Add images of {'it' if len(labels) == 1 else 'them'}: a hundred a class is a fair beginning."


def _uneven(check: DataCheck) -> Iterator[DataFinding]:
    classes = sorted((one for one in check.classes if one.images), key=lambda one: one.images)
    ratio = classes[-1].images / classes[0].images
    if ratio >= _UNEVEN:
        yield DataFinding(
            "imbalance",
            "high" if ratio >= _VERY_UNEVEN else "medium",
            f"There are {classes[-1].images:,} images of {classes[-1].label!r} and {classes[0].images:,} of "
            f"{classes[0].label!r}.",
            "Add images of the rare classes; judge by macro F1, which counts each class the same, not by accuracy.",
        )


def _copies(check: DataCheck) -> Iterator[DataFinding]:
    copies = 0 if check.duplicates is None else check.duplicates.images
    if copies and check.duplicates is not None:
        share = copies / check.duplicates.searched
        groups = [*check.duplicates.exact, *check.duplicates.near]
        yield DataFinding(
            "duplicates",
            "medium" if share >= _MANY_SHARE else "low",
            f"{copies:,} of {check.duplicates.searched:,} images are copies of others, or nearly: first "
            f"{first_named(groups[0])}.",
            "Keep one of each, unless you mean them to count more; they are kept in one part in any case.",
        )


def _names(check: DataCheck) -> Iterator[DataFinding]:
    spellings: dict[str, list[str]] = {}
    for one in check.classes:
        spellings.setdefault(spelled(composed(one.label)), []).append(one.label)
    same = [labels for labels in spellings.values() if len(labels) > 1]
    if same:
        yield DataFinding(
            "labels",
            "medium",
            f"The classes {first_named(same[0])} differ in how they are written alone"
            f"{f', and {len(same) - 1:,} more' if len(same) > 1 else ''}.",
            "Give them one name, if they are one class.",
        )


def _told_by(found: Sequence[Telltale]) -> Iterator[DataFinding]:
    if found:
        first = found[0]
        how = f"are all {first.words}, and no others are"
        if first.share is not None:
            how = f"are {first.words} than others in {first.share:.0%} of pairs"
        others = "another class" if len(found[1:]) == 1 else f"{len(found) - 1:,} more classes"
        more = f", and {others} can be told by such things" if len(found) > 1 else ""
        yield DataFinding(
            "quality",
            "medium",
            f"Images of {first.label!r} {how}{more}: a model may learn how the files were made, not what they show.",
            "Take images of all classes in the same way: with the same cameras, sizes and compression.",
        )


def _small(check: DataCheck) -> Iterator[DataFinding]:
    shortest = check.sizes.get("short", [])
    if shortest and shortest[1] < _SMALL_PX:
        share = "half or more" if shortest[2] < _SMALL_PX else "a twentieth or more"
        yield DataFinding(
            "sizes",
            "low",
            f"The shorter side of {share} of the images is under {_SMALL_PX} px: little is to be seen on them.",
            "Give larger ones where there are any; models that learnt on photographs expect about 224 px.",
        )


def _unusual(check: DataCheck) -> Iterator[DataFinding]:
    if check.unusual:
        first = check.unusual[0]
        count = len(check.unusual)
        more = " or more" if count == MOST_UNUSUAL else ""
        many = "1 image is" if count == 1 else f"{count:,} images{more} are"
        yield DataFinding(
            "quality",
            "low",
            f"{many} unlike all others: first {first.id} ({', '.join(first.reasons)}).",
            "Look at them: accidents are better removed, rare but real ones are worth more images.",
        )


def _unlabelled(check: DataCheck) -> Iterator[DataFinding]:
    if check.unlabelled:
        images = "1 image has" if check.unlabelled == 1 else f"{check.unlabelled:,} images have"
        yield DataFinding(
            "labels",
            "low",
            f"{images} no label and {'is' if check.unlabelled == 1 else 'are'} left out.",
            "Give them labels, if they are to be learnt from.",
        )
