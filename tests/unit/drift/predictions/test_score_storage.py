"""Which scores a baseline keeps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.predictions import score_storage as kept_scores
from lookoutcv.drift.predictions.calibrated_model import CalibratedModel
from lookoutcv.drift.predictions.compare_predictions import compare_predictions
from lookoutcv.drift.predictions.output_columns import output_columns
from lookoutcv.drift.predictions.score_storage import ScoreSide, thin_scores
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.wording.prediction_sentences import predictions_in_words
from lookoutcv.outputs import for_task
from lookoutcv.predictions import Classification
from lookoutcv.profiles import codec
from lookoutcv.profiles.profile import Profile, ProfileBuilder
from lookoutcv.records.prediction_columns import SELECTED_SCORES, prediction_row, scores_matrix
from lookoutcv.records.schema import schema_for

LABELS = tuple(f"class {place}" for place in range(40))
METRICS = for_task("classification")


def profile(images: int, seed: int, first: str = "") -> Profile:
    """Answers of 40 classes, the later ones more probable."""
    random = np.random.default_rng(seed)
    said = [Classification.of_scores(row, LABELS) for row in random.dirichlet(np.linspace(0.1, 1, 40), images)]
    rows = [
        {"id": f"{first}{place}", "output.confidence": one.confidence, **prediction_row(one)}
        for place, one in enumerate(said)
    ]
    builder = ProfileBuilder(METRICS, task="classification")
    for batch in pa.Table.from_pylist(rows, schema_for(METRICS, "classification")).to_batches():
        builder.add(batch)
    return builder.build()


@pytest.fixture
def thin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for the scores of 100 rows."""
    monkeypatch.setattr(kept_scores, "MOST_KEPT", 100 * len(LABELS))


def leaner(whole: Profile) -> Profile:
    return replace(whole, sample=thin_scores(whole.sample))


@pytest.mark.usefixtures("thin")
def test_the_first_rows_keep_all_scores_and_every_row_those_that_are_tested() -> None:
    whole = profile(400, 1)
    found = thin_scores(whole.sample)
    before, after = scores_matrix(whole.sample), scores_matrix(found)
    np.testing.assert_array_equal(after[:100], before[:100])
    assert found.column("scores").slice(100).null_count == 300
    side, all_of_them = ScoreSide.of(found, 40), ScoreSide.of(whole.sample, 40)
    assert side is not None
    assert all_of_them is not None
    assert len(side.tested_places()) == 15
    assert side.tested_places() == all_of_them.tested_places()
    np.testing.assert_array_equal(side.columns([39]), before[:, [39]])
    assert thin_scores(found) is found
    assert found.drop_columns(["scores", SELECTED_SCORES]) == whole.sample.drop_columns(["scores"])


def test_few_scores_and_none_stay_as_they_are() -> None:
    sample = profile(50, 1).sample
    assert thin_scores(sample) is sample
    assert thin_scores(sample.drop_columns(["scores"])).num_columns == sample.num_columns - 1


@pytest.mark.usefixtures("thin")
def test_a_lean_baseline_finds_exactly_what_a_whole_one_finds() -> None:
    whole, window = profile(400, 1), profile(150, 2, "w")
    model = CalibratedModel(LABELS, None, "classification")
    found = [compare_predictions(baseline, window, DEFAULT, model) for baseline in (whole, leaner(whole))]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].p_value == found[1].p_value
    assert predictions_in_words(found[0], 1, 0.01) == predictions_in_words(found[1], 1, 0.01)
    assert len(found[0].metrics) > 15


@pytest.mark.usefixtures("thin")
def test_two_lean_baselines_are_compared_by_the_classes_that_both_watch() -> None:
    one, other = leaner(profile(400, 1)), leaner(profile(400, 2, "w"))
    columns = output_columns(one, other, LABELS, "classification")
    both = [ScoreSide.of(side.sample, 40) for side in (one, other)]
    assert both[0] is not None
    assert both[1] is not None
    shared = set(both[0].tested_places()) & set(both[1].tested_places())
    assert {f"score.class {place}" for place in shared} == set(columns.terms)
    assert 0 < len(shared) < 15


@pytest.mark.usefixtures("thin")
def test_a_lean_baseline_survives_its_file_and_merges() -> None:
    found = leaner(profile(400, 1))
    back, _ = codec.decode(codec.encode(found))
    assert back.sample.equals(found.sample)
    assert back.merge(Profile()).sample.equals(found.sample)
    assert ScoreSide.of(back.sample, 39) is None, "a model of other classes"
