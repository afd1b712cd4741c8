"""What the columns of a file of predictions mean, whatever library or person named them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.column_aliases import PREDICTED
from lookoutcv.errors import BadPredictions
from lookoutcv.measuring.predictions.imported_predictions import import_predictions
from lookoutcv.measuring.predictions.prediction_rows import prediction_rows


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def answers(path: Path) -> list[str | None]:
    return [row.label for row in prediction_rows(path, None)]


@pytest.mark.parametrize("name", [*PREDICTED, "Predicted Label", "predictedLabel", "Y-PRED"])
def test_beside_a_column_of_predictions_label_is_the_truth(name: str, tmp_path: Path) -> None:
    assert answers(table(tmp_path / "p.csv", f"image,label,{name}\na,cat,dog\nb,cat,\n")) == ["dog", None]
    assert answers(lines(tmp_path / "p.jsonl", {"image": "a", "label": "cat", name: "dog"})) == ["dog"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("image,label,output_pred\na,cat,dog\n", "'label' and 'output_pred'"),
        ("image,class,pred_time\na,cat,4\n", None),
        ("image,class,model,model_version,result_ms\na,cat,net,3,4.5\n", None),
        ("image,class,output\na,cat,0.93\n", None),
        ("image,label,output\na,cat,dog\n", "'label' and 'output'"),
        ("image,label,result\na,cat,dog\n", "'label' and 'result'"),
        ("image,label,inference\na,cat,dog\n", "'label' and 'inference'"),
        ("image,label,classification\na,cat,dog\n", "'label' and 'classification'"),
        ("image,label,estimated_species\na,cat,dog\n", "'label' and 'estimated_species'"),
        ("image,label,inference_ms,classification_score\na,cat,8,0.9\n", None),
        ("image,label,model_output\na,0,1\n", "'label' and 'model_output'"),
        ("image,class,class_model\na,cat,dog\n", "'class' and 'class_model'"),
        ("image,category,classified_category\na,cat,dog\n", "'category' and 'classified_category'"),
        ("image,label,class_name\na,cat,dog\n", "'label' and 'class_name'"),
    ],
)
def test_where_two_columns_may_be_the_answer_it_asks(text: str, named: str | None, tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", text)
    if named is None:
        assert answers(path) == ["cat"]
        return
    with pytest.raises(BadPredictions, match=f"line 2: {named} may be what was predicted.*`prediction`"):
        answers(path)


def test_class_0_is_an_answer_that_may_be_the_truth_too(tmp_path: Path) -> None:
    with pytest.raises(BadPredictions, match="'label' and 'model_class' may be what was predicted"):
        answers(lines(tmp_path / "p.jsonl", {"image": "a.jpg", "label": 0, "model_class": 3}))


@pytest.mark.parametrize("cell", [{"choices": ["cat"]}, [{"x": 1, "rectanglelabels": ["cat"]}]])
@pytest.mark.parametrize("column", ["prediction", "label"])
def test_what_a_tool_for_marking_exports_is_no_class(column: str, cell: Any, tmp_path: Path) -> None:
    text = json.dumps(cell).replace('"', '""')
    with pytest.raises(BadPredictions, match=r"line 2: its label is JSON"):
        answers(table(tmp_path / "p.csv", f'image,{column}\na.jpg,"{text}"\n'))


def test_a_column_of_predictions_that_comes_late_is_no_answer_to_the_lines_before(tmp_path: Path) -> None:
    path = lines(tmp_path / "p.jsonl", {"id": "a", "label": "cat"}, {"id": "b", "label": "cat", "y_pred": "dog"})
    with pytest.raises(BadPredictions, match=r"line 2: .*line 1 has none"):
        answers(path)


def test_a_name_comes_before_the_number_of_its_class(tmp_path: Path) -> None:
    rows = (
        {"image": "a", "label": 3, "class_name": "cat"},
        {"image": "b", "class": 0, "class_name": "dog"},
        {"image": "c", "class": 0},
        {"image": "d", "name": "owl", "class": 7},
    )
    assert answers(lines(tmp_path / "p.jsonl", *rows)) == ["cat", "dog", "0", "owl"]
    assert answers(lines(tmp_path / "q.jsonl", {"image": "a", "pred_class": 3, "predicted_label": "cat"})) == ["cat"]


CORNERS = [12.0, 9.0, 27.0, 33.0]


@pytest.mark.parametrize(
    "row",
    [
        {"label": "cat", "box": {"xmin": 12, "ymin": 9, "xmax": 27, "ymax": 33}},
        {"name": "cat", "class": 0, "box": {"x1": 12, "y1": 9, "x2": 27, "y2": 33}},
        {"label": "cat", "bbox": {"left": 12, "top": 9, "width": 15, "height": 24}},
        {"label": "cat", "bbox": [12, 9, 15, 24]},
        {"label": "cat", "bbox": "[12.0, 9.0, 15.0, 24.0]"},
        {"label": "cat", "bbox": "12 9 15 24"},
        {"label": "cat", "left": 12, "top": 9, "right": 27, "bottom": 33},
        {"label": "cat", "x_min": 12, "y_min": 9, "x_max": 27, "y_max": 33},
        {"label": "cat", "xMin": 12, "yMin": 9, "xMax": 27, "yMax": 33},
        {"label": "cat", "x": 12, "y": 9, "width": 15, "height": 24},
        {"label": "cat", "x": 12, "y": 9, "w": 15, "h": 24},
        {"label": "cat", "x_center": 19.5, "y_center": 21, "width": 15, "height": 24},
        {"class": "cat", "x": 19.5, "y": 21, "width": 15, "height": 24, "class_id": 1, "detection_id": "e5"},
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_boxes_in_the_forms_of_libraries(row: dict[str, Any], nested: bool, tmp_path: Path) -> None:
    whole = {"image": "a", "predictions": [row | {"score": 0.5}]} if nested else {"image": "a", "score": 0.5} | row
    path = lines(tmp_path / "p.jsonl", whole)
    (found,) = [one for one in prediction_rows(path, None) if one.label]
    assert (found.label, found.confidence, list(found.box or ())) == ("cat", 0.5, CORNERS)
    assert import_predictions(path).identity.task == "detection"


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"segmentation": {"size": [4, 4], "counts": "04L"}}, "'segmentation'"),
        ({"box": [1, 2, 3, 4]}, "'box'"),
        ({"bbox_xywh": [1, 2, 3, 4]}, "'bbox_xywh'"),
        ({"x1": 1, "y1": 2, "x2": 3}, "'x1', 'y1', 'x2'"),
        ({"box": {"a": 1}}, "a box with 'a'"),
        ({"share": 0.5, "regions": 2}, "shares of a map"),
    ],
)
def test_what_looks_like_a_box_is_not_taken_for_a_class(more: dict[str, Any], named: str, tmp_path: Path) -> None:
    with pytest.raises(BadPredictions, match=named):
        answers(lines(tmp_path / "p.jsonl", {"image": "a", "label": "cat", **more}))


def test_boxes_in_shares_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPredictions, match="within 0 and 1: shares"):
        import_predictions(lines(tmp_path / "p.jsonl", {"image": "a", "label": "cat", "bbox": [0.1, 0.2, 0.3, 0.4]}))


@pytest.mark.parametrize(("text", "value"), [("0.9", 0.9), ("90%", 0.9), ("1.00001", 1.0), ("", math.nan)])
def test_confidences(text: str, value: float, tmp_path: Path) -> None:
    (row,) = prediction_rows(table(tmp_path / "p.csv", f"id,label,confidence\na,cat,{text}\n"), None)
    np.testing.assert_equal(row.confidence, value)


@pytest.mark.parametrize("text", ["90", "-1", "1.5", "120%", "inf"])
def test_a_confidence_beyond_0_and_1_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadPredictions, match=r"line 2: the confidence is .*, not within 0 to 1"):
        answers(table(tmp_path / "p.csv", f"id,label,confidence\na,cat,{text}\n"))
    with pytest.raises(BadPredictions, match=r"score of cat is .*, not within 0 to 1"):
        answers(table(tmp_path / "p.csv", f"id,label,score.cat\na,cat,{text}\n"))


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        (("0.0", "1.0"), ("0", "1")),
        (("1", "1.0"), ("1",)),
        (("1.0", "1.5"), ("1.0", "1.5")),
        (("3.0", "cat"), ("3", "cat")),
    ],
)
def test_class_numbers_that_were_floats(written: tuple[str, str], labels: tuple[str, ...], tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", "id,label\na,{}\nb,{}\n".format(*written))
    assert import_predictions(path).identity.labels == labels


def test_columns_that_are_not_used_are_named(tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", "id,label,rank,Weather,site\na,cat,1,sun,\nb,dog,1,rain,x\n")
    assert import_predictions(path).for_images(["a", "b"]).notes == (
        f"Not used of the columns of {path}, each with its values: 'weather' (2), 'site' (1).",
    )


def test_a_value_that_is_no_number_is_no_second_column(tmp_path: Path) -> None:
    rows = [{"id": "a", "label": "cat", "confidence": math.nan}, {"id": "b", "label": "dog", "confidence": 0.5}]
    assert answers(lines(tmp_path / "p.jsonl", *rows)) == ["cat", "dog"]
    with pytest.raises(BadPredictions, match="two columns are called 'label' and differ"):
        answers(lines(tmp_path / "p.jsonl", {"id": "a", "label": "cat", "Label": "dog"}))


def notes(path: Path) -> str:
    return " ".join(import_predictions(path).notes)


def test_what_stands_beside_nested_predictions_and_in_them_is_named(tmp_path: Path) -> None:
    inner = {"label": "cat", "score": 0.5, "bbox": [1, 2, 3, 4], "track": 7, "colour": "black"}
    rows = [
        {"image": "a", "width": 64, "height": 64, "camera": "north", "predictions": [inner, inner]},
        {"image": "b", "predictions": [inner]},
    ]
    said = notes(lines(tmp_path / "p.jsonl", *rows))
    assert "'track' (3), 'colour' (3), 'camera' (1)." in said
    assert "width" not in said


def test_a_second_confidence_and_sides_that_are_no_box_are_named(tmp_path: Path) -> None:
    said = notes(table(tmp_path / "p.csv", "id,label,confidence,score,width,height\na,cat,0.5,0.4,640,480\n"))
    assert "'score' (1), 'width' (1), 'height' (1)." in said


def test_scores_without_names_are_said_to_be_unused(tmp_path: Path) -> None:
    rows = [{"image": "a", "label": "cat", "scores": [0.9, 0.1]}, {"image": "b", "label": "dog", "scores": [0.2, 0.8]}]
    assert "2 lists of scores, for nothing says which class each is of" in notes(lines(tmp_path / "p.jsonl", *rows))
    assert "1 lists of scores" in notes(table(tmp_path / "p.csv", 'id,label,scores\na,cat,"[0.9, 0.1]"\n'))
    named = {"image": "a", "label": "cat", "scores": {"cat": 0.9, "dog": 0.1}}
    assert notes(lines(tmp_path / "q.jsonl", named)) == ""


def test_what_x_and_y_are_taken_for_is_said(tmp_path: Path) -> None:
    said = notes(table(tmp_path / "p.csv", "id,label,x,y,width,height\na,cat,12,9,15,24\nb,cat,12,9,15,24\n"))
    assert "x and y of 2 boxes in" in said
    assert "upper left corner. Where they are the centre, call them x_center and y_center." in said
    assert notes(table(tmp_path / "q.csv", "id,label,left,top,width,height\na,cat,12,9,15,24\n")) == ""
    roboflow = {"image": "a", "class": "cat", "x": 20, "y": 21, "width": 15, "height": 24, "detection_id": "e5"}
    assert notes(lines(tmp_path / "p.jsonl", roboflow)) == ""


def test_the_number_of_a_box_is_none(tmp_path: Path) -> None:
    assert notes(table(tmp_path / "p.csv", "id,label,confidence,box\na,cat,0.5,3\n")).endswith("'box' (1).")


@pytest.mark.parametrize("before", ["", "bbox_", "box_", "bbox.", "box."])
@pytest.mark.parametrize("sides", ["x1 y1 x2 y2", "xmin ymin xmax ymax", "left top right bottom"])
def test_corners_are_read_whatever_stands_before_them(before: str, sides: str, tmp_path: Path) -> None:
    # Ultralytics' and Hugging Face's boxes, made a table of by pandas.json_normalize, are box.x1 and box.xmin.
    names = ",".join(before + side for side in sides.split())
    (row,) = prediction_rows(
        table(tmp_path / "p.csv", f"image,name,class,confidence,{names}\na,cat,0,.9,1,2,3,4\n"), None
    )
    assert (row.label, row.box) == ("cat", (1, 2, 3, 4))


@pytest.mark.parametrize(
    "more",
    [
        {"boxes": [[1, 2, 3, 4]], "labels": ["cat"], "scores": [0.9]},
        {"box.w": 3, "box.h": 4, "box.x": 1, "label": "cat"},
        {"bbox_left": 3, "bbox_top": 4, "bbox_right": 1, "label": "cat"},
    ],
)
def test_boxes_that_are_left_over_are_refused(more: dict[str, Any], tmp_path: Path) -> None:
    # Torchvision's lists were left out, and the detector was one that finds nothing: mAP 0.
    with pytest.raises(BadPredictions, match="looks like a box or a mask"):
        list(prediction_rows(lines(tmp_path / "p.jsonl", {"image": "a", **more}), None))


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"label1": "cat", "conf1": 0.9, "label2": "dog", "conf2": 0.1}, "'label1' .1., 'conf1' .1., 'label2' .1."),
        ({"scores": [0.1, 0.9]}, "1 lists of scores"),
        ({"predictions": [{"lbl": "cat", "p": 0.9}]}, "'lbl' .1., 'p' .1."),
    ],
)
def test_a_file_in_which_nothing_is_an_answer_is_not_that_of_a_detector(
    more: dict[str, Any], named: str, tmp_path: Path
) -> None:
    known = f"nothing in it is known to say what was predicted.*{named}.*prediction"
    with pytest.raises(BadPredictions, match=known) as refusal:
        list(prediction_rows(lines(tmp_path / "p.jsonl", {"image": "a", **more}), None))
    assert ".." not in str(refusal.value).removeprefix(str(tmp_path)), "one full stop"


@pytest.mark.parametrize(
    "text",
    ["image,time,x1,y1,x2,y2\na,3,,,,\n", "image,time,label\na,3,\n"],
)
def test_a_file_that_says_that_nothing_was_found_is_one(text: str, tmp_path: Path) -> None:
    assert answers(table(tmp_path / "p.csv", text)) == [None]
    assert answers(lines(tmp_path / "p.jsonl", {"image": "a", "time": 3, "predictions": []})) == [None]
