import json

import numpy as np
import pytest

from lookoutcv.drift.accuracy.calibration import Calibration, Softening
from lookoutcv.drift.accuracy.fit_calibration import calibrate, calibrate_confidence
from lookoutcv.errors import CorruptFile, ShapeMismatch


def answered(rng: np.random.Generator, images: int, temperature: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Scores of a model that is `temperature` times too certain, and the truth."""
    honest = rng.dirichlet([0.4] * 5, images)
    truth = np.array([rng.choice(5, p=row) for row in honest])
    return Softening(1 / temperature, [0.0] * 5).of(honest), truth


def test_temperature_undoes_how_much_too_certain_a_model_is() -> None:
    found = calibrate(*answered(np.random.default_rng(1), 4000, temperature=2.5))
    assert found.softening is not None
    assert found.softening.temperature == pytest.approx(2.5, rel=0.1)
    assert np.abs(found.softening.offsets).max() < 0.25


def test_an_offset_undoes_that_a_class_is_named_too_often() -> None:
    scores, truth = answered(np.random.default_rng(2), 4000)
    found = calibrate(Softening(1.0, [1.0, 0, 0, 0, 0]).of(scores), truth)
    assert found.softening is not None
    offsets = np.array(found.softening.offsets)
    assert offsets[0] - offsets[1:].mean() == pytest.approx(-1.0, abs=0.15)


def test_scores_and_confidences_give_the_accuracy_that_was_seen() -> None:
    scores, truth = answered(np.random.default_rng(3), 500)
    correct = scores.argmax(axis=1) == truth
    assert calibrate(scores, truth).accuracy == calibrate_confidence(scores.max(axis=1), correct).accuracy
    assert calibrate(scores, truth).accuracy == correct.mean()


def test_rows_with_nan_are_left_out() -> None:
    scores, truth = answered(np.random.default_rng(4), 400)
    broken = np.concatenate([scores, np.full((30, 5), np.nan)])
    assert calibrate(broken, np.concatenate([truth, np.zeros(30, int)])) == calibrate(scores, truth)


def test_a_class_that_the_model_lacks_is_never_right() -> None:
    scores, truth = answered(np.random.default_rng(5), 400)
    found = calibrate(scores, np.where(truth == 0, -1, truth))
    assert found.accuracy == ((scores.argmax(axis=1) == truth) & (truth != 0)).mean()
    assert found.priors is not None
    assert sum(found.priors) == pytest.approx(1)
    assert min(found.priors) > 0


def test_with_no_known_class_at_all_nothing_is_right() -> None:
    found = calibrate(np.array([[0.7, 0.3], [0.4, 0.6]]), np.array([-1, -1]))
    assert found.accuracy == 0
    assert found.softening == Softening(1.0, [0.0, 0.0])
    assert found.confidence.at(np.array([0.7])).tolist() == [0.01]


def test_scores_of_zero_and_one_calibrate_too() -> None:
    scores = np.eye(3)[np.array([0, 1, 2] * 40)]
    found = calibrate(scores, np.array([0, 1, 1] * 40))
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.softening is not None
    assert np.isfinite(found.softening.of(scores)).all()


def test_it_turns_into_json_and_back() -> None:
    scores, truth = answered(np.random.default_rng(6), 300)
    for made in (calibrate(scores, truth), calibrate_confidence(scores.max(axis=1), truth == 0)):
        assert Calibration.from_dict(json.loads(json.dumps(made.to_dict()))) == made
        assert Calibration.from_dict({**made.to_dict(), "later": 1}) == made


def test_damage_is_named() -> None:
    good = calibrate(*answered(np.random.default_rng(7), 50)).to_dict()
    for key, value in [
        ("accuracy", None),
        ("accuracy", float("nan")),
        ("accuracy", True),
        ("priors", [0.5, "a"]),
        ("priors", 3),
        ("confidence", {}),
        ("confidence", {**good["confidence"], "chance": []}),
        ("softening", []),
        ("by_class", {"edges": []}),
    ]:
        with pytest.raises(CorruptFile, match="Make the baseline again"):
            Calibration.from_dict({**good, key: value})
    with pytest.raises(CorruptFile):
        Calibration.from_dict(None)


@pytest.mark.parametrize(
    ("scores", "truth"),
    [
        (np.zeros(3), np.zeros(3, int)),
        (np.zeros((3, 2)), np.zeros(2, int)),
        (np.zeros((3, 0)), np.zeros(3, int)),
        (np.zeros((0, 2)), np.zeros(0, int)),
        (np.full((3, 2), np.nan), np.zeros(3, int)),
    ],
)
def test_shapes_that_calibrate_nothing_are_refused(scores: np.ndarray, truth: np.ndarray) -> None:
    with pytest.raises(ShapeMismatch, match="Give one row of scores"):
        calibrate(scores, truth)
