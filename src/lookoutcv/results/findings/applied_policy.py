"""The rules by which a report was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class AppliedPolicy(Result):
    """The rules by which a window was judged: the values of the `Policy`, which says what each means, and two more.

    None where a report was made before there was such a rule.

    Args:
        rule, alpha, min_effect, minimum_baseline, minimum_window, small_window, minimum_values: As in `Policy`.
        medium_effect, high_effect, related_correlation: As in `Policy`.
        brightness_shift, contrast_shift, confidence_shift, class_distance: As in `Policy`.
        test: Against what the window was tested: "single" for one unordered baseline, "batches" for its batches; None
            where nothing was tested.
        group_by: What the groups of the report are groups of; None without any.
    Example:
        >>> AppliedPolicy(rule="fixed").to_dict()["rule"]
        'fixed'
    """

    NOUN: ClassVar[str] = "policy"

    rule: str | None = None
    alpha: float | None = None
    min_effect: float | None = None
    minimum_baseline: int | None = None
    minimum_window: int | None = None
    small_window: int | None = None
    minimum_values: int | None = None
    medium_effect: float | None = None
    high_effect: float | None = None
    related_correlation: float | None = None
    brightness_shift: float | None = None
    contrast_shift: float | None = None
    confidence_shift: float | None = None
    class_distance: float | None = None
    test: Literal["single", "batches"] | None = None
    group_by: str | None = None
