import pytest

from lookoutcv.drift.accuracy.doubts import (
    Doubt,
    FewImages,
    FewLabels,
    ImagesChanged,
    MethodsDisagree,
    OtherClasses,
)
from lookoutcv.drift.accuracy.estimate import EstimatedAccuracy
from lookoutcv.drift.wording.accuracy_sentences import doubt_sentence, estimate_in_words


def test_every_kind_of_doubt_has_its_sentence() -> None:
    kinds = Doubt.__subclasses__()
    unworded = doubt_sentence.dispatch(Doubt)
    assert [kind for kind in kinds if doubt_sentence.dispatch(kind) is unworded] == []
    assert len(kinds) >= 9


@pytest.mark.parametrize(
    ("doubt", "words"),
    [
        (FewLabels(200, 300), "The baseline has 200 labelled images; 300 are needed."),
        (FewImages(99, 100), "The window has 99 images with scores; 100 are needed."),
        (OtherClasses(0.45, explained=True), "in 45% of the images, and there seem to be other classes"),
        (OtherClasses(0.45, explained=False), "it may fail on these images."),
        (MethodsDisagree(0.123), "The methods disagree by 12 points."),
        (ImagesChanged(), "confidences alone do not tell what that costs."),
    ],
)
def test_a_doubt_in_words(doubt: Doubt, words: str) -> None:
    assert words in doubt_sentence(doubt)


def test_an_estimate_is_reliable_without_doubts_and_says_what_it_assumes() -> None:
    found = estimate_in_words(EstimatedAccuracy(400, 0.9, 0.8, confidences_only=True))
    assert (found.status, found.reason) == ("reliable", None)
    assert found.assumption.endswith("it would be surer.")
    doubtful = estimate_in_words(EstimatedAccuracy(9, 0.9, 0.8, doubts=(FewLabels(1, 300), FewImages(9, 100))))
    assert doubtful.status == "unreliable"
    assert doubtful.reason == (
        "The baseline has 1 labelled images; 300 are needed. The window has 9 images with scores; 100 are needed."
    )
    assert not doubtful.assumption.endswith("it would be surer.")
