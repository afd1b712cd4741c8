import json
from typing import Any

import numpy as np
import pytest

from lookoutcv.drift.sequential.e_process import alarm_threshold, initial_evidence, mean_evidence, update_evidence
from lookoutcv.drift.sequential.image_stream import ImageStream, StreamRules, reference_rank, stream_rank
from lookoutcv.errors import ConfigError, ShapeMismatch

QUICK = StreamRules(horizon=1000)


def images(seed: int, n: int, shift: float = 0.0, metrics: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scene = rng.normal(size=(n, 1))
    return shift + 0.5 * scene + rng.normal(size=(n, metrics))


def test_ranks_of_ties_and_ends() -> None:
    assert [stream_rank(x, [1.0, 1.0, 2.0]) for x in (0.0, 1.0, 1.5, 2.0, 3.0)] == [0.125, 0.375, 0.625, 0.75, 0.875]
    assert [reference_rank(x, [1.0, 1.0, 2.0, 3.0]) for x in (0.0, 1.0, 9.0)] == [0.125, 0.25, 0.875]


def test_a_shift_is_found_soon_and_named() -> None:
    stream = ImageStream(images(1, 500), QUICK)
    assert stream.update_many(images(2, 500)) == []
    changed = images(3, 200)
    changed[:, 2] -= 1.5
    alarms = stream.update_many(changed)
    assert 500 < alarms[0].image <= 560
    assert alarms[0].moved[0] == (2, -1)
    assert alarms[0].evidence >= alarm_threshold(1000, 0.05)
    # A change that lasts is reported again, and counted from the restart.
    assert alarms[1].since_restart == alarms[1].image - alarms[0].image


def test_a_large_baseline_stays_the_reference() -> None:
    stream = ImageStream(images(1, 2000), QUICK)
    assert stream.update_many(images(2, 50)) == []
    assert stream.to_dict()["stream_values"] == [[]] * 4
    assert stream.update_many(images(3, 60, shift=1.5))


def test_metrics_without_a_value_or_without_variation_do_no_harm() -> None:
    def odd(values: np.ndarray) -> np.ndarray:
        values[:, 0] = 7.0
        values[:, 1] = np.nan
        values[::3, 2] = np.inf
        return values

    stream = ImageStream(odd(images(1, 100)), QUICK)
    assert stream.update_many(odd(images(2, 900))) == []
    broken = odd(images(3, 30))
    broken[:, 0] = 8.0
    assert stream.update_many(broken)[0].moved[0] == (0, 1)


def test_a_missing_value_leaves_the_evidence() -> None:
    before = np.array([[3.0, 4.0]])
    assert update_evidence(before, np.array([np.nan]), [0.6], np.array([0.1])).tolist() == before.tolist()


def test_evidence_is_capped() -> None:
    evidence = initial_evidence(1, [1.2])
    for _ in range(3000):
        evidence = update_evidence(evidence, np.array([8.0]), [1.2], np.array([0.1]))
    assert evidence.max() == 1e200
    assert mean_evidence(initial_evidence(0, [1.2])) == 0


@pytest.mark.parametrize("rows", [60, 2500])
def test_a_stream_goes_on_where_it_stopped(rows: int) -> None:
    baseline, seen, more = images(1, rows), images(2, 200), images(3, 100, shift=0.8)
    whole, first, second = (ImageStream(baseline, QUICK) for _ in range(3))
    expected = whole.update_many(np.vstack([seen, more]))
    assert first.update_many(seen) == []
    second.resume(json.loads(json.dumps(first.to_dict())))
    assert second.update_many(more) == expected != []
    assert second.to_dict() == whole.to_dict()


@pytest.mark.parametrize("given", [np.zeros(3), np.zeros((1, 4)), np.zeros(5)])
def test_other_shapes_are_refused(given: Any) -> None:
    stream = ImageStream(images(1, 50))
    with pytest.raises(ShapeMismatch, match="cannot be watched"):
        stream.update(given)
    with pytest.raises(ShapeMismatch, match="a matrix with a row per image"):
        ImageStream(np.zeros(4))
    with pytest.raises(ShapeMismatch, match="state of a stream"):
        stream.resume(ImageStream(images(1, 50, metrics=3)).to_dict())


@pytest.mark.parametrize(
    ("key", "value"), [("horizon", 0), ("alpha", 1.0), ("bets", (0.1,)), ("allowance", -1.0), ("fixed_from", 0)]
)
def test_rules_out_of_range(key: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"the stream's {key} is"):
        StreamRules(**{key: value})
