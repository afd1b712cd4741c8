import json

import numpy as np
import pytest

from lookoutcv.drift.accuracy.calibration import Calibration, Softening
from lookoutcv.drift.accuracy.doubts import FewImages, FewLabels, ImagesChanged, NoBaselineLabels, OtherClasses
from lookoutcv.drift.accuracy.estimate import estimate_accuracy
from lookoutcv.drift.accuracy.fit_calibration import calibrate, calibrate_confidence
from lookoutcv.drift.wording.accuracy_sentences import estimate_in_words
from lookoutcv.errors import ShapeMismatch
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate

CLASSES = 4


def answered(
    rng: np.random.Generator, images: int, clarity: float = 2.5, shares: list[float] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Scores of a model that is too certain, and the truth; less clarity is a worse picture."""
    truth = rng.choice(CLASSES, images, p=shares)
    logits = rng.normal(size=(images, CLASSES))
    logits[np.arange(images), truth] += clarity
    # The model was made for a clarity of 2.5, and believes itself twice as much as it should.
    return Softening(0.5, [0.0] * CLASSES).of(np.exp(2.5 * logits - 2.5 * logits.max(axis=1, keepdims=True))), truth


def right(scores: np.ndarray, truth: np.ndarray) -> float:
    return float((scores.argmax(axis=1) == truth).mean())


KNOWN = calibrate(*answered(np.random.default_rng(11), 3000))


def test_an_unchanged_window_is_estimated_well_and_raises_no_alarm(rng: np.random.Generator) -> None:
    scores, truth = answered(rng, 2000)
    found = estimate_accuracy(KNOWN, scores)
    assert found.status == "reliable"
    assert found.doubts == ()
    assert found.estimate == pytest.approx(right(scores, truth), abs=0.03)
    assert found.low <= right(scores, truth) <= found.high
    assert (found.impact, found.severity) == (False, "none")


def test_a_window_of_worse_pictures_raises_the_alarm(rng: np.random.Generator) -> None:
    scores, truth = answered(rng, 1000, clarity=1.2)
    found = estimate_accuracy(KNOWN, scores)
    assert found.drop > 0.1
    assert (found.impact, found.severity) == (True, "high")
    # The model is more certain of bad pictures than it should be: over 60 seeds, 39 to 50% of the drop are found.
    assert 0.35 < (KNOWN.accuracy - found.estimate) / (KNOWN.accuracy - right(scores, truth)) < 0.55


def test_other_class_frequencies_are_no_harm(rng: np.random.Generator) -> None:
    scores, truth = answered(rng, 1000, shares=[0.6, 0.2, 0.15, 0.05])
    found = estimate_accuracy(KNOWN, scores)
    assert found.prior_shift == pytest.approx(0.35, abs=0.07)
    assert "cot" not in found.methods
    assert found.estimate == pytest.approx(right(scores, truth), abs=0.04)
    assert found.impact is False


def test_other_classes_altogether_are_refused(rng: np.random.Generator) -> None:
    found = estimate_accuracy(KNOWN, answered(rng, 1000, shares=[0.97, 0.01, 0.01, 0.01])[0])
    assert found.status == "unreliable"
    assert found.doubts[0] == OtherClasses(pytest.approx(0.72, abs=0.06), explained=True)


def test_a_model_that_calls_everything_one_class_is_found_out(rng: np.random.Generator) -> None:
    scores, truth = answered(rng, 1000, clarity=0.2)
    swayed = Softening(1.0, [15.0, 0, 0, 0]).of(scores)
    found = estimate_accuracy(KNOWN, swayed)
    assert found.status == "unreliable"
    assert any(isinstance(doubt, OtherClasses) and not doubt.explained for doubt in found.doubts)
    assert found.impact
    # Confidence alone believes it.
    assert abs(found.estimate - right(swayed, truth)) < 0.5 * abs(swayed.max(axis=1).mean() - right(swayed, truth))


def test_confidence_alone_gives_an_estimate_from_two_methods(rng: np.random.Generator) -> None:
    scores, _ = answered(rng, 1000, clarity=1.2)
    found = estimate_accuracy(KNOWN, scores.max(axis=1))
    assert found.estimate == pytest.approx((found.methods["cbpe"] + found.methods["atc"]) / 2)
    assert found.prior_shift is None
    assert found.estimate < KNOWN.accuracy - 0.05


def test_few_images_or_labels_are_said_and_raise_no_alarm(rng: np.random.Generator) -> None:
    few = calibrate(*answered(rng, 200))
    for known, images, doubt in ((few, 500, FewLabels(200, 300)), (KNOWN, 99, FewImages(99, 100))):
        found = estimate_accuracy(known, answered(rng, images, clarity=0.5)[0])
        assert found.status == "unreliable"
        assert doubt in found.doubts
        assert (found.impact, found.severity) == (None, "insufficient")
        assert found.estimate is not None


def test_without_labels_or_scores_there_is_no_estimate(rng: np.random.Generator) -> None:
    assert estimate_accuracy(None, answered(rng, 200)[0]).doubts == (NoBaselineLabels(),)
    empty = estimate_accuracy(KNOWN, np.full((150, CLASSES), np.nan))
    assert (empty.images, empty.estimate, empty.status) == (0, None, "unreliable")


def test_images_with_nan_are_left_out(rng: np.random.Generator) -> None:
    scores = answered(rng, 400)[0]
    broken = np.concatenate([scores, np.full((50, CLASSES), np.nan)])
    assert estimate_accuracy(KNOWN, broken) == estimate_accuracy(KNOWN, scores)


def test_confidences_alone_are_less_sure(rng: np.random.Generator) -> None:
    scores, truth = answered(rng, 1000, clarity=1.2)
    alone, whole = estimate_accuracy(KNOWN, scores.max(axis=1)), estimate_accuracy(KNOWN, scores)
    assert alone.high - alone.low > whole.high - whole.low
    assert alone.drop_noise > whole.drop_noise
    assert alone.low <= right(scores, truth) <= alone.high
    assert (alone.confidences_only, whole.confidences_only) == (True, False)


def test_confidences_alone_are_not_relied_on_where_the_images_changed(rng: np.random.Generator) -> None:
    sure = answered(rng, 1000)[0].max(axis=1)
    calm, changed = ({"exposure.brightness": by, "noise.sigma": 0.02} for by in (0.04, -0.5))
    assert estimate_accuracy(KNOWN, sure, calm).status == "reliable"
    found = estimate_accuracy(KNOWN, sure, changed)
    assert found.status == "unreliable"
    assert ImagesChanged() in found.doubts
    # Scores of all classes tell more, and are judged by that.
    assert estimate_accuracy(KNOWN, answered(rng, 1000)[0], changed).status == "reliable"


def test_unchanged_confidences_raise_no_alarm(rng: np.random.Generator) -> None:
    """Half of the estimate is the share of sure answers, which varies more than the mean chance does."""
    alarms = [estimate_accuracy(KNOWN, answered(rng, 300)[0].max(axis=1)).impact for _ in range(100)]
    assert sum(map(bool, alarms)) <= 2


def test_scores_of_another_model_are_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ShapeMismatch, match="scores of 2 classes for a calibration of 4"):
        estimate_accuracy(KNOWN, np.full((200, 2), 0.5))
    with pytest.raises(ShapeMismatch):
        estimate_accuracy(calibrate_confidence(np.array([0.5, 0.7]), np.array([True, False])), answered(rng, 200)[0])


def test_many_classes_and_few_images_do_not_upset_it(rng: np.random.Generator) -> None:
    def many(images: int) -> tuple[np.ndarray, np.ndarray]:
        truth = rng.integers(0, 300, images)
        logits = rng.normal(size=(images, 300))
        logits[np.arange(images), truth] += 5
        return Softening(1.0, [0.0] * 300).of(np.exp(logits)), truth

    known = calibrate(*many(1500))
    scores, truth = many(300)
    found = estimate_accuracy(known, scores)
    assert found.status == "reliable"
    assert found.estimate == pytest.approx(right(scores, truth), abs=0.06)
    assert not found.impact


def test_the_estimate_is_json(rng: np.random.Generator) -> None:
    found = estimate_in_words(estimate_accuracy(Calibration.from_dict(KNOWN.to_dict()), answered(rng, 150)[0]))
    assert AccuracyEstimate.from_dict(json.loads(json.dumps(found.to_dict()))) == found
