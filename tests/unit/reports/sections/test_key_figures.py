from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.sections.key_figures import key_figures
from report_to_draw import REPORT, TOO_FEW


def test_key_figures() -> None:
    values = {figure.label: figure.value for figure in key_figures(REPORT).items}
    assert values == {
        "Window": "372 images",
        "Baseline": "3,068 images",
        "p-value": "< 0.0001",
        "Largest effect": "0.87",
        "Smallest detectable effect": "0.17",
        "Skipped": "4 of 376",
        "Duplicates": "3 of 372",
    }
    assert "300 of them" in key_figures(REPORT).items[0].meaning


def test_key_figures_where_nothing_was_tested() -> None:
    bare = replace(TOO_FEW, smallest_detectable_effect=None, duplicates=None)
    values = {figure.label: figure.value for figure in key_figures(bare).items}
    assert (values["p-value"], values["Smallest detectable effect"]) == ("not tested", "unknown")
    assert values["Duplicates"] == "not searched"
    assert "fixed" in key_figures(replace(REPORT, p_value=None)).items[2].meaning
