from collections.abc import Iterator

import pytest

from lookoutcv.drift.predictions import notes as _predictions  # noqa: F401 - their kinds are counted below
from lookoutcv.drift.rules.fixed import CLASSES, CONFIDENCE
from lookoutcv.drift.rules.notes import (
    AgainstBlocks,
    Dependence,
    DependentWindow,
    LimitExceeded,
    LimitsLeftOut,
    Note,
    TooFewImages,
)
from lookoutcv.drift.wording.note_sentences import note_sentence

BY_NAME, BY_SOURCE = Dependence(None, 0.4, "name"), Dependence("film.mp4", None, "time")


def kinds(base: type[Note] = Note) -> Iterator[type[Note]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_kind_of_note_has_its_sentence() -> None:
    unworded = note_sentence.dispatch(Note)
    assert {kind for kind in kinds() if note_sentence.dispatch(kind) is unworded} == set()
    assert len(list(kinds())) >= 16


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        (TooFewImages("window", 1, 30), "The window has 1 image; at least 30 are needed for a test."),
        (TooFewImages("baseline", 29, 30), "The baseline has 29 images; at least 30 are needed for a test."),
        (LimitExceeded(CLASSES, 0.2, 0.15), "Beyond its limit: class distribution shifted by 0.2, allowed are 0.15."),
        (
            LimitsLeftOut((CONFIDENCE, CLASSES)),
            "Rules of the policy that did not apply, for want of figures on both sides: mean confidence, "
            "class distribution.",
        ),
        (
            LimitsLeftOut(("exposure.contrast",)),
            "Rules of the policy that did not apply, for want of figures on both sides: mean of exposure.contrast.",
        ),
    ],
)
def test_figures_become_sentences(note: Note, sentence: str) -> None:
    assert note_sentence(note) == sentence


def test_dependence_is_told_with_its_reason() -> None:
    text = note_sentence(AgainstBlocks(BY_NAME, 5, 20.0, 20))
    assert text.startswith(
        "Neighbouring images of the baseline are alike, as frames of one video are (rank correlation 0.40 between an "
        "image and the next, by the numbers in their names). Tests for independent images would"
    )
    assert "batch_by=20, or by day" in text
    assert "by its source (film.mp4): each depends on its neighbours. Tests" in note_sentence(
        AgainstBlocks(BY_SOURCE, 5, 20.0, 20)
    )
    assert "300 images say about as much as 40 independent ones" in note_sentence(DependentWindow(BY_NAME, 300, 40))
    assert "(film.mp4), and the baseline does not" in note_sentence(DependentWindow(BY_SOURCE, 300, None))
