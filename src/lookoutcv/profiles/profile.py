"""What remains of many records: exact counts and histograms on fixed grids, and a hash sample of rows.

Profiles merge: associative, commutative, with identity, and the merge of parts equals the profile of the whole. One
machine, a cluster and a year of daily windows therefore give the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from lookoutcv.errors import IncompatibleProfiles
from lookoutcv.metrics import Metric, registry
from lookoutcv.outputs import registry as outputs
from lookoutcv.predictions import Task
from lookoutcv.profiles.counts import GATE_COLUMNS, KEYS, LIMIT, Counts, add_counts, bounded, count_values, gate_counts
from lookoutcv.profiles.histogram import Histogram
from lookoutcv.profiles.sample import RowSample, merge_samples, moment, time_range
from lookoutcv.records.conform import conform
from lookoutcv.records.measurer import is_measured
from lookoutcv.records.prediction_columns import MASK, OBJECTS, TRUTH
from lookoutcv.records.schema import FIXED, metric_names, schema_for

SAMPLE_SIZE = 20_000
# Counting 32 rows of 40 metrics costs as much as counting 1,000: 108 us a row, against 8.
_ROWS_AT_ONCE = 1024


def _no_counts() -> dict[str, Counts]:
    return {key: {} for key in KEYS}


@dataclass(frozen=True, eq=False)
class Profile:
    """A summary of records. Never changed once made.

    Args:
        count: Rows: images measured.
        skipped: Images that could not be read.
        histograms: Metric name -> counts on the metric's grid, sorted by name; `h.count + h.missing == count`.
        counts: "label", "format", "camera", "size" ("640x480"), "prediction" -> value -> images (objects, of a
            detector), the most frequent first; "gate" -> what it found, of images that it refused too ("fit",
            "unfit: sharpness"). Rows without a value are not counted. Bounded as `profiles.counts` says.
        sample: Records with the smallest hash keys, ordered by key: the fixed columns, then all others by name.
        sample_size: Rows the sample may hold; `sample.num_rows == min(count, sample_size)`.
        first_time, last_time: Earliest and latest time of a row (aware UTC); None where no row has one.
    """

    count: int = 0
    skipped: int = 0
    histograms: Mapping[str, Histogram] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=_no_counts)
    sample: pa.Table = field(default_factory=FIXED.empty_table)
    sample_size: int = SAMPLE_SIZE
    first_time: datetime | None = None
    last_time: datetime | None = None

    def merge(self, other: Profile) -> Profile:
        """The profile of the rows of both: see `merge`."""
        return merge(self, other)


class ProfileBuilder:
    """Makes a profile of a stream of record batches, in bounded memory.

    Args:
        metrics: Metrics to count; one without a grid (a hash) is kept in the sample only.
        sample_size: Rows to keep.
        task: Of the model whose predictions the records hold; None for records without.
    Raises:
        ConfigError: The sample size is not 1 to 10,000,000.
    """

    def __init__(self, metrics: Sequence[Metric], sample_size: int = SAMPLE_SIZE, *, task: Task | None = None) -> None:
        whole = schema_for(metrics, task)
        self._schema = pa.schema([field for field in whole if field.name not in _unread(whole)])
        self._histograms = {m.name: Histogram.empty(m.grid) for m in metrics if m.grid is not None}
        self._counts = _no_counts()
        self._sample = RowSample(sample_size, self._schema)
        self._count = self._skipped = 0
        self._times: list[int] = []
        self._waiting: list[pa.RecordBatch] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of records. A metric column that it lacks counts as missing; other metrics are sampled only.

        Small batches are gathered first, so that an error may come from a later call or from `build`.

        Raises:
            CorruptFile: A column has a type that records do not have.
            IncompatibleProfiles: A column that no metric here claims changed its type between batches.
        """
        if self._waiting and batch.schema != self._waiting[0].schema:
            self._count_waiting()
        self._waiting.append(batch)
        if sum(one.num_rows for one in self._waiting) >= _ROWS_AT_ONCE:
            self._count_waiting()

    def _count_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        table = pa.Table.from_batches(waiting)
        if set(GATE_COLUMNS) <= set(table.schema.names):
            self._count_gate(table)
        rows = conform(table.drop_columns(_unread(table.schema)), self._schema).combine_chunks()
        for name, histogram in self._histograms.items():
            self._histograms[name] = histogram.add(rows.column(name).to_numpy())
        for part in rows.to_batches():
            self._sample.add(part)
            for key, counted in count_values(part).items():
                counts = add_counts(self._counts[key], counted)
                self._counts[key] = bounded(counts) if len(counts) > 2 * LIMIT else counts
        self._times = _ends([*self._times, *time_range(rows)])
        self._count += rows.num_rows

    def _count_gate(self, table: pa.Table) -> None:
        """What a gate found, which the sample does not hold."""
        for part in table.to_batches():
            self._counts["gate"] = add_counts(self._counts["gate"], gate_counts(part))

    def refuse(self, counts: Mapping[str, int]) -> None:
        """Note images that a gate refused, by what it found: they have no rows."""
        self._counts["gate"] = add_counts(self._counts["gate"], counts)

    def skip(self, images: int = 1) -> None:
        """Note images that could not be read."""
        self._skipped += images

    def build(self) -> Profile:
        """The profile so far. More rows may be added afterwards.

        Raises:
            CorruptFile, IncompatibleProfiles: As `add`.
        """
        self._count_waiting()
        return Profile(
            count=self._count,
            skipped=self._skipped,
            histograms=dict(sorted(self._histograms.items())),
            counts={key: bounded(counts) for key, counts in self._counts.items()},
            sample=self._sample.build(),
            sample_size=self._sample.size,
            first_time=moment(self._times[0]) if self._times else None,
            last_time=moment(self._times[-1]) if self._times else None,
        )


def _unread(schema: pa.Schema) -> list[str]:
    """Those of the columns that nobody reads in a sample: masks, truth without predicted objects, a measurer's text."""
    unread = {MASK} if OBJECTS in schema.names else {MASK, TRUTH}
    return [f.name for f in schema if f.name in unread or (is_measured(f) and not pa.types.is_floating(f.type))]


def _ends(times: Sequence[int | None]) -> list[int]:
    known = [t for t in times if t is not None]
    return [min(known), max(known)] if known else []


def known_metrics(schema: pa.Schema) -> list[Metric]:
    """The metrics of images and of predictions whose columns a table of records has.

    Example:
        >>> [metric.name for metric in known_metrics(pa.schema([("noise.sigma", pa.float32())]))]
        ['noise.sigma']
    """
    return [known.get(name) for name in metric_names(schema) for known in (registry, outputs) if name in known]


def from_records(table: pa.Table, sample_size: int = SAMPLE_SIZE) -> Profile:
    """The profile of records that exist already.

    A column that carries the name of a known metric is counted on that metric's grid. A numeric column that no metric
    claims has no grid: it is kept in the sample, where it can still be tested, but has no histogram.

    Args:
        table: Records with any metric columns.
        sample_size: Rows to keep.
    Raises:
        CorruptFile: A column has a type that records do not have.
    """
    builder = ProfileBuilder(known_metrics(table.schema), sample_size)
    for batch in table.to_batches():
        builder.add(batch)
    return builder.build()


def merge(one: Profile, other: Profile) -> Profile:
    """The profile of the rows of both; neither input is changed.

    The rows of a side that lacks a metric count as missing. The smaller sample size holds; a side without rows does not
    limit it, so that `Profile()` merged with any profile gives that profile.

    Raises:
        IncompatibleProfiles: One metric lies on two grids, or one column has two types.
    Example:
        >>> merge(Profile(skipped=1), Profile(skipped=2)).skipped
        3
    """
    sides = (one, other)
    size = min(side.sample_size for side in ([s for s in sides if s.count] or sides))
    return Profile(
        count=one.count + other.count,
        skipped=one.skipped + other.skipped,
        histograms={name: _histogram(name, one, other) for name in sorted({*one.histograms, *other.histograms})},
        counts={key: bounded(add_counts(one.counts[key], other.counts[key])) for key in KEYS},
        sample=merge_samples(one.sample, other.sample, size),
        sample_size=size,
        first_time=min((side.first_time for side in sides if side.first_time), default=None),
        last_time=max((side.last_time for side in sides if side.last_time), default=None),
    )


def _histogram(name: str, one: Profile, other: Profile) -> Histogram:
    left, right = one.histograms.get(name), other.histograms.get(name)
    if left and right and left.grid != right.grid:
        raise IncompatibleProfiles(
            f"the metric {name!r} was counted on two grids: {left.grid} and {right.grid}",
            "Make the older of the two again with this version of LookOutCV.",
            reason=f"the grid of {name} differs",
        )
    if left:
        return left.merge(right or Histogram.empty(left.grid, other.count))
    present = other.histograms[name]
    return present.merge(Histogram.empty(present.grid, one.count))
