import pytest

from lookoutcv.drift.accuracy.impact import has_impact, impact_severity


@pytest.mark.parametrize(
    ("drop", "noise", "alarm", "severity"),
    [
        (-0.1, 0.01, False, "none"),
        (0.019, 0.001, False, "none"),
        (0.02, 0.001, False, "low"),
        (0.035, 0.001, False, "medium"),
        (0.04, 0.001, True, "medium"),
        (0.07, 0.001, True, "medium"),
        (0.071, 0.001, True, "high"),
        (0.071, 0.03, False, "medium"),
        (0.035, 0.03, False, "low"),
        (0.025, 0.03, False, "none"),
    ],
)
def test_alarm_and_severity(drop: float, noise: float, alarm: bool, severity: str) -> None:
    assert has_impact(drop, noise) is alarm
    assert impact_severity(drop, noise) == severity
