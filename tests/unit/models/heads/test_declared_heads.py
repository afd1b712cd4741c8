"""What a file says of its outputs: models that find nothing on noise, so that only the file can tell."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import WrongCard
from lookoutcv.models import open_model
from lookoutcv.models.cards.file_facts import FileFacts, facts_in
from lookoutcv.models.detection.box_decoding import cells
from lookoutcv.models.formats.base import TensorInfo
from lookoutcv.models.heads.base import Guess, HeadProbe, registry
from lookoutcv.models.heads.end_to_end import EndToEnd
from lookoutcv.models.input.framing import Framing
from tiny_models import onnx_constant, onnx_silent, tflite_mean

WHITE = np.full((64, 64, 3), 255, np.uint8)
BOX = [6.0, 12.0, 32.0, 40.0]
TWO = "{0: 'crack', 1: 'hole'}"


def found(path: Path) -> list[tuple[str, float, list[float]]]:
    (said,) = open_model(path).predict([WHITE])
    return [
        (label, round(float(sure), 3), np.round(box, 2).tolist())
        for label, sure, box in zip(said.labels, said.confidences, said.boxes, strict=True)
    ]


def chosen_rows(*more: float, box: list[float] = BOX, number: int = 1, count: int = 300) -> Any:
    """(1, count, 6 + more), as Ultralytics' exports with nms=True and end to end have it."""
    rows = np.zeros((1, count, 6 + len(more)), np.float32)
    rows[0, 0] = [*box, 0.9, number, *more]
    return rows


def raw_columns(*more: float, box: list[float] = BOX, names: int = 2) -> Any:
    """(1, 4 + names + more, cells) of a 64 x 64 input, the second class in one cell."""
    x1, y1, x2, y2 = box
    grid = cells((64, 64), (8, 16, 32))
    columns = np.zeros((1, 4 + names + len(more), len(grid)), np.float32)
    columns[0, :2], columns[0, 2:4] = ((grid[:, :2] + 0.5) * grid[:, 2:]).T, grid[:, 2]
    columns[0, :, 40] = [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, *[0.05] * (names - 1), 0.9, *more]
    return columns


POINTS = [10.0, 20.0, 0.9] * 17
PROTO = {"output1": np.full((1, 32, 16, 16), 0.5, np.float32)}
DECLARED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "detect": ({"output0": chosen_rows()}, {"task": "detect", "names": TWO, "end2end": "True"}),
    "detect raw": ({"output0": raw_columns()}, {"task": "detect", "names": TWO}),
    "pose": ({"output0": chosen_rows(*POINTS)}, {"task": "pose", "names": TWO, "kpt_shape": "[17, 3]"}),
    "pose of pairs": ({"output0": chosen_rows(1, 2, 3, 4)}, {"task": "pose", "names": TWO, "kpt_shape": [2, 2]}),
    "pose raw": ({"output0": raw_columns(*POINTS)}, {"task": "pose", "names": TWO, "kpt_shape": "[17, 3]"}),
    "masks": ({"output0": chosen_rows(*[0.3] * 32), **PROTO}, {"task": "segment", "names": TWO}),
    "masks first": ({**PROTO, "output0": chosen_rows(*[0.3] * 32)}, {"task": "segment", "names": TWO}),
    "masks raw": ({"output0": raw_columns(*[0.3] * 32), **PROTO}, {"task": "segment", "names": TWO}),
}


@pytest.mark.parametrize("kind", DECLARED)
def test_exports_say_what_their_rows_hold(kind: str, tmp_path: Path) -> None:
    outputs, metadata = DECLARED[kind]
    assert found(onnx_silent(tmp_path / "net.onnx", outputs, metadata=metadata)) == [("hole", 0.9, BOX)]


@pytest.mark.parametrize("count", [1, 2])
def test_one_name_more_or_less_moves_no_column(count: int, tmp_path: Path) -> None:
    names = str(dict(enumerate(["crack", "hole"][:count])))
    rows = chosen_rows(*[0.3] * 32, number=count - 1)
    path = onnx_silent(tmp_path / "net.onnx", {"output0": rows, **PROTO}, metadata={"task": "segment", "names": names})
    assert found(path) == [(["crack", "hole"][count - 1], 0.9, BOX)]


@pytest.mark.parametrize(("angle", "around"), [(0.0, [12, 27, 52, 37]), (np.pi / 2, [27, 12, 37, 52])])
@pytest.mark.parametrize("raw", [False, True])
def test_turned_boxes_are_told_by_the_upright_ones_around_them(
    angle: float, around: list[float], raw: bool, tmp_path: Path
) -> None:
    outputs = raw_columns(angle, box=[12, 27, 52, 37]) if raw else chosen_rows(angle, box=[32, 32, 40, 10])
    path = onnx_silent(tmp_path / "net.onnx", {"output0": outputs}, metadata={"task": "obb", "names": TWO})
    assert found(path) == [("hole", 0.9, around)]


def test_a_turned_box_is_inside_the_upright_one_as_opencv_has_it() -> None:
    import cv2

    generator = np.random.default_rng(1)
    framing = Framing((64, 64), (64, 64), 1.0, 1.0, 0.0, 0.0)
    how = EndToEnd(extra=1, oriented=True, box_format="cxcywh")
    for angle in generator.uniform(-3, 3, 20):
        rows = chosen_rows(angle, box=[32, 31, 20, 9])
        (said,) = registry.get("end_to_end").read([rows], [framing], ("a", "b"), how)
        points = cv2.boxPoints(((32, 31), (20, 9), float(np.degrees(angle))))
        expected = [*points.min(axis=0), *points.max(axis=0)]
        np.testing.assert_allclose(said.boxes[0], expected, atol=1e-3)


ULTRALYTICS = {"author": "Ultralytics", "description": "Ultralytics YOLO11n model", "names": TWO, "stride": 32}


@pytest.mark.parametrize(
    ("metadata", "resize", "box"),
    [
        # In a letterbox of 64 x 64 the picture of 64 x 128 is halved, below 16 rows of grey.
        ({"task": "detect", **ULTRALYTICS}, "letterbox", [12, 12, 64, 48]),
        ({"task": "detect", **ULTRALYTICS, "description": "Ultralytics rtdetr-l model"}, "stretch", [12, 22, 64, 40]),
        ({"task": "detect", "names": TWO}, "stretch", [12, 22, 64, 40]),
    ],
    ids=["YOLO", "RT-DETR", "another exporter"],
)
def test_pictures_are_brought_to_the_input_as_the_exporter_does(
    metadata: dict[str, Any], resize: str, box: list[float], tmp_path: Path
) -> None:
    rows = chosen_rows(box=[6, 22, 32, 40])
    opened = open_model(onnx_constant(tmp_path / "net.onnx", [rows], size=64, metadata=metadata))
    assert opened.card.input.resize == resize
    (said,) = opened.predict([np.zeros((64, 128, 3), np.uint8)])
    np.testing.assert_allclose(said.boxes[0], box, atol=1e-4)
    assumed = [note for note in opened.notes if note.startswith("input.")]
    assert bool(assumed) == ("author" not in metadata)


def test_the_card_goes_before_what_the_exporter_does(tmp_path: Path) -> None:
    path = onnx_constant(tmp_path / "net.onnx", [chosen_rows()], size=64, metadata={"task": "detect", **ULTRALYTICS})
    assert open_model(path, {"input": {"resize": "stretch"}}).card.input.resize == "stretch"


def test_a_classifier_of_ultralytics_sees_the_middle(tmp_path: Path) -> None:
    path = onnx_constant(
        tmp_path / "net.onnx", [np.float32([[0.25, 0.75]])], metadata={"task": "classify", **ULTRALYTICS}
    )
    opened = open_model(path)
    assert (opened.card.input.resize, opened.card.input.crop, opened.card.input.scale) == ("centre_crop", 1.0, 1 / 255)
    assert opened.predict([WHITE])[0].label == "hole"
    ((tensor,), _) = opened.prepare(
        [np.hstack([np.zeros((32, 16, 3), np.uint8), WHITE[:32, :32], WHITE[:32, :16] * 0])]
    )
    assert tensor.min() == 1  # the black sides are cut off


# Six columns are a box, a score and a class, or a box and a score for each of two names.
@pytest.mark.parametrize(("said", "head"), [({"end2end": "False"}, "yolo"), ({"end2end": "True"}, "end_to_end")])
def test_six_columns_of_two_names_are_what_the_file_says(said: dict[str, str], head: str, tmp_path: Path) -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, 0] = [*BOX, 0.9, 1.0] if head == "end_to_end" else [19, 26, 26, 28, 0.05, 0.9]
    path = onnx_silent(tmp_path / "net.onnx", {"output0": rows}, metadata={"task": "detect", "names": TWO, **said})
    assert open_model(path).card.head_name == head
    assert found(path) == [("hole", 0.9, BOX)]


def test_six_columns_of_two_names_are_asked_about_where_the_file_is_silent(tmp_path: Path) -> None:
    path = onnx_silent(tmp_path / "net.onnx", {"output0": chosen_rows()}, metadata={"task": "detect", "names": TWO})
    with pytest.raises(
        WrongCard, match=r"a box, a score and a class, or a box and two scores.*'end_to_end'.*MODEL.card.yaml"
    ):
        open_model(path)


def test_raw_columns_in_a_file_that_says_end_to_end_are_asked_about(tmp_path: Path) -> None:
    metadata = {"task": "detect", "names": TWO, "end2end": "True"}
    with pytest.raises(WrongCard, match=r"boxes are chosen inside .* 6 x 84 holds no rows"):
        open_model(onnx_silent(tmp_path / "net.onnx", {"output0": raw_columns()}, metadata=metadata))


def test_more_chosen_rows_than_usual(tmp_path: Path) -> None:
    metadata = {"task": "detect", "names": TWO, "args": "{'nms': True}"}
    path = onnx_silent(tmp_path / "net.onnx", {"output0": chosen_rows(count=2000)}, metadata=metadata)
    assert found(path) == [("hole", 0.9, BOX)]


def test_a_file_that_says_other_columns_than_it_has_is_refused(tmp_path: Path) -> None:
    path = onnx_silent(
        tmp_path / "net.onnx",
        {"output0": raw_columns(*POINTS[:-3])},
        metadata={"task": "pose", "names": TWO, "kpt_shape": "[17, 3]"},
    )
    with pytest.raises(WrongCard, match=r"for pose with 2 names, which makes rows of 57 numbers, .* 54 x 84"):
        open_model(path)


@pytest.mark.parametrize(
    ("rows", "asks"),
    [
        (chosen_rows(), "'normalised': False}} for pixels"),
        (chosen_rows(0.5), "head.oriented true"),
        (chosen_rows(*POINTS), "'extra': 51"),
        (np.zeros((1, 300, 5), np.float32), "head.normalised=true for shares"),
    ],
    ids=["6", "7", "57", "5"],
)
def test_where_nothing_tells_it_asks(rows: Any, asks: str, tmp_path: Path) -> None:
    path = onnx_silent(tmp_path / "net.onnx", {"y": rows})
    with pytest.raises(WrongCard) as caught:
        open_model(path)
    assert asks in str(caught.value)
    assert "MODEL.card.yaml beside the model keeps it." in str(caught.value)


def test_the_answer_is_taken(tmp_path: Path) -> None:
    path = onnx_silent(tmp_path / "net.onnx", {"y": chosen_rows(0.0, box=[32, 32, 40, 10])})
    card = {"head": {"name": "end_to_end", "extra": 1, "oriented": True, "box_format": "cxcywh"}}
    assert open_model(path, card).predict([WHITE])[0].boxes.tolist() == [[12, 27, 52, 37]]


SHARES = [[0.1, 0.2, 0.5, 0.6], [0.5, 0.5, 0.9, 1.0]]
PIXELS = [[6, 12, 32, 40], [32, 32, 60, 64]]
SEEN = {"shares": [[12.8, 6.4, 38.4, 32], [32, 32, 64, 57.6]], "pixels": PIXELS}


def padded(values: Any, dtype: Any = np.float32) -> Any:
    """(1, 100) or (1, 100, 4), zeros after the first two."""
    rows = np.zeros((1, 100, *np.shape(values)[1:]), dtype)
    rows[0, : len(values)] = values
    return rows


def named_outputs(names: str, unit: str, dtype: Any = np.float32) -> dict[str, Any]:
    """Outputs named by whoever exports them, in order: b for boxes, c for classes, s for scores, n for a count."""
    values = {
        "b": padded(SHARES if unit == "shares" else PIXELS),
        "c": padded([17, 3], dtype),
        "s": padded([0.9, 0.7]),
        "n": np.array([[2]], np.int64 if dtype is np.int64 else np.float32),
    }
    pairs = [name.split("=") for name in names.split()]
    return {name: values[kind] for kind, name in pairs}


EXPORTERS = {
    "TensorFlow 2": ("s=detection_scores b=detection_boxes n=num_detections c=detection_classes", "shares", np.float32),
    "TensorFlow 1": ("b=detection_boxes:0 c=detection_classes:0 s=detection_scores:0", "shares", np.float32),
    "TensorFlow 2, numbered": (
        "s=StatefulPartitionedCall:1 b=StatefulPartitionedCall:3 n=StatefulPartitionedCall:0 "
        "c=StatefulPartitionedCall:2",
        "shares",
        np.float32,
    ),
    "TFLite": (
        "b=TFLite_Detection_PostProcess c=TFLite_Detection_PostProcess:1 s=TFLite_Detection_PostProcess:2 "
        "n=TFLite_Detection_PostProcess:3",
        "shares",
        np.float32,
    ),
    "EfficientNMS": ("n=num_dets b=det_boxes s=det_scores c=det_classes", "pixels", np.int64),
    "EfficientNMS in floats": ("n=num_dets b=det_boxes s=det_scores c=det_classes", "pixels", np.float32),
    "YOLO-NAS": ("n=num_predictions b=pred_boxes s=pred_scores c=pred_classes", "pixels", np.int64),
}


@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize("exporter", EXPORTERS)
def test_names_tell_scores_from_classes(exporter: str, silent: bool, tmp_path: Path) -> None:
    names, unit, dtype = EXPORTERS[exporter]
    outputs = named_outputs(names, unit, dtype)
    if silent:
        path = onnx_silent(tmp_path / "net.onnx", outputs)
        objects = found(path)
    else:
        path = onnx_constant(tmp_path / "net.onnx", list(outputs.values()), size=64)
        objects = found(path)
    expected = [("class 17", 0.9, SEEN[unit][0]), ("class 3", 0.7, SEEN[unit][1])]
    assert [one[:2] for one in objects] == [one[:2] for one in expected]
    np.testing.assert_allclose([one[2] for one in objects], [one[2] for one in expected], atol=0.01)


def test_boxes_with_labels_and_scores_as_rt_detr_has_them(tmp_path: Path) -> None:
    outputs = named_outputs("c=labels b=boxes s=scores", "pixels", np.int64)
    path = onnx_constant(tmp_path / "net.onnx", list(outputs.values()), size=64)
    assert found(path) == [("class 17", 0.9, PIXELS[0]), ("class 3", 0.7, PIXELS[1])]
    with pytest.raises(WrongCard, match=r"nothing tells what they are in.*'boxes': 1.*'normalised'"):
        open_model(onnx_silent(tmp_path / "silent.onnx", outputs))


def test_names_that_tell_nothing_are_asked_about(tmp_path: Path) -> None:
    path = onnx_silent(tmp_path / "net.onnx", named_outputs("s=a b=b n=c c=d", "shares"))
    with pytest.raises(WrongCard, match=r"tell which is which.*'classes': .*MODEL.card.yaml"):
        open_model(path)
    head = {"name": "ssd", "boxes": 1, "classes": 3, "scores": 0}
    assert list(open_model(path, {"head": head}).predict([WHITE])[0].labels) == ["class 17", "class 3"]
    swapped = open_model(path, {"head": {**head, "classes": 0, "scores": 3}})
    with pytest.raises(WrongCard, match=r"a score of 17: head.scores and head.classes may be the other way round"):
        swapped.predict([WHITE])
    pixels = onnx_silent(tmp_path / "pixels.onnx", named_outputs("s=a b=b n=c c=d", "pixels"))
    with pytest.raises(WrongCard, match="a box of 64 times the picture"):
        open_model(pixels, {"head": head}).predict([WHITE])


def test_rows_beyond_the_count_are_not_read(tmp_path: Path) -> None:
    outputs = named_outputs("n=num_dets b=det_boxes s=det_scores c=det_classes", "pixels", np.int64)
    outputs["num_dets"][...] = 1
    assert found(onnx_silent(tmp_path / "net.onnx", outputs)) == [("class 17", 0.9, PIXELS[0])]


def of_probe(outputs: list[Any], names: list[str], labels: int | None = None) -> tuple[str, Guess]:
    infos = [TensorInfo(name, np.shape(one), "float32") for name, one in zip(names, outputs, strict=True)]
    evidence = HeadProbe([np.asarray(one, np.float32) for one in outputs], infos, (64, 64), labels)
    for head in sorted(registry, key=lambda one: (one.order, one.name)):
        guess = head.guess(evidence)
        if guess is not None:
            return head.name, guess
    raise AssertionError("no head fits")


def test_detr_without_names_has_a_class_for_nothing() -> None:
    generator = np.random.default_rng(3)
    boxes = generator.uniform(0.2, 0.6, (1, 100, 4))
    logits = generator.normal(0, 1, (1, 100, 92))
    logits[..., -1] += 9
    name, found_guess = of_probe([logits, boxes], ["a", "b"])
    assert (name, found_guess.settings["activation"], found_guess.settings["background"]) == (
        "boxes_scores",
        "softmax",
        "last",
    )
    assert found_guess.settings["box_format"] == "cxcywh"
    # RT-DETR and its like have a sigmoid a class, and nothing is above a half.
    _, found_guess = of_probe(
        [generator.normal(-5, 1, (1, 300, 80)), generator.uniform(0.2, 0.6, (1, 300, 4))], ["a", "b"]
    )
    assert (found_guess.settings["activation"], found_guess.settings["background"]) == ("sigmoid", "none")


@pytest.mark.parametrize("logits_first", [True, False])
def test_boxes_of_detr_without_names_are_decoded(logits_first: bool, tmp_path: Path) -> None:
    generator = np.random.default_rng(6)
    boxes = generator.uniform(0.2, 0.6, (1, 100, 4)).astype(np.float32)
    boxes[0, 7] = [0.5, 0.25, 0.5, 0.25]  # centre and sides, in shares
    logits = generator.normal(0, 1, (1, 100, 92)).astype(np.float32)
    logits[..., -1] += 12
    logits[0, 7, 17], logits[0, 7, -1] = 14, 0
    path = onnx_constant(tmp_path / "net.onnx", [logits, boxes] if logits_first else [boxes, logits], size=64)
    (said,) = open_model(path).predict([np.zeros((32, 128, 3), np.uint8)])
    softmax = np.exp(logits[0, 7].astype(np.float64) - 14)
    assert said.labels == ("class 17",)
    np.testing.assert_allclose(said.confidences, [softmax[17] / softmax.sum()], rtol=1e-5)
    np.testing.assert_allclose(said.boxes, [[32, 4, 96, 12]], atol=1e-4)


@pytest.mark.parametrize("count", [300, 2000])
@pytest.mark.parametrize("unit", [1.0, 60.0])
def test_corners_are_told_from_centres_in_any_unit(count: int, unit: float) -> None:
    generator = np.random.default_rng(4)
    low = generator.uniform(0, 0.5, (1, count, 2))
    boxes = np.concatenate([low, low + generator.uniform(0.05, 0.5, (1, count, 2))], axis=2) * unit
    scores = generator.uniform(0, 0.2, (1, count, 5))
    _, found_guess = of_probe([boxes, scores], ["pred_bboxes", "scores"])
    assert (found_guess.settings["box_format"], found_guess.settings["normalised"]) == ("xyxy", unit == 1)


def test_boxes_that_are_all_0_are_asked_about_unless_their_names_tell() -> None:
    zeros = [np.zeros((1, 100, 4)), np.full((1, 100, 7), -3.0)]
    _, found_guess = of_probe(zeros, ["boxes", "scores"])
    assert "head.box_format cxcywh, xyxy or yxyx" in (found_guess.question or "")
    _, found_guess = of_probe(zeros[::-1], ["logits", "pred_boxes"])
    assert (found_guess.question, found_guess.settings["box_format"]) == (None, "cxcywh")


def test_of_two_outputs_of_four_columns_the_name_tells_the_boxes() -> None:
    generator = np.random.default_rng(5)
    pair = [generator.uniform(0.1, 0.9, (1, 100, 4)) for _ in range(2)]
    assert of_probe(pair, ["scores", "boxes"])[1].settings["boxes"] == 1
    assert of_probe(pair, ["boxes", "scores"])[1].settings["boxes"] == 0


def test_a_sigmoid_a_class_is_no_logit(tmp_path: Path) -> None:
    row = np.full((1, 20), 0.02, np.float32)
    row[0, [3, 7]] = 0.97, 0.9
    opened = open_model(onnx_silent(tmp_path / "net.onnx", {"prob": row}))
    (said,) = opened.predict([WHITE])
    assert (opened.card.head_name, said.label, round(said.confidence, 3)) == ("multi_label", "3", 0.97)
    np.testing.assert_allclose(said.scores, row[0], atol=1e-6)
    path = onnx_constant(tmp_path / "unnamed.onnx", [row])
    with pytest.raises(WrongCard, match=r"20 scores .* do not sum to 1.*'head': 'multi_label'.*'head': 'logits'"):
        open_model(path)
    assert round(open_model(path, {"head": "multi_label"}).predict([WHITE])[0].confidence, 3) == 0.97
    # Few numbers lie there by chance too: softmax of what are chances already would be wrong without a word.
    few = onnx_constant(tmp_path / "few.onnx", [np.float32([[0.9, 0.8, 0.1, 0.7]])])
    with pytest.raises(WrongCard, match=r"4 scores .* do not sum to 1.*'head': 'multi_label'.*'head': 'logits'"):
        open_model(few)
    flat = onnx_constant(tmp_path / "flat.onnx", [np.float32([[0, 4, 5, 20, 30, 0.8, 2]])])
    with pytest.raises(WrongCard, match=r"may be an object that was found.*YOLO-NAS in the flat format"):
        open_model(flat)
    assert of_probe([np.float32([[0.9, 0.8, 0.1, 0.7]])], ["logits"])[0] == "logits"
    raw = onnx_constant(tmp_path / "raw.onnx", [np.log(row / (1 - row))])
    held = open_model(raw, {"head": {"name": "multi_label", "logits": True}}).predict([WHITE])[0]
    np.testing.assert_allclose(held.scores, row[0], atol=1e-6)


def test_what_exporters_write() -> None:
    facts = facts_in({"task": "obb", "names": {0: "a"}, "imgsz": [640, 320], "args": "{'nms': True, 'batch': 1}"})
    assert facts == FileFacts("obb", ("a",), None, True, (640, 320))
    assert facts_in({"args": "{'nms': False}"}).suppressed is None
    assert facts_in({"args": "{'nms': False}", "end2end": "False"}).suppressed is False
    assert facts_in({"args": "{'nms': True}", "end2end": False}).suppressed is True
    assert facts_in({"author": "Ultralytics"}).resize is None
    assert facts_in({"task": "__import__('os')", "kpt_shape": "[17, -3]", "names": "[" * 100_000}) == FileFacts()


def test_metadata_of_ultralytics_tflite(tmp_path: Path) -> None:
    from lookoutcv.models.formats.tflite import packed_facts

    path = tflite_mean(tmp_path / "net.tflite")
    assert packed_facts(path) == FileFacts()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("metadata.json", '{"task": "pose", "kpt_shape": [17, 3], "names": {"0": "person"}}')
    assert packed_facts(path) == FileFacts("pose", ("person",), 51, shares=True)
    silent = HeadProbe([np.zeros((1, 300, 57), np.float32)], (), (64, 64), 1, packed_facts(path))
    guess = registry.get("end_to_end").guess(silent)
    assert guess is not None
    assert guess.settings == {"extra": 51, "normalised": True}
