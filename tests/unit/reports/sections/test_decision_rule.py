from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.content_blocks import Facts
from lookoutcv.reports.sections.decision_rule import decision_section
from report_to_draw import REPORT, TOO_FEW, only, words


def test_the_rule_is_told_in_words() -> None:
    assert "at most alpha = 0.01" in words(decision_section(REPORT))
    assert "at least 0.1" in words(decision_section(REPORT))
    assert "No decision" in words(decision_section(TOO_FEW))
    assert "Fixed thresholds" in words(decision_section(replace(REPORT, p_value=None)))


def test_settings_of_any_kind_are_shown() -> None:
    policy = {"a": True, "b": None, "c": [1, 2], "d": {"x": 0.5}, "e": "text", "f": []}
    facts = only(decision_section(replace(REPORT, policy=policy)), Facts)
    assert isinstance(facts, Facts)
    assert [value for _, value in facts.items] == ["yes", "none", "1, 2", "x: 0.5", "text", "none"]
