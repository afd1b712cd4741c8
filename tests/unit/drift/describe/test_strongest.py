from lookoutcv.drift.describe.strongest import leading_metrics, moved_metrics, strongest_of_families, told_metrics
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.severity import Severity


def metric(name: str, *related: str, severity: Severity = "high", effect: float = 0.9) -> MetricDrift:
    return MetricDrift(
        name, name, "1", effect, effect, 0.0, 0.0, True, 0.0, 1.0, "median", severity, ".", related=list(related)
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


def test_the_strongest_are_told_and_the_rest_is_counted() -> None:
    ranked = [
        metric("a.x", "d.x"),
        metric("b.x"),
        metric("c.x", effect=-0.5),
        metric("d.x"),
        metric("e.x"),
        metric("f.x"),
    ]
    told, further = told_metrics(ranked)
    assert (names(told), further) == (["a.x", "b.x", "c.x"], 3)
    told, further = told_metrics([metric("a.x", effect=-0.9), metric("b.x", effect=0.44)])
    assert (names(told), further) == (["a.x"], 1)
    assert told_metrics([]) == ([], 0)
