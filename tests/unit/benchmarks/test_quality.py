"""The quality benchmarks' own parts: a benchmark that counts wrongly would prove anything."""

from __future__ import annotations

import operator
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import binom, binomtest, ks_2samp

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

import false_alarms
import lookoutcv as lo
import most_shifted
import natural_days
import power
from harness import views
from harness.conditions import Conditions
from harness.corrupted import KINDS, Measured
from harness.counted import counts_at, interval, percent
from harness.decisions import beyond_limits, decide, smallest_ks_p
from harness.environments import DoesNotRun, Peer, answers
from harness.photographs import photographs
from harness.sides import profile_of
from harness.windows import Draw, Sets
from harness.workers import over
from lookoutcv.drift.compare import compare
from lookoutcv.drift.rules.policy import FIXED

NAMES = [metric.name for metric in views.tested_metrics()]


def rows(random: np.random.Generator, count: int, moved: float = 0.0) -> np.ndarray:
    values = 0.5 + 0.1 * random.normal(size=(count, len(NAMES))) + moved
    values[:, 3] = 1.0
    values[random.random(count) < 0.2, 5] = np.nan
    return values.astype(np.float32)


@pytest.mark.parametrize(("hits", "trials"), [(0, 100), (40, 4000), (17, 40), (40, 40)])
def test_intervals_of_counts_are_exact(hits: int, trials: int) -> None:
    expected = binomtest(hits, trials).proportion_ci(0.95, "exact")
    assert interval(hits, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert percent(hits, trials).startswith(f"{hits:,} of {trials:,}, 95% interval {100 * expected.low:.2f} to ")


def test_counts_of_a_known_share_lie_between_the_binomial_quantiles() -> None:
    assert counts_at(0.01, 4000) == (binom.ppf(0.025, 4000, 0.01) / 4000, binom.ppf(0.975, 4000, 0.01) / 4000)


@pytest.mark.parametrize("workers", [1, 2])
def test_work_comes_back_in_the_order_of_its_tasks(workers: int) -> None:
    assert list(over(operator.mul, 3, [5, 1, 4], workers)) == [15, 3, 12]


@pytest.mark.parametrize("moved", [0.0, 0.06])
def test_our_decision_is_that_of_the_whole_comparison(moved: float) -> None:
    random = np.random.default_rng(4)
    baseline, window = rows(random, 200), rows(random, 60, moved)
    report = compare(profile_of(baseline, random), profile_of(window, random))
    found = decide(NAMES, baseline, window)
    assert found.p_value == pytest.approx(report.p_value)
    assert found.effect == pytest.approx(report.effect)
    assert found.drifted is report.overall_drift_detected is (moved > 0)
    fixed = compare(profile_of(baseline, random), profile_of(window, random), FIXED)
    assert beyond_limits(NAMES, baseline, window) is fixed.overall_drift_detected is (moved > 0)


def test_sides_too_small_for_a_decision_are_refused() -> None:
    random = np.random.default_rng(5)
    with pytest.raises(ValueError, match="29 images are too few"):
        decide(NAMES, rows(random, 100), rows(random, 29))


def test_the_smallest_ks_p_counts_every_metric_that_varies() -> None:
    random = np.random.default_rng(6)
    baseline, window = rows(random, 200), rows(random, 60, 0.03)
    varying = [j for j in range(len(NAMES)) if j != 3]
    single = [
        ks_2samp(*(side[~np.isnan(side[:, j]), j] for side in (baseline, window)), method="asymp").pvalue
        for j in varying
    ]
    assert smallest_ks_p(baseline, window) == pytest.approx(min(single) * len(varying))


def sets_of(images: int, baseline: int) -> Sets:
    clean = np.arange(images, dtype=np.float32)[:, None]
    corrupted = np.full((images, len(KINDS), 5, 1), np.nan, dtype=np.float32)
    corrupted[:, KINDS.index("noise"), 2, 0] = 1000 + clean[:, 0]
    return Sets(("m",), {"set": Measured(clean, corrupted)}, {"set": baseline}, seed=1)


def test_windows_share_no_image_with_their_baseline_and_are_corrupted_in_part() -> None:
    sets = sets_of(50, 30)
    draw = Draw("set", "noise", 3, 20, 60, part=0.3)
    for baseline, window, changed in sets.sides(draw):
        assert changed == 6
        assert (window[:6, 0] >= 1000).all()
        assert (window[6:, 0] < 1000).all()
        images = np.concatenate([baseline[:, 0], window[:, 0] % 1000])
        assert len(set(images)) == 50
    alone = [sides[1].tobytes() for sides in sets.sides(draw)]
    assert [sides[1].tobytes() for piece in draw.pieces() for sides in sets.sides(piece)] == alone
    assert len(set(alone)) == 60


def test_clean_windows_hold_no_corrupted_image() -> None:
    for _, window, changed in sets_of(50, 30).sides(Draw("set", None, 0, 20, 5)):
        assert changed == 0
        assert window.max() < 50


def test_views_are_measured_from_files_and_rare_columns_belong_to_their_images() -> None:
    with photographs(Namespace(data=None), 3) as found:
        files = found["made"]
        table = views.measure_views(files, 4, seed=1, workers=1)
        expected = lo.measure(files[1])
    assert table.shape == (12, len(NAMES))
    assert table[4].tolist() == [np.float32(expected[name]) for name in NAMES]
    assert len(np.unique(table[4:8, NAMES.index("geometry.size")])) == 4
    names, wider = views.with_rare_columns(NAMES, table)
    extra = dict(zip(names[len(NAMES) :], wider[:, len(NAMES) :].T, strict=True))
    assert np.unique(extra["constant.one"]).tolist() == [1.0]
    assert extra["rare.three_images"].sum() == 3
    assert np.isnan(extra["gaps.half"]).sum() == 6


def test_data_without_photographs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no JPEG files"), photographs(Namespace(data=tmp_path)):
        pass


def test_every_cell_of_false_alarms_gets_its_windows_from_sets_that_are_large_enough() -> None:
    images = {"small": 1000, "large": 7000}
    tasks = false_alarms.planned(images, 115)
    for m in false_alarms.BASELINES:
        for n in false_alarms.WINDOWS:
            mine = [task for task in tasks if task[1:3] == (m, n)]
            assert sum(task[3] for task in mine) == 115
            assert all(images[task[0]] >= m + n for task in mine)
    assert len({(task[0], *task[1:3], task[4]) for task in tasks}) == len(tasks)


def test_alarms_of_unchanged_images_are_rare_and_the_effect_can_only_take_some_away() -> None:
    table = rows(np.random.default_rng(7), 300)
    drifted, significant = false_alarms.counted({"set": (NAMES, table)}, ("set", 50, 30, 60, 0))
    assert drifted <= significant <= 5


def test_the_limit_of_ks_gives_it_as_many_alarms_as_ours() -> None:
    random = np.random.default_rng(8)
    for alarms in (0, 3, 100):
        outcomes = power.Outcomes(np.arange(100.0) < alarms, random.random(100), np.zeros(100))
        assert np.count_nonzero(outcomes.ks <= outcomes.ks_limit()) == alarms


def test_mahalanobis_is_scipys_where_all_columns_vary() -> None:
    random = np.random.default_rng(10)
    baseline, window = random.normal(size=(200, 4)) @ random.normal(size=(4, 4)), random.normal(size=(30, 4))
    inverse = np.linalg.inv(np.cov(baseline, rowvar=False))
    expected = cdist(window, baseline.mean(axis=0)[None], "mahalanobis", VI=inverse)[:, 0] ** 2
    constant = [np.hstack([side, np.ones((len(side), 1))]) for side in (baseline, window)]
    assert most_shifted.mahalanobis(*constant) == pytest.approx(expected)


def test_neutral_conditions_leave_a_picture_as_it_is() -> None:
    random = np.random.default_rng(11)
    picture = random.integers(0, 256, (24, 30, 3)).astype(np.uint8)
    neutral = Conditions(1.0, 1.0, (1.0, 1.0), 1.0, 0.0, 0.0)
    assert np.array_equal(neutral.applied(picture, random), picture)
    darker = Conditions(0.5, 1.0, (1.0, 1.0), 1.0, 0.0, 0.0)
    assert darker.applied(picture, random).mean() == pytest.approx(picture.mean() / 2, abs=1)


def test_days_that_differ_are_no_drift_but_for_a_rule_without_batches() -> None:
    random = np.random.default_rng(12)
    days = {("set", 0): [rows(random, 60, random.normal(0, 0.1)) for _ in range(40)]}
    days["set", 2] = [rows(random, 60, 2.0)]
    ordinary = natural_days.Cell("set", 10, 40, 40, 0, 0, 20)
    ours, alone = natural_days.alarms(days, ordinary)
    assert ours <= 2
    assert alone >= 15
    assert natural_days.alarms(days, natural_days.Cell("set", 10, 40, 40, 2, 0, 10)) == (10, 10)


def test_a_tool_that_does_not_run_says_why(tmp_path: Path) -> None:
    data = tmp_path / "windows"
    data.mkdir()
    runner = tmp_path / "runner.py"
    runner.write_text("raise RuntimeError('needs another machine')")
    with pytest.raises(DoesNotRun, match="does not run: RuntimeError: needs another machine"):
        answers(Peer("a tool", str(runner), []), Path(sys.executable), data)


def test_a_runner_answers_for_each_pair_of_files_in_order(tmp_path: Path) -> None:
    data = tmp_path / "windows"
    data.mkdir()
    for number, value in enumerate("ab"):
        (data / f"{number:05d}-baseline.csv").write_text("a")
        (data / f"{number:05d}-window.csv").write_text(value)
    protocol = Path(__file__).parents[3] / "benchmarks" / "harness" / "peers"
    runner = tmp_path / "runner.py"
    runner.write_text(
        f"import sys; sys.path.insert(0, {str(protocol)!r})\n"
        "from windows import answer\n"
        "answer(lambda b, w: {'differs': b.read_text() != w.read_text()})\n"
    )
    found = answers(Peer("a tool", str(runner), []), Path(sys.executable), data)
    assert found["verdicts"] == {"differs": [False, True]}
