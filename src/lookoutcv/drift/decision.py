"""One decision on a window: of its images, of their groups and of a model's predictions. Sentences only tell it."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.drift.describe.groups import GroupComparison, Grouping
from lookoutcv.drift.predictions.prediction_comparison import Impact, PredictionComparison
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.results.severity import Severity


@dataclass(frozen=True, eq=False)
class Decision:
    """What is decided on a window.

    Args:
        drifted: The images as a whole, any group of them, or the predictions; None where there were too few to say.
        severity: By impact where that is known, else by input effect.
        input_severity: By how different images and predictions are.
        p_value: Of the images as a whole, to be compared with alpha; of the predictions where no image was compared.
        effect: Largest effect, of the same.
        images: The verdict on the images as a whole; None where none was compared.
        groups: Of the images; None where they were not divided.
        predictions: None without a model.
        impact: What severity is judged by; None where it is by input effect.
        shares: Parts that alpha is divided into between images and predictions.
    """

    drifted: bool | None
    severity: Severity
    input_severity: Severity
    p_value: float | None
    effect: float
    images: Verdict | None
    groups: Grouping | None = None
    predictions: PredictionComparison | None = None
    impact: Impact | None = None
    shares: int = 1

    @property
    def drifted_groups(self) -> list[GroupComparison]:
        """Groups that drifted, the worst first."""
        return [] if self.groups is None else self.groups.drifted

    @property
    def images_drifted(self) -> bool:
        """Whether the images drifted, as a whole or any group of them."""
        return bool(self.drifted_groups) or (self.images is not None and self.images.drifted is True)


def decide_on_window(
    images: Verdict | None,
    groups: Grouping | None = None,
    predictions: PredictionComparison | None = None,
    *,
    shares: int = 1,
) -> Decision:
    """Drift of any part is drift. Its severity is that by impact where it is known, else that of the worst part.

    Args:
        images, groups, predictions: As in `Decision`; the images or the predictions must be there.
        shares: As in `Decision`; p-values of images and groups are multiplied by it already.
    """
    parts = [part for part in (images, predictions) if part is not None]
    drifted = parts[0].drifted
    drifted_groups = [] if groups is None else groups.drifted
    if drifted_groups or any(part.drifted for part in parts):
        drifted = True
    by_input = max(part.severity for part in (*(parts if drifted else parts[:1]), *drifted_groups))
    impact = predictions.impact if predictions is not None and drifted else None
    return Decision(
        drifted=drifted,
        severity=by_input if impact is None else max(Severity.LOW, impact.severity),
        input_severity=by_input,
        p_value=parts[0].p_value,
        effect=parts[0].effect,
        images=images,
        groups=groups,
        predictions=predictions,
        impact=impact,
        shares=shares,
    )
