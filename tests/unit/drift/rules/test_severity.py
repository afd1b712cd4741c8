import pytest

from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.rules.severity import effect_lower_bound, input_severity


@pytest.mark.parametrize(
    ("bound", "severity"),
    [(0.0, "low"), (0.329, "low"), (0.33, "medium"), (0.849, "medium"), (0.85, "high"), (1.0, "high")],
)
def test_limits_belong_to_the_upper_step(bound: float, severity: str) -> None:
    assert input_severity(bound, DEFAULT) == severity


def test_few_images_lower_the_bound_never_below_zero() -> None:
    assert effect_lower_bound(0.5, 10_000, 1000) > effect_lower_bound(0.5, 10_000, 30) > 0
    assert effect_lower_bound(0.1, 30, 30) == 0
