"""Measure one image, or every image of a source."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, Unpack

import numpy as np
import pyarrow as pa

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import WrongKind
from lookoutcv.images import read
from lookoutcv.measuring.collect import collect
from lookoutcv.measuring.collect_any import holds_records
from lookoutcv.measuring.engines.measure_batches import measure_ref
from lookoutcv.measuring.measurement import Measurement, measure_image
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.measuring.options import Plan, plan
from lookoutcv.measuring.record_file import record_file
from lookoutcv.measuring.records import Records
from lookoutcv.records.model_identity import model_metadata
from lookoutcv.records.schema import schema_for
from lookoutcv.sources import Source, open_images
from lookoutcv.sources.input_paths import input_paths


@only_known_keywords(Options, explain_share="Give measurers=[lo.attention(MODEL, explain_share=0.1)].")
def measure(
    source: Any,
    *,
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
    raw: bool = False,
    **options: Unpack[Options],
) -> Measurement | Records:
    """Measure an image, or every image of a source.

    Args:
        source: One image (path, URL, bytes, array, PIL image) or many (folder, archive, sequence).
        output: Also write the records to this .parquet, .csv or .json file, batch by batch. The records returned then
            hold no rows, so that memory stays constant however many images there are.
        force: Replace a file that lies there and holds no records, too.
        raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.
        options: See `Options`.
    Returns:
        A `Measurement`, which maps metric names to numbers, for one image; `Records` for many.
    Raises:
        ImageError: The one image cannot be read.
        SourceNotFound, NoImages: There is nothing to measure.
        OutputUnwritable: The file cannot be written there.
    Example:
        >>> import lookoutcv as lo, numpy as np
        >>> lo.measure(np.full((8, 8, 3), 51, np.uint8))["exposure.brightness"]
        0.2
    """
    how = plan(options)
    if holds_records(source):
        raise WrongKind(
            f"{os.fspath(source)} holds measurements already", "Look at it with `lookout show`.", path=os.fspath(source)
        )
    in_memory = isinstance(source, bytes | bytearray | np.ndarray) or hasattr(source, "getbbox")
    if output is None and in_memory and how.prediction_source is None and not how.measurers:
        return measure_image(read(source, limits=how.limits), how.metrics)
    inputs = [] if output is None else [*input_paths(output, source, *map(options.get, _READ))]
    if inputs and options.get("model"):
        from lookoutcv.models.card_files import card_files  # noqa: PLC0415 - without a model nothing of it is needed

        inputs += card_files(options.get("model"), options.get("card"))
    images = open_images([source] if in_memory and output is None else source)
    if output is None and (in_memory or getattr(images, "single", False)):
        (ref,) = images
        source_of_one = None if how.prediction_source is None else how.prediction_source.for_images([ref.id])
        return measure_ref(ref, replace(how, prediction_source=source_of_one))
    return _many(images, how, output, inputs, force=force, raw=raw)


# Options that name files.
_READ = ("model", "card", "predictions", "annotations")


def _many(
    source: Source, how: Plan, output: str | os.PathLike[str] | None, inputs: list[str], *, force: bool, raw: bool
) -> Records:
    schema = schema_for(how.record_metrics, how.task, how.measurers)
    batches: list[pa.RecordBatch] = []
    if output is None:
        collection = collect(source, how, batches.append)
    else:
        model = None if how.prediction_source is None else how.prediction_source.identity
        with record_file(output, schema, model_metadata(model), inputs=inputs, force=force, raw=raw) as writer:
            collection = collect(source, how, writer.write)
    return Records(
        name=collection.name,
        table=pa.Table.from_batches(batches, schema=schema),
        count=collection.profile.count,
        skipped=collection.skipped,
        skipped_count=collection.profile.skipped,
        model=collection.model,
        notes=(*collection.marked, *collection.notes),
    )
