"""Small pictures of a few images, read from their source a second time."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lookoutcv.drift.describe.measured_shift import measured_rows, typical_of
from lookoutcv.drift.describe.shifted import most_typical, normal_scores
from lookoutcv.drift.predictions.output_columns import images_only
from lookoutcv.drift.statistics.samples import common_samples, have_common
from lookoutcv.errors import MetricFailed
from lookoutcv.images import thumbnail
from lookoutcv.measuring.collect import Collection
from lookoutcv.measuring.measurement import view_of
from lookoutcv.measuring.options import Plan
from lookoutcv.records.measurer import MeasuredPicture, Measurer, Pixels
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.measured_examples import MeasuredExample, MeasuredExamples
from lookoutcv.sources import Source
from lookoutcv.sources.decoded_images import DecodedImage, decoded_again

BASELINE_PICTURES = 12
# What measurers draw may take hundreds of inferences each, and there is something to see in it.
_BASELINE_MEASURED = 4
_MEASURED_PX = 240

_log = logging.getLogger(__name__)


def baseline_gallery(collection: Collection, plan: Plan) -> list[ImageExample]:
    """The most typical images of a collection, with pictures where they are wanted and at hand."""
    sample = collection.profile.sample
    # A sample against itself: each image's place among its own.
    images = images_only(collection.profile)
    if not have_common(images, images):
        return []
    first = common_samples(images, images).first
    scores = normal_scores(first)[: first[0].baseline_rows]
    rows = most_typical(scores, BASELINE_PICTURES)
    typical = [ImageExample(sample.column("id")[int(i)].as_py(), 0.0) for i in rows]
    return with_pictures(typical, collection.source, plan)


def with_pictures(examples: Iterable[ImageExample], source: Source | None, plan: Plan) -> list[ImageExample]:
    """The same examples with their thumbnails.

    Args:
        examples: Images of the source, by id.
        source: Where to read them; None where only records are at hand.
        plan: Its `thumbnails`, `redaction` and `limits` count.
    """
    wanted = list(examples)
    if source is None or not plan.thumbnails:
        return wanted
    thumbnails = _thumbnails(source, {one.id for one in wanted if one.thumbnail is None}, plan)
    return [replace(one, thumbnail=thumbnails.get(one.id, one.thumbnail)) for one in wanted]


def without_pictures(examples: Iterable[ImageExample]) -> list[ImageExample]:
    """The same examples by name only."""
    return [replace(one, thumbnail=None) for one in examples]


def measured_gallery(collection: Collection, plan: Plan) -> Iterator[MeasuredExamples]:
    """What measurers that make pictures show of a few images that are typical of what they measured."""
    sample = collection.profile.sample
    for measurer in plan.measurers:
        if measurer.pictures is None:
            continue
        rows = measured_rows(sample, [column.name for column in measurer.columns])
        typical = [MeasuredExample(one.id) for one in typical_of(rows, _BASELINE_MEASURED)]
        drawn = with_measured_pictures(typical, measurer, collection.source, plan)
        yield MeasuredExamples(measurer.name, measurer.pictures.title, measurer.pictures.legend, baseline=drawn)


def with_measured_pictures(
    examples: Iterable[MeasuredExample], measurer: Measurer, source: Source | None, plan: Plan
) -> list[MeasuredExample]:
    """The same examples with what a measurer shows of them; what it fails on is logged, and has no picture.

    Args:
        examples: Images of the source, by id.
        measurer: It makes pictures.
        source, plan: As in `with_pictures`.
    """
    wanted = list(examples)
    if source is None or not plan.thumbnails:
        return wanted
    found: dict[str, MeasuredPicture] = {}
    for one, covered in _covered_again(source, {example.id for example in wanted}, plan):
        try:
            picture = measurer.picture(view_of(one.image), covered)
        except MetricFailed as failure:
            _log.warning("%r: %s", one.id, failure.problem)
            continue
        if picture is not None:
            found[one.id] = picture
    return [
        replace(one, caption=found[one.id].caption, thumbnail=_base64(found[one.id].pixels, _MEASURED_PX))
        if one.id in found
        else one
        for one in wanted
    ]


def _thumbnails(source: Source, ids: Iterable[str], plan: Plan) -> dict[str, str]:
    """JPEG in base64 by id, of those images that can be read again and covered."""
    return {one.id: _base64(covered) for one, covered in _covered_again(source, ids, plan)}


def _covered_again(source: Source, ids: Iterable[str], plan: Plan) -> Iterator[tuple[DecodedImage, Pixels]]:
    """Images read a second time, each with its pixels as they may be shown; none that cannot be covered."""
    for one in decoded_again(source, ids, plan.limits):
        pixels = one.image.pixels
        covered = pixels if plan.redaction is None else plan.redaction.apply(one.id, pixels)
        if covered is not None:
            yield one, covered


def _base64(pixels: Pixels, side_px: int = 160) -> str:
    return base64.b64encode(thumbnail(pixels, side_px)).decode("ascii")
