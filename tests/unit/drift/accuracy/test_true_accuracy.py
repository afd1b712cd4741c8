"""How accurate a model was, where images have labels."""

from __future__ import annotations

import pyarrow as pa

from lookoutcv.drift.accuracy.true_accuracy import true_accuracy, truth_indices, truth_of
from lookoutcv.results.accuracy.true_accuracy import Mistake


def rows(labels: list[str | None], answers: list[str | None]) -> pa.Table:
    return pa.table({"label": pa.array(labels, pa.string()), "prediction": pa.array(answers, pa.string())})


def test_labels_are_the_models_in_other_words() -> None:
    labels = ["tench, Tinca tinca", "hot dog"]
    found = truth_of(rows(["n01440764_tench", "Hot_Dog", None], [None] * 3), labels)
    assert found == ["tench, Tinca tinca", "hot dog", None]
    assert truth_indices(rows(["tench", "fox", "HOT DOG"], [None] * 3), labels).tolist() == [0, -1, 1]


def test_labels_of_something_else_are_none() -> None:
    assert truth_of(rows(["monday", "tuesday", "cat"], [None] * 3), ["cat", "dog"]) == [None] * 3
    assert truth_of(rows(["monday", "cat"], [None] * 2), ["cat"]) == ["monday", "cat"], "half of them are enough"
    assert truth_of(rows([None, None], [None] * 2), ["cat"]) == [None, None]
    assert truth_of(pa.table({"id": ["a"]}), ["cat"]) == [None]
    assert truth_of(rows(["cat"], [None]), []) == [None]


def test_of_predictions_alone_labels_of_something_else_make_no_accuracy() -> None:
    days = rows(["monday", "tuesday", "cat"], ["cat", "dog", "cat"])
    assert true_accuracy(days, ["cat", "dog"], open=True) is None
    half = true_accuracy(rows(["monday", "cat"], ["cat", "cat"]), ["cat"], open=True)
    assert half is not None
    assert half.accuracy == 0.5


def test_only_images_with_a_label_and_an_answer_count() -> None:
    found = true_accuracy(rows(["cat", "cat", "dog", None, "dog"], ["cat", "dog", "dog", "dog", None]), ["cat", "dog"])
    assert found is not None
    assert (found.images, found.accuracy) == (3, 2 / 3)
    assert true_accuracy(rows(["cat"], [None]), ["cat"]) is None
    assert true_accuracy(rows([None], ["cat"]), ["cat"]) is None


def test_what_a_report_holds_of_a_thousand_classes_is_short() -> None:
    labels = [f"class {i}" for i in range(1000)]
    found = true_accuracy(rows(labels[:4], [labels[0], labels[2], labels[2], labels[2]]), labels)
    assert found is not None
    assert [one.label for one in found.classes] == labels[:4]
    assert found.labels is None
    assert found.confusion is None
    assert found.mistakes == [Mistake("class 1", "class 2", 1), Mistake("class 3", "class 2", 1)]


def test_labels_that_come_twice_are_one_class() -> None:
    found = true_accuracy(rows(["crane", "crane"], ["crane", "cat"]), ["crane", "cat", "crane"])
    assert found is not None
    assert found.accuracy == 0.5
    assert truth_indices(rows(["crane"], [None]), ["cat", "crane", "crane"]).tolist() == [1]


def test_of_predictions_only_two_spellings_of_a_class_are_one() -> None:
    sample = rows(["cat", "cat", "dog"], ["Cat", "cat", "dog"])
    found = true_accuracy(sample, ["Cat", "cat", "dog"], open=True)
    assert found is not None
    assert found.accuracy == 1.0
    closed = true_accuracy(sample, ["Cat", "cat", "dog"])
    assert closed is not None
    assert round(closed.accuracy, 3) == 0.667


def test_a_log_that_tells_no_labels_has_the_accuracy_of_what_it_predicted() -> None:
    found = true_accuracy(rows(["Cat", "Cat", "Dog", "owl"], ["cat", "CAT", "dog", "dog"]), (), open=True)
    assert found is not None
    assert (found.images, found.accuracy) == (4, 0.75)
    assert true_accuracy(rows(["Cat"], ["cat"]), ()) is None
