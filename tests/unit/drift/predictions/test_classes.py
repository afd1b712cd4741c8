import numpy as np
import pytest

from lookoutcv.drift.predictions.classes import class_drift, frequency_test


def test_classes_that_came_and_went_are_named() -> None:
    found = class_drift({"cat": 900, "dog": 95, "rare": 5}, {"cat": 90, "fox": 10})
    assert found.new == {"fox": 10}
    assert found.absent == {"dog": 95}, "half an image of the rare class was expected: nobody misses it"
    assert next(iter(found.changes.items())) == ("fox", pytest.approx(0.1))
    assert sum(found.changes.values()) == pytest.approx(0)
    assert found.distance == pytest.approx(0.1)
    assert found.p_value < 1e-6


def test_one_class_cannot_differ() -> None:
    assert class_drift({"cat": 500}, {"cat": 30}).p_value == 1
    assert frequency_test(np.array([500, 1]), np.array([30, 0])) == (1.0, 1)


def test_nothing_is_said_of_a_side_without_images() -> None:
    for found in (class_drift({}, {"cat": 3}), class_drift({"cat": 3}, {}), class_drift({}, {})):
        assert (found.p_value, found.distance, found.new) == (1.0, 0.0, {})


def test_rare_classes_count_as_one() -> None:
    baseline = np.array([400, 300, *[3] * 100])
    window = np.array([40, 30, *[0] * 70, *[1] * 30])
    p, classes = frequency_test(baseline, window)
    assert classes == 3
    together = frequency_test(np.array([400, 300, 300]), np.array([40, 30, 30]))
    assert (p, classes) == together


def test_many_classes_seen_once_or_never_are_no_drift() -> None:
    rng = np.random.default_rng(8)
    counts = [np.bincount(rng.integers(0, 1000, n), minlength=1000) for n in (200, 100)]
    found = class_drift(*[{str(i): int(c) for i, c in enumerate(side)} for side in counts])
    assert len(found.new) > 50
    assert found.p_value > 0.1
    assert not found.absent


def test_what_is_too_rare_together_joins_the_next_class() -> None:
    assert frequency_test(np.array([500, 400, 10]), np.array([50, 40, 1]))[1] == 2
