from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.describe.onset import MOST_PERIODS, shift_onset
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.wording.onset_sentences import onset_in_words
from lookoutcv.results.findings.onset import Onset

START = datetime(2026, 11, 16, 8, tzinfo=UTC)
BEFORE = np.random.default_rng(11).normal(size=(600, 4))


def window(rng: np.random.Generator, days: int, first: int, last: int, each: int = 60) -> tuple[np.ndarray, pa.Array]:
    """`each` images a day, shifted on the days from `first` up to `last`."""
    scores = rng.normal(size=(days * each, 4))
    times = [START + timedelta(days=i // each, minutes=5 * (i % each)) for i in range(days * each)]
    scores[first * each : last * each, 0] += 2.5
    mixed = rng.permutation(len(times))
    return scores[mixed], pa.array([times[i] for i in mixed], pa.timestamp("us", tz="UTC"))


def onset(scores: np.ndarray, times: pa.Array, last_before: datetime | None = None) -> Onset:
    return onset_in_words(shift_onset(BEFORE, scores, times, DEFAULT, last_before))


def told(rng: np.random.Generator, days: int, first: int, last: int, last_before: datetime | None = None) -> Onset:
    return onset(*window(rng, days, first, last), last_before)


@pytest.mark.parametrize("first", [1, 3, 6])
def test_a_shift_within_the_window_is_dated_to_its_day(first: int, rng: np.random.Generator) -> None:
    found = told(rng, 7, first, 7)
    assert (found.status, found.by) == ("within", "day")
    assert found.first == f"2026-11-{16 + first}"
    assert [one.shifted for one in found.periods] == [False] * first + [True] * (7 - first)
    assert f"Images before 2026-11-{16 + first} look like" in found.text


def test_a_shift_that_was_there_from_the_start_began_before(rng: np.random.Generator) -> None:
    found = told(rng, 5, 0, 5)
    assert found.status == "throughout"
    assert "began before this window" in found.text
    before = told(rng, 5, 0, 5, START - timedelta(days=3))
    assert "between the baseline's last image (2026-11-13 08:00 UTC)" in before.text
    assert "(2026-11-16 08:00 UTC)" in before.text


def test_an_odd_day_before_a_lasting_shift_is_named_and_is_not_the_beginning(rng: np.random.Generator) -> None:
    scores, times = window(rng, 8, 4, 8)
    second = np.array([one.as_py().date() == (START + timedelta(days=1)).date() for one in times])
    scores[second, 0] += 1.5
    found = onset(scores, times)
    assert [one.shifted for one in found.periods] == [False, True, False, False, True, True, True, True]
    assert (found.status, found.first) == ("within", "2026-11-20")
    assert found.text == "Images before 2026-11-20 look like the baseline's but for 2026-11-17, later ones do not."


def test_one_shifted_day_at_the_end_after_another_is_no_beginning(rng: np.random.Generator) -> None:
    scores, times = window(rng, 8, 7, 8)
    second = np.array([one.as_py().date() == (START + timedelta(days=1)).date() for one in times])
    scores[second, 0] += 2.5
    assert onset(scores, times).status == "part"


def test_a_shift_of_some_days_is_no_beginning(rng: np.random.Generator) -> None:
    found = told(rng, 8, 2, 4)
    assert found.status == "part"
    assert "2026-11-18, 2026-11-19 (2 of 8 days)" in found.text


def test_one_day_is_told_hour_by_hour(rng: np.random.Generator) -> None:
    found = told(rng, 1, 0, 1)
    assert (found.status, found.by) == ("throughout", "hour")
    assert [one.name for one in found.periods][:2] == ["2026-11-16 08:00", "2026-11-16 09:00"]
    assert sum(one.images for one in found.periods) == 60


def test_without_times_nothing_is_known(rng: np.random.Generator) -> None:
    scores, times = window(rng, 3, 1, 3)
    found = onset(scores, pa.nulls(len(times), pa.timestamp("us", tz="UTC")))
    assert (found.status, found.periods, found.first) == ("unknown", [], None)
    half = pa.array([t if i % 3 == 0 else None for i, t in enumerate(times.to_pylist())], times.type)
    assert onset(scores, half).status == "unknown"


def test_missing_values_and_few_images_a_day_are_borne(rng: np.random.Generator) -> None:
    scores, times = window(rng, 200, 100, 200, each=3)
    scores[::7, 1] = np.nan
    found = onset(scores, times)
    assert found.status == "within"
    assert len(found.periods) <= MOST_PERIODS
    assert min(one.images for one in found.periods) >= 10
    assert found.first is not None
    assert abs((datetime.fromisoformat(found.first) - datetime(2027, 2, 24)).days) <= 4
