"""Evaluations as documents."""

from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.content_blocks import Gallery, Items, KeyFigures, Paragraph
from lookoutcv.reports.parts.document import Document, Section
from lookoutcv.reports.parts.drawings import Curves, Matrix
from lookoutcv.reports.parts.tables import Table
from lookoutcv.reports.views.evaluation import detection_document, evaluation_brief, evaluation_document
from lookoutcv.results.evaluation import ConfidenceCalibration
from report_to_draw import only, words
from run_to_draw import DETECTION, evaluation

FULL = evaluation()


def section(document: Document, heading: str) -> Section:
    (found,) = (one for one in document.sections if one.heading == heading)
    return found


def test_the_answer_is_how_often_it_is_right_how_sure_that_is_and_what_it_takes_for_what() -> None:
    verdict = evaluation_document(FULL).verdict
    assert verdict is not None
    assert verdict.headline == "Right on 87.1% of 372 labelled images"
    assert verdict.text == (
        "For images of this kind the 95% interval is 83.3 to 90.1%. Its most frequent mistake is to take outwear for "
        "pants (8 images)."
    )
    few = evaluation(("cat", "dog"), 60)
    assert "; more images would make it narrower." in (evaluation_document(few).verdict or verdict).text


def test_what_was_written_before_there_were_intervals_is_drawn_without() -> None:
    old = replace(FULL, low=None, high=None, confident_errors=[])
    verdict = evaluation_document(old).verdict
    assert verdict is not None
    assert verdict.text.startswith("Its most frequent mistake")
    assert "Surest mistakes" not in [one.heading for one in evaluation_document(old).sections]


def test_of_many_classes_those_with_most_mistakes_are_shown_and_it_is_said() -> None:
    names = tuple(f"class {i}" for i in range(60))
    large = evaluation(names, 3000)
    matrix = only(section(evaluation_document(large), "Which class is taken for which"), Matrix)
    assert isinstance(matrix, Matrix)
    assert len(matrix.rows) == len(matrix.counts) == 50
    assert "These are the 50 of 60 classes that most mistakes are made with." in matrix.note
    counts = [list(row) for row in large.confusion]
    wrong = {
        name: sum(counts[i]) + sum(row[i] for row in counts) - 2 * counts[i][i] for i, name in enumerate(large.labels)
    }
    assert min(wrong[name] for name in matrix.rows) >= max(wrong[name] for name in set(names) - set(matrix.rows))
    assert section(evaluation_document(large), "Class by class").folded


def test_no_mistakes_are_no_empty_tables() -> None:
    perfect = evaluation(("a", "b"), 10, accuracy=1.0)
    assert words(section(evaluation_document(perfect), "Which class is taken for which")) == "There are no mistakes."
    verdict = evaluation_document(perfect).verdict
    assert verdict is not None
    assert verdict.headline == "Right on 100% of 10 labelled images"


def test_confidence_is_told_in_words_and_drawn() -> None:
    found = section(evaluation_document(FULL), "Confidence")
    assert words(found).startswith("On average the model is 8.5 points too unsure: calibration error (ECE) 0.1")
    curves = only(found, Curves)
    assert isinstance(curves, Curves)
    assert curves.items[0].before == ((0.0, 0.0), (1.0, 1.0))
    none = section(evaluation_document(replace(FULL, calibration=ConfidenceCalibration())), "Confidence")
    assert none.blocks == (Paragraph("The model gives no confidence, so there is no calibration to tell."),)


def test_surest_mistakes_are_pictures_or_where_there_are_none_names() -> None:
    assert isinstance(section(evaluation_document(FULL), "Surest mistakes").blocks[1], Gallery)
    bare = [replace(one, thumbnail=None) for one in FULL.confident_errors]
    table = only(section(evaluation_document(replace(FULL, confident_errors=bare)), "Surest mistakes"), Table)
    assert isinstance(table, Table)
    first = FULL.confident_errors[0]
    assert table.rows[0][1] == f"{first.label}, taken for {first.prediction} ({first.confidence:.1%} sure)"


def test_what_is_left_out_is_said() -> None:
    document = evaluation_document(
        replace(FULL, unlabelled=1, unknown_labels={"fox": 2}, undefined=3, notes=["A note."])
    )
    items = only(section(document, "Left out, and notes"), Items)
    assert isinstance(items, Items)
    assert items.items == (
        "For 3 images the model gave no numbers (NaN): wrong predictions.",
        "Left out: 1 image without a label.",
        "Left out: 2 images with a label that the model does not have: 'fox' (2).",
        "A note.",
    )


def test_a_detector_has_its_worst_classes_and_images() -> None:
    document = detection_document(DETECTION)
    assert document.verdict is not None
    assert document.verdict.headline == "mAP 0.512 on 300 objects in 120 images"
    assert document.verdict.text.endswith("It is lowest for person: 0.420.")
    gallery = only(section(document, "Worst images"), Gallery)
    assert isinstance(gallery, Gallery)
    assert [one.words for one in gallery.groups[0].items][:2] == [
        "2 of 5 objects missed",
        "2 of 5 objects missed, 1 false box",
    ]
    table = only(section(document, "Class by class"), Table)
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["person", "car"]
    said = only(section(document, "Left out, and notes"), Items)
    assert isinstance(said, Items)
    assert said.items[-1] == "Found, and marked in no image (they lower no figure): 'fox' (2)."


def test_a_brief_fits_a_screen() -> None:
    brief = evaluation_brief(FULL)
    assert isinstance(brief.sections[0].blocks[0], KeyFigures)
    assert [one.heading for one in brief.sections] == ["Key figures", "Class by class"]
