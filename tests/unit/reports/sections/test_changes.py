from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.document import Document, Section
from lookoutcv.reports.parts.drawings import Charts
from lookoutcv.reports.parts.tables import Number, Table
from lookoutcv.reports.sections.changes import changes, charts_section, leading, metrics_section
from lookoutcv.reports.views.drift_report import drift_document
from lookoutcv.results.severity import Severity
from report_to_draw import NO_DRIFT, REPORT, TOO_FEW, only, words


def section(document: Document, heading: str) -> Section:
    return next(one for one in document.sections if one.heading.startswith(heading))


def test_related_metrics_are_folded_into_the_one_they_belong_to() -> None:
    assert [m.name for m in leading(REPORT)] == ["exposure.brightness", "noise.sigma", "colour.cast"]
    first = changes(REPORT).items[0]
    assert first.also == ("Exposure: shadows",)
    assert (first.before, first.after, first.effect_text) == ("0.512", "0.317", "−0.87")


def test_without_drift_only_a_few_differences_are_told() -> None:
    assert len(leading(NO_DRIFT)) == 3
    assert "Nothing that counts" in words(section(drift_document(NO_DRIFT), "What changed"))
    assert "may well be chance" in words(section(drift_document(TOO_FEW), "What changed"))


def test_a_joint_drift_is_explained() -> None:
    joint = replace(REPORT, metrics=[replace(m, severity=Severity.NONE, significant=False) for m in REPORT.metrics])
    assert "taken together" in words(section(drift_document(joint), "What changed"))
    assert len(leading(joint)) == 5


def test_what_the_figures_leave_open_is_said() -> None:
    cast = changes(REPORT).items[2]
    assert cast.remark == "the effect is that of the spread of the values; images without a value: 0% → 4.1%"


def test_charts_need_a_histogram() -> None:
    charts = only(charts_section(REPORT), Charts)
    assert isinstance(charts, Charts)
    assert [chart.title for chart in charts.items] == ["Exposure: brightness", "Noise: sigma"]
    bare = replace(REPORT, metrics=[replace(m, distribution=None) for m in REPORT.metrics])
    assert "no histograms" in words(charts_section(bare))


def test_every_metric_is_in_the_table() -> None:
    table = only(metrics_section(REPORT), Table)
    assert isinstance(table, Table)
    assert len(table.rows) == len(REPORT.metrics)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert table.rows[4][3:6] == (Number("182"), Number("179"), "kB")
    assert "No metric" in words(metrics_section(replace(REPORT, metrics=[])))
