"""Which files the card of a model is read from."""

from __future__ import annotations

from pathlib import Path

from lookoutcv.models.card_files import card_files, label_files


def test_the_card_beside_a_model_and_its_labels_are_named(tmp_path: Path) -> None:
    card = tmp_path / "net.card.yaml"
    card.write_text("labels: names.txt\n", encoding="utf-8")
    assert card_files(tmp_path / "net.onnx", None) == [str(card), str(tmp_path / "names.txt")]
    assert card_files(f"{tmp_path}/net.py:see", None) == [str(card), str(tmp_path / "names.txt")]


def test_a_setting_on_the_command_line_counts_before_the_card(tmp_path: Path) -> None:
    (tmp_path / "net.card.yaml").write_text("labels: names.txt\n", encoding="utf-8")
    assert label_files(tmp_path / "net.onnx", None, ["labels=[cat, dog]"]) == []
    assert label_files(tmp_path / "net.onnx", None, ["labels=other.csv"]) == ["other.csv"]


def test_what_is_no_card_names_none(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("labels: [", encoding="utf-8")
    assert card_files(lambda pixels: pixels, tmp_path / "bad.yaml") == []
    assert card_files(None, {"no such key": 1}) == []
