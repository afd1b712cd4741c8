"""Anything that can stand on one side of a comparison, as a collection: images, or records that exist already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, FileFormatError
from lookoutcv.files.baseline_form import is_json_baseline
from lookoutcv.files.parquet import is_parquet
from lookoutcv.measuring.collect import Collection, collect
from lookoutcv.measuring.copy_index import CopyIndex
from lookoutcv.measuring.options import Plan
from lookoutcv.measuring.records import Records
from lookoutcv.profiles.profile import ProfileBuilder, known_metrics
from lookoutcv.records.codec import batches, described
from lookoutcv.records.group_keys import Divider
from lookoutcv.records.model_identity import ModelIdentity, model_from_metadata
from lookoutcv.secrets import masked
from lookoutcv.sources import RecordSource, open_source
from lookoutcv.sources.decoded_images import no_images
from lookoutcv.sources.kinds.manifest import lists_images


def collect_any(target: Any, plan: Plan) -> Collection:
    """The profile of a source's images or of existing records.

    Args:
        target: What `sources.open_source` takes, a `Records` object, or the path of a record file.
        plan: What to measure where images are given.
    Raises:
        SourceNotFound, NoImages: There is nothing to measure.
        WrongKind: A Parquet file that holds no records.
        ConfigError: Records are to be sampled, or a model is to be asked about them that they do not know.
    """
    side = target if isinstance(target, Records) or holds_records(target) else open_source(target)
    if not isinstance(side, Records | RecordSource | str | os.PathLike):
        return collect(side, plan)
    if plan.sample is not None:
        raise ConfigError("records that exist already are not sampled", f"Leave {option('sample')} out.", key="sample")
    if plan.screen is not None:
        raise records_pass_no_gate()
    divider = None if plan.batch_by is None else Divider(plan.batch_by)
    if isinstance(side, Records):
        collection = _from_batches(side.name, side.batches(), divider, side.model)
    elif isinstance(side, RecordSource):
        collection = replace(_from_batches(side.name, side.records(), divider, side.model), notes=side.notes)
    else:
        collection = _from_file(Path(side), divider)
    wanted = None if plan.prediction_source is None else plan.prediction_source.identity
    if wanted is not None and not (collection.model and collection.model.matches(wanted)):
        raise ConfigError(
            f"{collection.name} holds records without the answers of {wanted.name}, and no images to ask about",
            f"Measure the images with {option('model')}, or leave {option('model')} out.",
            key="model",
        )
    return collection


def records_pass_no_gate() -> ConfigError:
    """The error for records where a gate is given."""
    problem = "records that exist already pass no gate: their images are not at hand"
    return ConfigError(problem, f"Leave {option('gate')} out.", key="gate")


def holds_records(target: Any) -> bool:
    """Whether the target is a file that is to hold records or a baseline, and not a table of images."""
    return is_json_baseline(target) or (is_parquet(target) and not lists_images(target))


def _from_file(path: Path, divider: Divider | None) -> Collection:
    try:
        with pa.memory_map(str(path)) as data:
            buffer = data.read_buffer()
            return _from_batches(str(path), batches(buffer), divider, model_from_metadata(described(buffer)))
    except FileFormatError as error:
        raise error.about(str(path)) from None


def _from_batches(
    name: str, rows: Iterator[pa.RecordBatch], divider: Divider | None, model: ModelIdentity | None
) -> Collection:
    builder: ProfileBuilder | None = None
    copies = CopyIndex()
    for batch in rows:
        if builder is None:
            builder = ProfileBuilder(known_metrics(batch.schema))
        builder.add(batch if divider is None else divider.divide(batch))
        copies.add(batch)
    if builder is None or not (profile := builder.build()).count:
        raise no_images(name, (), 0)
    if divider is not None:
        divider.finish()
    return Collection(masked(name), profile, (), copies, None, model)
