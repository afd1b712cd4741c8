from lookoutcv.drift.describe.strongest import leading_metrics, moved_metrics, strongest_of_families
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.severity import Severity


def metric(name: str, *related: str, severity: Severity = "high") -> MetricDrift:
    return MetricDrift(
        name, name, "1", 0.9, 0.9, 0.0, 0.0, True, 0.0, 1.0, "median", severity, ".", related=list(related)
    )


def names(metrics: list[MetricDrift]) -> list[str]:
    return [one.name for one in metrics]


def test_one_of_each_family_comes_before_a_second_of_any() -> None:
    ranked = [metric("sharp.a"), metric("sharp.b"), metric("light.c"), metric("sharp.d"), metric("noise.e")]
    assert names(strongest_of_families(ranked)) == ["sharp.a", "light.c", "noise.e", "sharp.b", "sharp.d"]


def test_a_metric_that_another_one_stands_for_is_left_out() -> None:
    ranked = [metric("sharp.a", "light.c"), metric("light.c"), metric("light.d")]
    assert names(leading_metrics(ranked)) == ["sharp.a", "light.d"]
    assert names(strongest_of_families(ranked)) == ["sharp.a", "light.d"]
    assert names(leading_metrics(ranked[1:])) == ["light.c", "light.d"]
    assert strongest_of_families([]) == []


def test_only_what_has_a_severity_moved() -> None:
    ranked = [metric("a", severity="none"), metric("b", severity="low"), metric("c", severity="insufficient")]
    assert names(moved_metrics(ranked)) == ["b", "c"]
