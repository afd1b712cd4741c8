"""A training run as a document: the answer first, and only what the run can carry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lookoutcv.reports.parts.content_blocks import Facts, Gallery, Items, KeyFigures, Note
from lookoutcv.reports.parts.document import Document, Section
from lookoutcv.reports.parts.drawings import Curves, Matrix
from lookoutcv.reports.parts.tables import Number, Table
from lookoutcv.reports.views.training_run import run_brief, run_document
from lookoutcv.results.training_run import Score
from report_to_draw import only, words
from run_to_draw import RUN, SMALL_RUN, score


def section(document: Document, heading: str) -> Section:
    (found,) = (one for one in document.sections if one.heading == heading)
    return found


def texts(table: Table) -> list[list[str]]:
    return [[cell.text if isinstance(cell, Number) else str(cell) for cell in row] for row in table.rows]


def tables(found: Section) -> list[Table]:
    return [block for block in found.blocks if isinstance(block, Table)]


def test_the_answer_names_the_best_with_its_accuracy_and_why() -> None:
    document = run_document(RUN)
    assert document.verdict is not None
    assert document.verdict.level is None
    assert document.verdict.headline == "efficientnet_b0: right on 84.9% of 372 test images"
    assert document.verdict.text == RUN.why
    assert [one.heading for one in document.sections] == [
        "The best model",
        "Comparison",
        "How they learnt",
        "Which class is taken for which",
        "Surest mistakes",
        "Class by class",
        "Confidence",
        "The images",
        "Sizes and quality",
        "How they were divided",
        "Weights and licences",
        "How it was done",
    ]


def test_the_comparison_has_each_model_and_says_what_became_of_it() -> None:
    found = section(run_document(RUN), "Comparison")
    scores, differences = tables(found)
    assert scores.caption == "On the test images"
    names = [row[0] for row in texts(scores)]
    assert names == ["mobilenetv3_small_100", "resnet18 *", "efficientnet_b0 (best)", "vit_base_patch16_224"]
    assert texts(scores)[1][5:7] == ["–", "–"]
    assert "Models marked * were scored on the validation images only." in scores.note
    said = only(found, Items)
    assert isinstance(said, Items)
    assert said.items[0] == "resnet18 was dropped. After 3 epochs it was 6 points behind efficientnet_b0."
    # As seen from the best: the other one is better, if only by what chance makes.
    assert texts(differences)[0][:2] == ["mobilenetv3_small_100", "+6.7 points"]
    assert texts(differences)[0][-1] == "yes"
    assert texts(differences)[1] == ["vit_base_patch16_224", "−0.8 points", "−3.6 to +2.0", "11", "14", "0.69", "no"]


def test_each_model_that_has_a_curve_has_two_charts() -> None:
    curves = only(section(run_document(RUN), "How they learnt"), Curves)
    assert isinstance(curves, Curves)
    assert [one.title for one in curves.items][:2] == ["mobilenetv3_small_100: loss", "mobilenetv3_small_100: accuracy"]
    loss, accuracy = curves.items[:2]
    assert (loss.before[0], loss.after[0], loss.mark) == ((0.0, 0.62), (0.0, 0.71), 7.0)
    assert accuracy.before[0][0] == 1.0, "the head's training accuracy was not counted"


def test_a_loss_that_was_no_number_leaves_a_gap() -> None:
    broken = replace(RUN.candidates[0].curve[1], train_loss=None, validation_loss=None)
    candidate = replace(RUN.candidates[0], curve=[RUN.candidates[0].curve[0], broken])
    curves = only(section(run_document(replace(RUN, candidates=[candidate])), "How they learnt"), Curves)
    assert isinstance(curves, Curves)
    assert len(curves.items[0].after) == 1


def test_the_data_comes_with_its_findings_first_and_its_pictures() -> None:
    found = section(run_document(RUN), "The images")
    assert words(found) == "713 images of 10 classes in wardrobe.zip."
    assert texts(tables(found)[0])[0][:2] == ["hat has 40 images, t-shirt 103.", "Add photographs of hat."]
    assert sum(isinstance(block, Gallery) for block in found.blocks) == 2
    assert tables(found)[-1].caption == "Images that could not be read"


def test_without_an_evaluation_a_curve_or_a_score_nothing_is_made_up() -> None:
    document = run_document(SMALL_RUN)
    assert document.verdict is not None
    assert document.verdict.headline == "test_vit was taught"
    headings = [one.heading for one in document.sections]
    assert headings == ["Comparison", "How they were divided", "Weights and licences", "How it was done"]
    assert texts(tables(section(document, "Comparison"))[0])[0][1:4] == ["–", "–", "–"]
    assert texts(tables(section(document, "Weights and licences"))[0])[0][1] == "from scratch"


@pytest.mark.parametrize(("test", "said"), [(372, None), (60, "known to about 9 points"), (None, "chosen by")])
def test_few_images_and_images_that_chose_are_told(test: int | None, said: str | None) -> None:
    chosen = replace(RUN.candidates[2], test=None if test is None else score(0.85, test))
    document = run_document(replace(RUN, candidates=[chosen]))
    notes = [block for block in section(document, "The best model").blocks if isinstance(block, Note)]
    assert [said in note.text for note in notes if said] == ([True] if said else [])
    assert len(notes) == (said is not None)


def test_sizes_and_quality_of_the_images_are_told() -> None:
    (table,) = tables(section(run_document(RUN), "Sizes and quality"))
    assert texts(table) == [
        ["shorter side in px", "180", "400", "800"],
        ["longer side in px", "240", "534", "1,200"],
        ["luma.mean", "60", "120", "190"],
    ]


def test_how_often_the_label_is_among_the_first_is_a_figure_where_there_are_more_classes() -> None:
    def figures(k: int) -> list[str]:
        assert RUN.evaluation is not None
        run = replace(RUN, evaluation=replace(RUN.evaluation, top_k={1: 0.8, k: 0.95}))
        (block,) = (one for one in section(run_document(run), "The best model").blocks if isinstance(one, KeyFigures))
        return [f"{one.label} {one.value}" for one in block.items]

    assert "Top 3 95.0%" in figures(3)
    assert not [one for one in figures(len(RUN.classes)) if one.startswith("Top ")]


def test_folds_are_listed_with_their_mean() -> None:
    folds = [Score(20, share, share - 0.1, share + 0.1, share, None) for share in (0.7, 0.8)]
    document = run_document(replace(RUN, candidates=[replace(RUN.candidates[2], folds=folds)]))
    table = tables(section(document, "Comparison"))[-1]
    assert texts(table) == [["efficientnet_b0", "70.0%", "80.0%", "75.0%"]]
    assert "no interval" in table.note


def test_a_brief_fits_a_screen() -> None:
    assert [one.heading for one in run_brief(RUN).sections] == ["The best model", "Comparison", "How it was done"]


def test_a_run_whose_best_is_not_in_it_is_drawn() -> None:
    document = run_document(replace(RUN, best="lost"))
    assert document.verdict is not None
    assert document.verdict.headline == "lost was taught"
    assert isinstance(only(section(document, "Which class is taken for which"), Matrix), Matrix)


def test_a_setting_is_listed_once() -> None:
    asked = replace(RUN, settings={"seed": 3, "device": "auto", "budget": None}, seed=3)
    facts = section(run_document(asked), "How it was done").blocks[1]
    assert isinstance(facts, Facts)
    assert facts.items == (
        ("seed", "3"),
        ("device", "auto"),
        ("ran on", "cpu, 2 threads"),
        ("took", "8 min 31 s"),
    )


def test_a_model_that_is_no_better_than_the_most_frequent_class_is_told_so() -> None:
    always = {"cat": 40, "dog": 20}
    parts = [replace(SMALL_RUN.parts[0], name="test", images=60, classes=always)]
    told = []
    for right in (42, 58):
        run = replace(SMALL_RUN, parts=parts)
        best = next(one for one in run.candidates if one.name == run.best)
        scored = [replace(one, test=score(right / 60, 60)) if one is best else one for one in run.candidates]
        found = section(run_document(replace(run, candidates=scored)), "The best model")
        told.append([block.text for block in found.blocks if isinstance(block, Note)])
    assert told[0][0].startswith("Whoever always says the most frequent class is right on 66.7% of the test images")
    assert not any("most frequent" in text for text in told[1])
