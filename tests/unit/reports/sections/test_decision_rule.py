from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.content_blocks import Facts
from lookoutcv.reports.sections.decision_rule import decision_section
from lookoutcv.results.findings.applied_policy import AppliedPolicy
from report_to_draw import REPORT, TOO_FEW, only, words


def test_the_rule_is_told_in_words() -> None:
    assert "at most alpha = 0.01" in words(decision_section(REPORT))
    assert "at least 0.1" in words(decision_section(REPORT))
    assert "No decision" in words(decision_section(TOO_FEW))
    assert "Fixed thresholds" in words(decision_section(replace(REPORT, p_value=None)))


def test_the_settings_of_the_policy_are_shown_but_for_those_that_are_not_known() -> None:
    policy = AppliedPolicy("fixed", alpha=0.05, minimum_window=30, group_by="camera")
    facts = only(decision_section(replace(REPORT, policy=policy)), Facts)
    assert isinstance(facts, Facts)
    assert [value for _, value in facts.items] == ["fixed", "0.05", "30", "camera"]
    assert facts.items[-1][0] == "Group by"
    assert "large enough to matter" in words(decision_section(replace(REPORT, policy=policy)))
