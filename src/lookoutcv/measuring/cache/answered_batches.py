"""Batches whose images a model has answered before, by content: a run with a model that was stopped goes on there.

A batch is found by the bytes of all its images, by what its source says of them, and by everything else its rows follow
from: the model's file, its card, the whole of this package, decoders and runtimes. So nothing need be forgotten when a
run ends, and a file that changed meanwhile is measured anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.errors import ImageError, ShapeMismatch
from lookoutcv.files.keyed_store import KeyedStore
from lookoutcv.images import Limits, encoded
from lookoutcv.measuring.cache.fingerprint import fingerprint
from lookoutcv.measuring.cache.record_cache import MOST_BYTES, CacheLocation
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.metrics import Metric
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.sources import ImageRef

_RUNTIMES = ("onnxruntime", "ai-edge-litert", "torch")
_SKIPPED = b"lookoutcv.skipped"
# Reasons that follow from the bytes alone. What was skipped for want of memory, or as something died, is tried again.
_LASTING = ("truncated", "corrupt image data", "empty", "not an image", "larger than", "no pixels")


@dataclass(frozen=True)
class LookedUp:
    """Some references: what they are found by, None where they cannot be; and records and skipped, where known."""

    refs: list[ImageRef]
    key: bytes | None
    found: tuple[pa.RecordBatch, tuple[Skipped, ...]] | None


class AnsweredBatches:
    """Batches of one way of measuring with one model.

    Args:
        store: Where they lie.
        fingerprint: Of the way and the model.
        limits: Of images.
    """

    def __init__(self, store: KeyedStore, fingerprint: bytes, limits: Limits) -> None:
        self._store, self._fingerprint, self._limits = store, fingerprint, limits

    def look_up(self, refs: list[ImageRef]) -> LookedUp:
        """What is known of some references."""
        key = self._key(refs)
        return LookedUp(refs, key, None if key is None else self._found(key))

    def keep(self, known: LookedUp, records: Sequence[pa.RecordBatch], skipped: Sequence[Skipped]) -> None:
        """Take what became of some references, at once: the process may be killed before the next."""
        lasting = all(one.reason.startswith(_LASTING) for one in skipped)
        if known.key is None or not lasting or not any(part.num_rows for part in records):
            return
        told = json.dumps([[one.id, one.reason] for one in skipped]).encode()
        table = pa.Table.from_batches(records).combine_chunks().replace_schema_metadata({_SKIPPED: told})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_table(table)
        self._store.write({known.key: sink.getvalue().to_pybytes()}, self._store.stale())

    def _key(self, refs: Sequence[ImageRef]) -> bytes | None:
        """None where an image is no file, or cannot be had."""
        digest = hashlib.blake2b(digest_size=16, key=self._fingerprint)
        for ref in refs:
            try:
                file = encoded(ref.load(), self._limits)
            except (ImageError, ShapeMismatch):
                return None
            if file is None:
                return None
            for part in (file.digest, json.dumps(_said_of(ref), default=_plain).encode()):
                digest.update(len(part).to_bytes(8, "big") + part)
        return digest.digest()

    def _found(self, key: bytes) -> tuple[pa.RecordBatch, tuple[Skipped, ...]] | None:
        value = self._store.get(key)
        if value is None:
            return None
        try:
            (records,) = pa.ipc.open_stream(value).read_all().combine_chunks().to_batches()
            skipped = json.loads((records.schema.metadata or {})[_SKIPPED])
        except (pa.ArrowException, KeyError, ValueError):
            return None
        return records.replace_schema_metadata(None), tuple(Skipped(*one) for one in skipped)


@contextmanager
def open_answered(
    location: CacheLocation | None,
    metrics: tuple[Metric, ...],
    limits: Limits,
    source: PredictionSource | None,
) -> Iterator[AnsweredBatches | None]:
    """The batches that are known; None where there can be none: no model, or one that is a function.

    Args:
        location: Of caches; None for none.
        metrics, limits: The way of measuring.
        source: The model.
    """
    digest = None if location is None or source is None else _of_model(source, metrics, limits)
    if location is None or digest is None:
        yield None
        return
    with KeyedStore(location.answered_file, MOST_BYTES) as store:
        yield AnsweredBatches(store, digest, limits) if store.prepare() else None


def _of_model(source: PredictionSource, metrics: tuple[Metric, ...], limits: Limits) -> bytes | None:
    """Digest of all that rows with its answers follow from, images aside; None where that cannot be known."""
    definition, of_metrics = source.definition, fingerprint(metrics, limits)
    if definition is None or of_metrics is None:
        return None
    digest = hashlib.blake2b(digest_size=32)
    for part in (of_metrics, definition.encode(), _package(), f"{limits.max_bytes}".encode()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


@cache
def _package() -> bytes:
    """Digest of this package's source and of the versions of runtimes: 30 ms, where a model runs for minutes."""
    digest = hashlib.blake2b(digest_size=16)
    for name in _RUNTIMES:
        try:
            digest.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:
            continue
    for path in sorted(Path(__file__).parents[2].rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


def _said_of(ref: ImageRef) -> list[Any]:
    objects = ref.objects
    marked = None if objects is None else vars(objects)
    return [ref.id, ref.label, ref.time, sorted(ref.tags.items()), marked]


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else str(value)
