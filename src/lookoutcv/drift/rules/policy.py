"""The rules by which a window is judged. Every constant says where it comes from."""

from __future__ import annotations

import difflib
import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ConfigError

Rule = Literal["calibrated", "fixed"]


@only_known_keywords()
@dataclass(frozen=True)
class Policy:
    """Rules for one comparison.

    "Measured" below means: on CIFAR-10 with 12 corruptions at five severities, chosen on one half of the data and
    scored on the other.

    Args:
        rule: "calibrated": rank tests whose share of false alarms is known. "fixed": fixed limits on the shift of a
            mean, as many tools use them; they never see blur, noise or compression (measured).
        alpha: Share of false alarms accepted. Convention; measured false alarms at .01 are .003-.012.
        min_effect: A smaller effect is never drift, however significant: with many images everything is significant.
            .10 is below "negligible" (.147) of Romano et al. 2006, so that early drift is still reported.
        minimum_baseline, minimum_window: With fewer images nothing is tested: the normal approximations and the joint
            test hold from 30 on (measured).
        small_window: Below this many images the report warns that only large shifts can be seen: effects of about .3 at
            100 images, of .5 at 30 (from the formula in `detectable`).
        minimum_values: A metric with fewer values on a side, the rest missing, is not tested: from 10 on the rank tests
            keep their level (simulated).
        medium_effect, high_effect: Severity by the effect's lower bound. .33 is "medium" in Romano et al. 2006; at .85
            the two sides hardly overlap (in 92% of pairs the window's value is the more extreme one).
        related_correlation: Metrics whose baseline correlation is beyond this tell the same story. Convention.
        brightness_shift, contrast_shift: Policy "fixed": limits on the shift of mean brightness and mean contrast
            (standard deviation of luma), both on a scale of 0 to 1.
        confidence_shift: Policy "fixed": limit on the shift of the model's mean confidence.
        class_distance: Policy "fixed": limit on the total variation between the class frequencies.
    Raises:
        ConfigError: A value out of its range.
    Example:
        >>> Policy(alpha=0.05).to_dict()["alpha"]
        0.05

    Source: Romano et al., "Appropriate statistics for ordinal level data", FAIR 2006, for limits on Cliff's delta.
    """

    rule: Rule = "calibrated"
    alpha: float = 0.01
    min_effect: float = 0.10
    minimum_baseline: int = 30
    minimum_window: int = 30
    small_window: int = 100
    minimum_values: int = 10
    medium_effect: float = 0.33
    high_effect: float = 0.85
    related_correlation: float = 0.8
    brightness_shift: float = 0.05
    contrast_shift: float = 0.1
    confidence_shift: float = 0.1
    class_distance: float = 0.15

    def __post_init__(self) -> None:
        if self.rule not in ("calibrated", "fixed"):
            raise _out_of_range("rule", self.rule, "Use 'calibrated' or 'fixed'.")
        for name in ("minimum_baseline", "minimum_window", "small_window", "minimum_values"):
            if getattr(self, name) < 2:
                raise _out_of_range(name, getattr(self, name), "Give a whole number of at least 2.")
        if not 0 < self.alpha < 1:
            raise _out_of_range("alpha", self.alpha, "Give a share between 0 and 1, such as 0.01.")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and not (math.isfinite(value) and 0 <= value <= 1):
                raise _out_of_range(field.name, value, "Give a number from 0 to 1.")
        if self.medium_effect > self.high_effect:
            raise _out_of_range("medium_effect", self.medium_effect, "It must not exceed high_effect.")

    def to_dict(self) -> dict[str, Any]:
        """The rules as plain values, for reports."""
        return asdict(self)


DEFAULT = Policy()
FIXED = Policy(rule="fixed")

_NAMED = {"default": DEFAULT, "fixed": FIXED}


def named(name: str) -> Policy:
    """The policy of this name: "default" or "fixed".

    Raises:
        ConfigError: There is none; the error names the nearest.
    Example:
        >>> named("fixed").rule
        'fixed'
    """
    try:
        return _NAMED[name]
    except KeyError:
        nearest = difflib.get_close_matches(name, _NAMED, n=1)
        guess = f"Did you mean {nearest[0]!r}? " if nearest else ""
        raise ConfigError(
            f"no policy is called {name!r}",
            f"{guess}There are 'default' and 'fixed'.",
            key="policy",
            nearest=tuple(nearest),
        ) from None


def _out_of_range(key: str, value: object, remedy: str) -> ConfigError:
    return ConfigError(f"the policy's {key} is {value!r}", remedy, key=key)
