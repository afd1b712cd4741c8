"""What a run learns from: its samples, their parts, and what was seen in them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from lookoutcv.calls.option_names import option
from lookoutcv.errors import TrainingError
from lookoutcv.files import is_url
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.models.cards.card import Input
from lookoutcv.results.data_check import DataCheck
from lookoutcv.results.training_run import PartSummary
from lookoutcv.sources.kinds.base import open_source
from lookoutcv.training.data.check_data import check_data
from lookoutcv.training.data.divide import divide, part_summary
from lookoutcv.training.data.division import PARTS, Division, Part, Pictures, Sample
from lookoutcv.training.data.labelled_samples import LabelledSamples, read_samples, refuse_without_labels
from lookoutcv.training.data.picture_store import PictureStore
from lookoutcv.training.data.sample_groups import grouped
from lookoutcv.training.data.separate_test import read_with_test
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.request import Request


@dataclass(frozen=True, eq=False)
class Material:
    """What a run learns from.

    Args:
        labelled: All samples.
        division: Their parts.
        check: What was seen in them.
        parts: What each part is.
    """

    labelled: LabelledSamples = field(repr=False)
    division: Division
    check: DataCheck
    parts: tuple[PartSummary, ...]

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Those of all parts."""
        return tuple(sample for part in PARTS for sample in self.division.part(part))

    def pictures(self, store: PictureStore, part: Part, input: Input) -> Pictures:
        """The pixels of a part, as a model wants them."""
        known = next(one.sha256 for one in self.parts if one.name == part)
        return store.pictures(self.division.part(part), self.division.classes, input, known)

    def of_part(self, store: PictureStore, part: Part, input: Input) -> tuple[Pictures, Pictures]:
        """The pixels that teach and those of another part."""
        return self.pictures(store, "train", input), self.pictures(store, part, input)


def refuse_too_few(material: Material) -> None:
    """Refuse what leaves nothing to learn from or to choose by, with what is known of why.

    Raises:
        TrainingError: It does.
    """
    teaching, choosing = len(material.division.train), len(material.division.validation)
    if teaching > 1 and choosing:
        return
    leak = next((finding for finding in material.check.findings if finding.kind == "leak"), None)
    why = f": {leak.problem[0].lower()}{leak.problem[1:].rstrip('.')}" if leak else ""
    what = leak.remedy if leak else "Add images of which no two look alike: such are never parted."
    raise TrainingError(
        f"{teaching:,} images to learn from and {choosing:,} to choose by are too few{why}",
        f"{what} {option('test')} takes images of your own to test on.",
        source=material.labelled.name,
    )


def refuse_missing(request: Request) -> None:
    """Refuse images that are nowhere or have no labels, before weights are asked for in the whole world.

    Raises:
        SourceNotFound: There is no such file or folder.
        TrainingError: Nothing in it has a label.
    """
    for place in (request.data, request.test):
        if isinstance(place, str | os.PathLike) and not is_url(os.fspath(place)):
            if not os.path.exists(place):
                open_source(place)  # a pattern, or a path with options, is there all the same
            refuse_without_labels(place)


def read_material(request: Request, onlooker: Onlooker) -> Material:
    """Read, divide and look at the images.

    Raises:
        SourceError: They cannot be listed.
        TrainingError: There is nothing to be learnt from them.
        ConfigError: The shares of the parts leave too little.
    """
    options: Options = {"workers": request.threads, "strict": request.strict}
    if (progress := onlooker.counting("Reading and measuring the images")) is not None:
        options["progress"] = progress
    for name in ("max_pixels", "max_bytes"):
        if getattr(request, name) is not None:
            options[name] = getattr(request, name)
    if request.test is None:
        labelled = read_samples(request.data, options)
        parts = labelled.parts
    else:
        labelled, parts = read_with_test(request.data, request.test, options)
    division = divide(
        labelled.samples,
        grouped(labelled.samples, labelled.records),
        parts=parts or None,
        test_size=request.test_size,
        validation_size=request.validation_size,
        seed=request.seed,
    )
    check = check_data(labelled, division)
    return Material(labelled, division, check, tuple(part_summary(division, part, labelled.records) for part in PARTS))
