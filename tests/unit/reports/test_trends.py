from __future__ import annotations

from lookoutcv.reports.parts.tables import Table
from lookoutcv.reports.trends import LinkedReport, trends_document
from lookoutcv.results.severity import Severity
from report_to_draw import of_day


def test_the_answer_is_that_of_the_latest_and_names_the_worst() -> None:
    verdict = trends_document(
        map(LinkedReport, [of_day(1), of_day(2, Severity.HIGH, 0.9), of_day(3, Severity.LOW, 0.2)])
    ).verdict
    assert verdict.level == "low"
    assert "2 of 3 windows drifted" in verdict.text
    assert "day-2: high" in verdict.text


def test_the_latest_stand_first() -> None:
    document = trends_document(map(LinkedReport, [of_day(1), of_day(5), of_day(3)]))
    table = next(block for section in document.sections for block in section.blocks if isinstance(block, Table))
    assert [row[0] for row in table.rows] == ["day-5", "day-3", "day-1"]
