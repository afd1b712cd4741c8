"""Small pictures of a few images, read from their source a second time."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import replace

from lookoutcv.drift.describe.shifted import most_typical, normal_scores
from lookoutcv.drift.predictions.output_columns import images_only
from lookoutcv.drift.statistics.samples import common_samples, have_common
from lookoutcv.images import thumbnail
from lookoutcv.measuring.collect import Collection
from lookoutcv.measuring.options import Plan
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.sources import Source
from lookoutcv.sources.decoded_images import decoded_again

BASELINE_PICTURES = 12


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


def _thumbnails(source: Source, ids: Iterable[str], plan: Plan) -> dict[str, str]:
    """JPEG in base64 by id, of those images that can be read again and covered."""
    thumbnails: dict[str, str] = {}
    for one in decoded_again(source, ids, plan.limits):
        pixels = one.image.pixels
        covered = pixels if plan.redaction is None else plan.redaction.apply(one.id, pixels)
        if covered is not None:
            thumbnails[one.id] = base64.b64encode(thumbnail(covered)).decode("ascii")
    return thumbnails
