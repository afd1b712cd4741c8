"""The page in a real browser: nothing that keeps people out, nothing loaded, nothing wider than a telephone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lookoutcv.reports.rendering import render
from lookoutcv.reports.views.every_result import Drawable
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.accuracy.true_accuracy import ClassScores, Mistake, TrueAccuracy
from lookoutcv.results.findings.class_drift import ClassDrift
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.findings.prediction_drift import PredictionDrift, PredictionMetric
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT
from run_to_draw import RUN, evaluation

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
GROUPS = [
    GroupDrift("cam-1", 150, Severity.NONE, 0.4, 0.8, 0.1, "No drift found."),
    GroupDrift("cam-2", 150, Severity.HIGH, 1e-9, 1e-8, 0.9, "Images are 40% darker.", "baseline"),
]
TRUTH = TrueAccuracy(300, 0.72, [ClassScores("ok", 0.8, 0.7, 0.75, 200, 190)], [Mistake("ok", "scratch", 9)])
MODEL = {
    "accuracy": ModelAccuracy(AccuracyEstimate("unreliable", "Few labels.", 90, 0.9, 0.7), TRUTH),
    "outputs": PredictionDrift(
        True,
        Severity.MEDIUM,
        1e-4,
        0.01,
        0.4,
        [PredictionMetric("score.ok", "ok", -0.4, 1e-4, 0.9, 0.7, "median", Severity.MEDIUM, "Less sure.")],
        ClassDrift(1e-4, 0.2, changes={"ok": -0.2, "scratch": 0.2}, before={"ok": 0.9, "scratch": 0.1}),
    ),
}
REPORTS: dict[str, Drawable] = {
    "drift": replace(REPORT, groups=GROUPS, policy=replace(REPORT.policy, group_by="camera"), **MODEL),
    "few": replace(REPORT, overall_drift_detected=None, severity=Severity.INSUFFICIENT, p_value=None, onset=None),
    "same": replace(
        REPORT,
        overall_drift_detected=False,
        severity=Severity.NONE,
        p_value=0.4,
        onset=None,
        most_shifted=[],
    ),
    "run": RUN,
    "fifty classes": evaluation(tuple(f"a class of many, number {i}" for i in range(50)), 2000),
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    pytest.importorskip("axe_core_python.selenium", reason="axe-core-python is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("needs Chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()


def show(browser: Any, folder: Path, report: Drawable, width: int, scheme: str = "light", **options: Any) -> None:
    page = render(report, folder / "report.html", **options)
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": "dark" if scheme == "dark" else "light"}]
    media = {"media": "print" if scheme == "print" else "screen", "features": features}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(page.as_uri())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", REPORTS)
def test_axe_finds_nothing_serious(browser: Any, tmp_path: Path, name: str, scheme: str) -> None:
    from axe_core_python.selenium import Axe

    show(browser, tmp_path, REPORTS[name], 1280 if scheme == "light" else 390, scheme)
    browser.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(browser)
    bad = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in bad] == []
    assert len(found["passes"]) > 15, "axe looked at the page"


# A4 less its margins is 688 CSS pixels wide.
@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("print", 688)])
@pytest.mark.parametrize("name", REPORTS)
def test_a_page_is_never_wider_than_its_place(browser: Any, tmp_path: Path, name: str, scheme: str, width: int) -> None:
    show(browser, tmp_path, REPORTS[name], width, scheme)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["run", "fifty classes"])
def test_on_a_telephone_no_column_is_out_of_sight(browser: Any, tmp_path: Path, name: str) -> None:
    show(browser, tmp_path, REPORTS[name], 390)
    browser.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    hidden = (
        "return [...document.querySelectorAll('.scroll:has(table)')].filter(one => one.scrollWidth > one.clientWidth)"
        ".map(one => one.parentElement.innerText.slice(0, 60))"
    )
    assert browser.execute_script("return document.querySelectorAll('.scroll:has(table)').length") > 2
    assert browser.execute_script(hidden) == []


def test_what_stands_below_one_another_is_named_and_still_a_table(browser: Any, tmp_path: Path) -> None:
    show(browser, tmp_path, REPORTS["run"], 390)
    found = browser.execute_script(
        "const cell = document.querySelector('.stacked tbody td');"
        "return [getComputedStyle(cell, '::before').content, getComputedStyle(cell).display, cell.getAttribute('role')]"
    )
    assert found == ['"Accuracy"', "grid", "cell"]
    show(browser, tmp_path, REPORTS["run"], 1280)
    wide = "return getComputedStyle(document.querySelector('.stacked tbody td')).display"
    assert browser.execute_script(wide) == "table-cell"


def test_a_page_loads_nothing_and_says_nothing_to_the_console(browser: Any, tmp_path: Path) -> None:
    show(browser, tmp_path, REPORTS["drift"], 1280)
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert [name for name in loaded if not name.startswith("data:")] == []
    assert browser.execute_script("return document.scripts.length") == 0
    assert [one for one in browser.get_log("browser") if one["level"] == "SEVERE"] == []


def test_the_keyboard_reaches_what_can_be_opened_and_what_scrolls(browser: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    show(browser, tmp_path, REPORTS["drift"], 390)
    reached = set()
    for _ in range(40):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        focused = browser.execute_script(
            "const one = document.activeElement; const style = getComputedStyle(one);"
            "return [one.tagName, one.className, style.outlineStyle]"
        )
        reached.add(tuple(focused[:2]))
        if focused[0] == "SUMMARY":
            assert focused[2] != "none", "focus can be seen"
            ActionChains(browser).send_keys(Keys.ENTER).perform()
            assert browser.execute_script("return document.activeElement.parentElement.open")
            break
    assert ("DIV", "scroll") in reached
    assert any(tag == "SUMMARY" for tag, _ in reached)


def test_folded_sections_are_printed(browser: Any, tmp_path: Path) -> None:
    show(browser, tmp_path, REPORTS["drift"], 1000, "print")
    height = browser.execute_script("return document.querySelector('details table').getBoundingClientRect().height")
    assert height > 100


def test_an_interactive_page_draws_its_charts_from_itself(browser: Any, tmp_path: Path) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    show(browser, tmp_path, REPORTS["drift"], 1280, interactive=True)
    plots = len(browser.find_elements("css selector", ".plot"))
    WebDriverWait(browser, 20).until(lambda page: len(page.find_elements("css selector", ".plot.live")) == plots)
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert [name for name in loaded if not name.startswith("data:")] == []
