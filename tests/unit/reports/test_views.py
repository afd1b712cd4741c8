from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lookoutcv.reports.parts.document import (
    Block,
    Charts,
    Document,
    Facts,
    Gallery,
    Names,
    Number,
    Paragraph,
    Section,
    Share,
    Table,
)
from lookoutcv.reports.sections.changes import changes, charts_section, leading, metrics_section
from lookoutcv.reports.sections.decision import decision_section
from lookoutcv.reports.sections.images import composition_section, duplicates_section, images_section, skipped_section
from lookoutcv.reports.sections.multiples import classes_sections
from lookoutcv.reports.sections.verdict import headline, key_figures
from lookoutcv.reports.views import drift_brief, drift_document
from lookoutcv.results.drift_report import Duplicates, ImageExample, Severity, Skipped
from lookoutcv.results.drift_report_json import from_dict

REPORT = from_dict(json.loads((Path(__file__).parents[2] / "golden/data/report-to-draw.json").read_text("utf-8")))
FEW = replace(REPORT, overall_drift_detected=None, severity="insufficient", p_value=None)
SAME = replace(REPORT, overall_drift_detected=False, severity="none", p_value=0.4)


def only(section: Section, kind: type[Block]) -> Block:
    (found,) = (block for block in section.blocks if isinstance(block, kind))
    return found


def words(section: Section) -> str:
    return " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))


def section(document: Document, heading: str) -> Section:
    return next(one for one in document.sections if one.heading.startswith(heading))


@pytest.mark.parametrize("level", ["low", "medium", "high"])
def test_the_headline_says_how_bad_it_is(level: Severity) -> None:
    assert headline(replace(REPORT, severity=level)) == f"Drift detected: {level} severity"


def test_the_headline_never_says_no_drift_of_too_few_images() -> None:
    assert headline(FEW) == "Too few images to say"
    assert headline(SAME) == "No drift detected"
    assert headline(replace(SAME, p_value=1e-9)) == "No drift: the difference is detectable, but negligible"


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
    bare = replace(FEW, smallest_detectable_effect=None, duplicates=None)
    values = {figure.label: figure.value for figure in key_figures(bare).items}
    assert (values["p-value"], values["Smallest detectable effect"]) == ("not tested", "unknown")
    assert values["Duplicates"] == "not searched"
    assert "fixed" in key_figures(replace(REPORT, p_value=None)).items[2].meaning


def test_related_metrics_are_folded_into_the_one_they_belong_to() -> None:
    assert [m.name for m in leading(REPORT)] == ["exposure.brightness", "noise.sigma", "colour.cast"]
    first = changes(REPORT).items[0]
    assert first.also == ("Exposure: shadows",)
    assert (first.before, first.after, first.effect_text) == ("0.512", "0.317", "−0.87")


def test_without_drift_only_a_few_differences_are_told() -> None:
    assert len(leading(SAME)) == 3
    assert "Nothing that counts" in words(section(drift_document(SAME), "What changed"))
    assert "may well be chance" in words(section(drift_document(FEW), "What changed"))


def test_a_joint_drift_is_explained() -> None:
    joint = replace(REPORT, metrics=[replace(m, severity="none", significant=False) for m in REPORT.metrics])
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


def test_images_without_thumbnails_are_listed() -> None:
    before_and_now, shifted = (block for block in images_section(REPORT).blocks if isinstance(block, Gallery))
    assert [group.side for group in before_and_now.groups] == ["before", "after"]
    assert [group.heading for group in shifted.groups] == ["Most shifted"]
    bare = replace(REPORT, most_shifted=[ImageExample("a.jpg", 1.0, ["darker"])], typical=[], baseline_typical=[])
    table = only(images_section(bare), Table)
    assert isinstance(table, Table)
    assert table.rows == ((Names(("a.jpg",)), "Most shifted", "darker"),)
    assert "no example images" in words(images_section(replace(bare, most_shifted=[])))


def test_what_is_the_same_throughout_is_one_sentence() -> None:
    composition = composition_section(REPORT)
    assert words(composition) == "Image sizes: 1920x1080 throughout. Cameras: acA1920-40gc throughout."
    tables = [block for block in composition.blocks if isinstance(block, Table)]
    assert [table.caption for table in tables] == ["File formats"]
    assert tables[0].rows[0] == ("JPEG", Share("100%", 1.0), Share("99.5%", 370 / 372), Number("−0.5"))


def test_many_kinds_are_cut_to_those_that_changed_most() -> None:
    labels = {f"class {i:02}": 10 for i in range(40)}
    after = labels | {"class 07": 90}
    both = replace(REPORT, baseline=replace(REPORT.baseline, images=400, labels=labels))
    both = replace(both, window=replace(REPORT.window, images=480, labels=after))
    (classes,) = classes_sections(both)
    table = classes.blocks[0]
    assert isinstance(table, Table)
    assert table.rows[0][0] == "class 07"
    assert table.rows[-1][0] == "all others"
    assert len(table.rows) == 13
    assert "28 more" in table.note


def test_a_side_that_knows_nothing_gets_no_shares() -> None:
    bare = replace(REPORT, window=replace(REPORT.window, labels={}, sizes={}, cameras={}, formats={}))
    table = composition_section(bare).blocks[-1]
    assert isinstance(table, Table)
    assert table.rows[0][2:] == (Number("–"), Number("–"))


def test_nothing_known_is_said() -> None:
    bare = replace(REPORT.window, labels={}, sizes={}, cameras={}, formats={})
    assert "not known" in words(composition_section(replace(REPORT, baseline=bare, window=bare)))


def test_skipped_files_are_grouped_by_reason_and_capped() -> None:
    table = only(skipped_section(REPORT), Table)
    assert isinstance(table, Table)
    assert table.rows[0] == ("truncated", Number("2"), Names(("cam-02/0200.jpg", "cam-02/0201.jpg")))
    assert table.note == "1 more file was skipped and is not listed."
    many = [Skipped(f"{i}.jpg", f"reason {i % 30}") for i in range(900)]
    table = only(skipped_section(replace(REPORT, skipped=many)), Table)
    assert isinstance(table, Table)
    assert len(table.rows) == 20
    assert table.rows[-1][0] == "other reasons"
    cells = [row[2] for row in table.rows]
    shown = sum(len(cell.names) for cell in cells if isinstance(cell, Names))
    assert shown <= 200
    assert shown + sum(cell.more for cell in cells if isinstance(cell, Names)) == 900


def test_skipped_files_have_their_empty_states() -> None:
    whole = replace(REPORT, skipped=[], window=replace(REPORT.window, skipped=0))
    assert "Every image" in words(skipped_section(whole))
    assert "4 files could not be read" in words(skipped_section(replace(REPORT, skipped=[])))


def test_duplicates_are_grouped_and_capped() -> None:
    table = only(duplicates_section(REPORT), Table)
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["Exact copies", "Nearly the same", "Also in the baseline"]
    many = Duplicates([["a", "b"]] * 99 + [["x"] * 500], images=599, searched=700)
    table = only(duplicates_section(replace(REPORT, duplicates=many)), Table)
    assert isinstance(table, Table)
    assert table.rows[0][1] == Number("500")
    assert table.note == "88 more groups are in the JSON report."


def test_duplicates_have_their_empty_states() -> None:
    assert "not searched" in words(duplicates_section(replace(REPORT, duplicates=None)))
    none = Duplicates(searched=372)
    assert "None among the 372 images" in words(duplicates_section(replace(REPORT, duplicates=none)))


def test_the_rule_is_told_in_words() -> None:
    assert "at most alpha = 0.01" in words(decision_section(REPORT))
    assert "at least 0.1" in words(decision_section(REPORT))
    assert "No decision" in words(decision_section(FEW))
    assert "Fixed thresholds" in words(decision_section(replace(REPORT, p_value=None)))


def test_settings_of_any_kind_are_shown() -> None:
    policy = {"a": True, "b": None, "c": [1, 2], "d": {"x": 0.5}, "e": "text", "f": []}
    facts = only(decision_section(replace(REPORT, policy=policy)), Facts)
    assert isinstance(facts, Facts)
    assert [value for _, value in facts.items] == ["yes", "none", "1, 2", "x: 0.5", "text", "none"]


def test_the_brief_view_holds_answer_changes_and_notes() -> None:
    assert [one.heading for one in drift_brief(REPORT).sections] == ["Key figures", "What changed", "Notes"]
    assert drift_document(REPORT).verdict.headline == drift_brief(REPORT).verdict.headline
    # The whole document has a summary, so its banner does not say the same.
    assert drift_brief(REPORT).verdict.text == REPORT.summary
    assert drift_document(REPORT).verdict.text.startswith(
        "300 images of the window against 3,068 of the baseline (p < 0.0001; drift"
    )
    assert drift_document(REPORT).sections[0].heading == "Summary"


def test_a_report_is_drawn_without_statistics() -> None:
    program = "import sys, lookoutcv.reports.views; print([m for m in ('scipy', 'cv2', 'pyarrow') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
