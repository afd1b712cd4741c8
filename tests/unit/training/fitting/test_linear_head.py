"""The linear head against scikit-learn's logistic regression, and what chooses its penalty."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from lookoutcv.training.fitting import linear_head
from lookoutcv.training.fitting.linear_head import fit_head, fit_on_both, out_of_fold_scores

CLASSES, WIDTH = 4, 12


def _blobs(random: np.random.Generator, count: int, spread: float = 2.0):
    centres = np.random.default_rng(0).normal(size=(CLASSES, WIDTH))
    labels = np.arange(count) % CLASSES
    # Features of different sizes, as they come from networks.
    scales = np.geomspace(0.3, 3, WIDTH)
    return ((centres[labels] + spread * random.normal(size=(count, WIDTH))) * scales).astype(np.float32), labels


@pytest.mark.parametrize("penalty", [0.1, 1.0])
def test_it_is_the_logistic_regression_of_scikit_learn(rng, monkeypatch, penalty):
    features, labels = _blobs(rng, 200)
    monkeypatch.setattr(linear_head, "PENALTIES", (penalty,))
    monkeypatch.setattr(linear_head, "_ROWS", 37)
    head = fit_head(features, labels, CLASSES, (features, labels))
    scaler = StandardScaler().fit(features)
    scaler.scale_ = np.full(WIDTH, np.sqrt((scaler.scale_**2).mean()))
    # Theirs is a sum over the pictures with half the squares over C, ours a mean with the penalty over the width.
    model = LogisticRegression(C=WIDTH / (penalty * 200), tol=1e-8, max_iter=2000)
    model.fit(scaler.transform(features), labels)
    np.testing.assert_allclose(head.scores(features), model.predict_proba(scaler.transform(features)), atol=0.01)


def test_the_penalty_is_the_one_that_is_best_on_what_was_left_out(rng):
    features, labels = _blobs(rng, 60, spread=6.0)
    unseen = _blobs(rng, 400, spread=6.0)
    head = fit_head(features, labels, CLASSES, unseen)
    lesson = linear_head._Lesson(features, labels, CLASSES, np.ones(60), np.arange(60))
    losses = [linear_head._loss(*lesson.fits((penalty,))[0], *unseen) for penalty in linear_head.PENALTIES]
    assert head.loss == pytest.approx(min(losses), rel=0.01)


def test_without_a_part_that_chooses_folds_do(rng):
    features, labels = _blobs(rng, 120)
    head = fit_head(features, labels, CLASSES, seed=3)
    unseen, truth = _blobs(rng, 400)
    assert (head.scores(unseen).argmax(axis=1) == truth).mean() > 0.4
    assert head.loss == pytest.approx(linear_head._loss(head.weight, head.bias, unseen, truth), abs=0.25)


def test_no_picture_is_scored_by_a_head_that_saw_it(rng):
    # Labels at random: a head that saw a picture knows its label, one that did not is right once in four.
    features = rng.normal(size=(400, 300)).astype(np.float32)
    labels = rng.integers(0, CLASSES, 400)
    scores = out_of_fold_scores(features, labels, CLASSES, penalty=0.01)
    assert scores.shape == (400, CLASSES)
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-5)
    assert (scores.argmax(axis=1) == labels).mean() < 0.4


def test_rare_classes_weigh_more_where_asked(rng):
    features, labels = _blobs(rng, 400, spread=4.0)
    kept = np.flatnonzero((labels != 0) | (np.arange(400) < 40))
    features, labels = features[kept], labels[kept]
    unseen, truth = _blobs(rng, 400, spread=4.0)
    weights = np.array([10, 1, 1, 1], np.float32)
    plain = fit_head(features, labels, CLASSES)
    weighed = fit_head(features, labels, CLASSES, class_weights=weights)
    said = [(head.scores(unseen[truth == 0]).argmax(axis=1) == 0).mean() for head in (plain, weighed)]
    assert said[1] > said[0]


def test_features_that_hardly_vary_do_no_harm(rng):
    # Two features tell the classes apart, and three hundred that hardly vary are chance alone.
    labels = np.arange(480) % 2
    said = (2.0 * labels - 1)[:, None] + rng.normal(size=(480, 2))
    features = np.hstack([said, 0.01 * rng.normal(size=(480, 300))]).astype(np.float32)
    unseen = features[80:], labels[80:]
    alone = fit_head(features[:80, :2], labels[:80], 2, (unseen[0][:, :2], unseen[1]))
    assert fit_head(features[:80], labels[:80], 2, unseen).loss < alone.loss + 0.03


def test_a_head_on_both_parts_is_the_one_of_all_rows_at_the_penalty_that_was_chosen(rng, monkeypatch):
    monkeypatch.setattr(linear_head, "_ROWS", 37)
    features, labels = _blobs(rng, 150, spread=6.0)
    unseen = _blobs(rng, 60, spread=6.0)
    chosen = fit_head(features, labels, CLASSES, unseen)
    both = fit_on_both(chosen, (features, labels), unseen)
    assert (both.penalty, both.loss) == (chosen.penalty, chosen.loss)
    rows, every = np.concatenate([features, unseen[0]]), np.concatenate([labels, unseen[1]])
    lesson = linear_head._Lesson(rows, every, CLASSES, np.ones(len(every)), np.arange(len(every)))
    ((weight, bias),) = lesson.fits((chosen.penalty,))
    np.testing.assert_allclose(both.weight, weight, atol=1e-8)
    np.testing.assert_allclose(both.bias, bias, atol=1e-8)
    # It knows the pictures that chose, and the first one does not.
    assert np.log(both.scores(unseen[0])[np.arange(60), unseen[1]]).mean() > -chosen.loss
