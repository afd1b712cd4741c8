"""The outcome of a comparison: what every report format shows, and what the report JSON holds.

The field names of these classes are the keys of the JSON file (format "lookoutcv.report"), whose JSON Schema is
`drift_report.schema.json` beside this file. A new key is an addition; a changed one is a
new `version` with a migration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from lookoutcv.plugins import html_of

FORMAT = "lookoutcv.report"
VERSION = 1
# A side holds so many of its labels, formats, cameras and sizes.
MOST_FREQUENT = 50
# Of fewer images of a group or class a histogram is a comb and an effect chance.
LEAST_IN_PART = 10

Severity = Literal["none", "low", "medium", "high", "insufficient"]
SEVERITIES: tuple[Severity, ...] = ("none", "low", "medium", "high")


@dataclass(frozen=True)
class Side:
    """One side of the comparison, in figures.

    Args:
        name: What a person calls it: a file, a folder, "log:...".
        images: Images measured.
        tested: Rows that entered the tests (a hash sample where there were more).
        skipped: Images that could not be read.
        first_time, last_time: ISO 8601 UTC of the earliest and latest image, where known.
        labels, formats, cameras, sizes: How many images each; `sizes` as "640x480"; the 50 most frequent.
        created: ISO 8601 UTC when it was measured.
    """

    name: str
    images: int
    tested: int
    skipped: int = 0
    first_time: str | None = None
    last_time: str | None = None
    labels: dict[str, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    cameras: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    created: str | None = None


@dataclass(frozen=True)
class Distribution:
    """A metric's histogram on both sides, on a few common cells for drawing.

    Args:
        edges: k + 1 rising edges, in the metric's unit.
        before, after: Shares of the images in each of the k cells; each sums to 1 (0 where a side is empty).
        log: Draw the axis logarithmically.
        low, high: Between which shares nine in ten windows of this size would lie, cell by cell, if nothing had
            changed; empty where that is not known.
        band: What that was told from: the baseline's "batches", or the chance of drawing that many images from it
            ("sampling").
    """

    edges: list[float]
    before: list[float]
    after: list[float]
    log: bool = False
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    band: Literal["none", "batches", "sampling"] = "none"


@dataclass(frozen=True)
class MetricDrift:
    """How far one metric moved.

    Args:
        name, title, unit: Of the metric.
        effect: Signed effect of larger size of the two below, in [-1, 1].
        location_effect: Cliff's delta: P(window value larger) - P(baseline value larger).
        dispersion_effect: The same for the distance from the pooled median: positive where the window spreads wider.
        p_value: Cauchy combination of this metric's tests; None where it could not be tested.
        significant: p_value at most alpha after Holm's correction over the metrics.
        before, after: Typical value (see `statistic`) on each side; None where there is none.
        statistic: "median", or "mean" where the medians are equal.
        severity: Of this metric alone, by input effect; "none" unless the window drifted and `significant`.
        text: A sentence a person understands: "Images are 18% darker."
        missing_before, missing_after: Share of images without a value.
        related: Metrics that tell the same story (baseline correlation beyond .8), ranked below this one.
        distribution: For drawing; None where the profile has no histogram.
    """

    name: str
    title: str
    unit: str
    effect: float
    location_effect: float
    dispersion_effect: float
    p_value: float | None
    significant: bool
    before: float | None
    after: float | None
    statistic: Literal["median", "mean"]
    severity: Severity
    text: str
    missing_before: float = 0.0
    missing_after: float = 0.0
    related: list[str] = field(default_factory=list)
    distribution: Distribution | None = None


@dataclass(frozen=True)
class ImageExample:
    """One image worth looking at.

    Args:
        id: Its name in its source.
        score: How far it lies in the direction in which the window moved; comparable within one report.
        reasons: What is unusual about it, strongest first: "darker", "less sharp".
        thumbnail: JPEG bytes in base64; None where thumbnails were not wanted or the image is not at hand.
    """

    id: str
    score: float
    reasons: list[str] = field(default_factory=list)
    thumbnail: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Skipped:
    """One image that could not be read, and why."""

    id: str
    reason: str


@dataclass(frozen=True)
class Duplicates:
    """Images of the window that are the same, or nearly.

    Args:
        exact: Groups of ids with the same bytes (same pixels for arrays).
        near: Groups of ids whose perceptual hashes differ in at most a few of 64 bits; exact copies count once.
        in_baseline: Ids of window images that are in the baseline's sample too, byte for byte.
        images: How many images of the window are copies of another: what would go if each was kept once.
        searched: How many images were looked at.
    """

    exact: list[list[str]] = field(default_factory=list)
    near: list[list[str]] = field(default_factory=list)
    in_baseline: list[str] = field(default_factory=list)
    images: int = 0
    searched: int = 0


@dataclass(frozen=True)
class GroupDrift:
    """One group of the window (a camera, a folder, a day) against the baseline.

    Args:
        name: The value that its images share.
        images: Images of the window's tested sample in it.
        severity: As of a report; "none" unless the group drifted after the correction.
        p_value: Of this group alone; None where it was not tested.
        adjusted_p_value: After the correction over all groups and the window as a whole: drift only at most alpha.
        effect: Largest effect of a metric, in [0, 1].
        text: What changed in it, in a few sentences.
        against: "group": the baseline's images of the same group. "baseline": all of it, for want of those.
    """

    name: str
    images: int
    severity: Severity
    p_value: float | None
    adjusted_p_value: float | None
    effect: float
    text: str
    against: Literal["group", "baseline"] = "group"


@dataclass(frozen=True)
class Period:
    """A stretch of the window's time.

    Args:
        name: "2026-11-21", or "2026-11-21 07:00" of hours.
        images: Of the tested sample.
        effect: How far its images lie in the direction in which the window moved, against the baseline's, -1 to 1.
        shifted: Whether that is beyond chance and large enough to matter.
    """

    name: str
    images: int
    effect: float
    shifted: bool


@dataclass(frozen=True)
class Since:
    """Since when the window differs, as far as the times of its images tell.

    Args:
        status: "within": it begins inside the window. "throughout": the first period is shifted already. "part": some
            periods are shifted, but not from one on. "unknown": the images have no times, or no period is clear.
        text: A sentence or two.
        first: The first shifted period; None where that is not known.
        by: "day", "hour" or "" for no periods.
        periods: In the order of time; empty where there are none.
    """

    status: Literal["within", "throughout", "part", "unknown"]
    text: str
    first: str | None = None
    by: Literal["day", "hour", ""] = ""
    periods: list[Period] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A group or class of the window and the baseline's own images of it, in one metric. Described, not tested.

    Args:
        name: Of the group or class.
        before, after: Its images in the two samples.
        effect: Cliff's delta between them, in [-1, 1]; None where there are too few to say.
        distribution: For drawing; its edges are the same in every part. Where the baseline has under 10 images of the
            part, `effect` and this compare with all of it.
    """

    name: str
    before: int
    after: int
    effect: float | None = None
    distribution: Distribution | None = None


@dataclass(frozen=True)
class Multiples:
    """One metric part by part, on one axis.

    Args:
        by: What the parts are: "camera", "label", "prediction" ...
        metric, title, unit: Of the metric.
        parts: The largest first.
    """

    by: str
    metric: str
    title: str
    unit: str
    parts: list[Part]


@dataclass(frozen=True)
class DriftReport:
    """What changed, how sure that is, how bad it is, and which images show it.

    Args:
        overall_drift_detected: The window as a whole drifted, or any group of it did; None where there were too few
            images to say.
        severity: none, low, medium or high, that of the worst group where it is worse than that of the whole;
            "insufficient" where there were too few images.
        p_value: Of the window as a whole, doubled where groups were tested, since they have half of alpha; None under a
            policy without tests, or where insufficient.
        effect: Largest effect of a metric over the window as a whole, in [0, 1].
        alpha: Share of false alarms accepted.
        smallest_detectable_effect: Effects below this are likely to be missed at these sample sizes.
        summary: Two or three sentences: what changed, how sure, what the numbers allow to say.
        notes: What a careful reader must know: limits of the test, constant metrics, what was sampled.
        policy: The rules used, as plain values ("rule", "alpha", ...); "test" says against what the window was tested:
            "single" for one unordered baseline, "batches" for its batches; "group_by" what `groups` are groups of.
        metrics: Ranked by size of effect.
        groups: The groups of the window, the largest first; empty unless they were asked for.
        cause: What probably caused the drift, from `cause.probable_cause`; None without drift.
        since: Since when it differs; None without drift.
        multiples: The metrics that moved most, group by group and class by class, for drawing.
        outputs, accuracy, alerts: None until models, labels and alert rules fill them.
        most_shifted, typical: Examples from the window; `baseline_typical` from the baseline.
        created: ISO 8601 UTC.
        tool: "lookoutcv 0.1.0".
        settings_file: The `lookout.yaml` that the command line took settings from; None for none.
    """

    overall_drift_detected: bool | None
    severity: Severity
    p_value: float | None
    effect: float
    alpha: float
    smallest_detectable_effect: float | None
    summary: str
    baseline: Side
    window: Side
    metrics: list[MetricDrift]
    notes: list[str] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=dict)
    groups: list[GroupDrift] = field(default_factory=list)
    since: Since | None = None
    multiples: list[Multiples] = field(default_factory=list)
    outputs: dict[str, Any] | None = None
    accuracy: dict[str, Any] | None = None
    cause: dict[str, Any] | None = None
    alerts: list[dict[str, Any]] | None = None
    most_shifted: list[ImageExample] = field(default_factory=list)
    typical: list[ImageExample] = field(default_factory=list)
    baseline_typical: list[ImageExample] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    duplicates: Duplicates | None = None
    created: str = ""
    tool: str = ""
    settings_file: str | None = None

    def _repr_html_(self) -> str | None:
        """How a notebook shows it."""
        return html_of(self)
