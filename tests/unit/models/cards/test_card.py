"""Cards: from mappings, files and flags, written and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.errors import ConfigError
from lookoutcv.models import Card, Input, card_path, card_text
from lookoutcv.models.cards.card_flags import with_flags
from lookoutcv.models.cards.label_file import parse_labels, read_labels
from lookoutcv.predictions.label_names import LabelPlaces

CARD = {
    "task": "classification",
    "labels": ["cat", "dog"],
    "input": {"size": [8, 6], "colour": "BGR", "mean": [104, 117, 123]},
    "head": {"name": "logits", "temperature": 2.0},
    "engine": "qnnpack",
}


def test_a_mapping_becomes_typed() -> None:
    card = Card.of(CARD)
    assert card.input == Input(size=(8, 6), colour="BGR", mean=(104.0, 117.0, 123.0))
    assert (card.head_name, card.head_settings) == ("logits", {"temperature": 2.0})
    assert card.names == ("cat", "dog")


def test_no_card_is_empty() -> None:
    assert Card.of(None) == Card()
    assert (Card().names, Card().head_name, Card().head_settings) == (None, None, {})


@pytest.mark.parametrize("name", ["net.card.yaml", "net.card.yml", "net.card.json", "net.onnx.card.yaml"])
def test_the_card_beside_a_model_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(json.dumps(CARD))
    assert Card.of(None, tmp_path / "net.onnx") == Card.of(CARD)
    assert Card.of(tmp_path / name) == Card.of(CARD)


def test_another_models_card_is_not(tmp_path: Path) -> None:
    (tmp_path / "other.card.yaml").write_text("task: embedding")
    assert Card.of(None, tmp_path / "net.onnx") == Card()


def test_a_file_of_labels_stands_beside_the_card(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("background\ncat\ndog\n")
    (tmp_path / "net.card.yaml").write_text("labels: names.txt\nlabel_offset: 1\n")
    assert Card.of(tmp_path / "net.card.yaml").names == ("cat", "dog")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tsk: detection", "no key 'tsk'. Did you mean 'task'?"),
        ("input:\n  colr: RGB", "no key 'input.colr'. Did you mean 'colour'?"),
        ("input:\n  std: 0", "input.std is 0"),
        ("input:\n  mean: [1, 2]", "input.mean is (1.0, 2.0)"),
        ("input:\n  crop: 2", "input.crop is 2"),
        ("input:\n  fill: 300", "input.fill is 300"),
        ("input: 3", "input is wrong"),
        ("task: seeing", "task is wrong"),
        ("labels: [1", "is not YAML"),
    ],
)
def test_wrong_cards_name_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "net.card.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        Card.of(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_broken_json_is_called_json(tmp_path: Path) -> None:
    path = tmp_path / "net.card.json"
    path.write_text("{")
    with pytest.raises(ConfigError, match="is not JSON"):
        Card.of(path)


def test_a_card_is_written_where_it_is_found() -> None:
    assert card_path(Path("a/net.v2.onnx")) == Path("a/net.v2.card.yaml")


inputs = st.builds(
    Input,
    size=st.none() | st.tuples(st.integers(1, 4096), st.integers(1, 4096)),
    layout=st.sampled_from([None, "NCHW", "NHWC"]),
    colour=st.sampled_from([None, "RGB", "BGR", "GREY"]),
    dtype=st.sampled_from([None, "float16", "int8"]),
    scale=st.none() | st.floats(1e-6, 1e6),
    mean=st.none() | st.floats(-300, 300) | st.tuples(*[st.floats(-300, 300)] * 3),
    resize=st.just("letterbox"),
    place=st.sampled_from(["top_left", "centre"]),
    fill=st.integers(0, 255),
)
cards = st.builds(
    Card,
    task=st.sampled_from([None, "detection"]),
    labels=st.none() | st.lists(st.text(), min_size=1).map(tuple) | st.text(),
    label_offset=st.integers(0, 2),
    input=inputs,
    head=st.none() | st.just("logits") | st.just({"name": "yolo", "strides": [8, 16], "score_threshold": 0.25}),
)


@given(cards, st.lists(st.text(), max_size=2))
def test_a_written_card_reads_back(card: Card, notes: list[str]) -> None:
    found: Any = Card.of(yaml.safe_load(card_text(card, notes)))
    same = {"name": card.head} if isinstance(card.head, str) else card.head
    assert (found.task, found.labels, found.label_offset, found.input) == (
        card.task,
        card.labels,
        card.label_offset,
        card.input,
    )
    assert found.head == same


def test_flags_change_single_settings() -> None:
    card = with_flags(CARD, ["input.size=[4, 4]", "head.temperature=1", "labels=a.txt", "input.mean=0"])
    assert (card.input.size, card.input.colour, card.input.mean) == ((4, 4), "BGR", 0.0)
    assert (card.head_settings, card.labels) == ({"temperature": 1}, "a.txt")
    assert with_flags({"head": "logits"}, ["head.temperature=3"]).head == {"name": "logits", "temperature": 3}


@pytest.mark.parametrize("flag", ["input.size", "input.sise=[3, 3]", "task=[", "x=1"])
def test_wrong_flags(flag: str) -> None:
    with pytest.raises(ConfigError):
        with_flags(None, [flag])


# Labels.


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("cat\ndog", ("cat", "dog")),
        ("0 cat\n1  hot dog\n", ("cat", "hot dog")),
        ("0: cat\n1: dog\n\n", ("cat", "dog")),
        ("1 cat\n2 dog", ("1 cat", "2 dog")),
        ("1: cat\n2: dog", ("cat", "dog")),
        ("id,name\n0,cat\n1,dog\n", ("cat", "dog")),
        ('number;"class"\n1;"cat"\n2;"hot dog"', ("cat", "hot dog")),
        ("background\n1: cat\n2: dog", ("background", "cat", "dog")),
        ("tench, Tinca tinca\ngoldfish\nshark", ("tench, Tinca tinca", "goldfish", "shark")),
        ("\ufeffcat\r\ndog\r\n", ("cat", "dog")),
        ("", ()),
    ],
)
def test_files_of_labels(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    assert parse_labels(text) == names
    (tmp_path / "labels.txt").write_bytes(text.encode())
    assert read_labels(tmp_path / "labels.txt") == names


@pytest.mark.parametrize(
    "text",
    [
        '["cat", "dog"]',
        '{"0": "cat", "1": "dog"}',
        '{"id2label": {"1": "dog", "0": "cat"}}',
        '{"names": ["cat", "dog"]}',
    ],
)
def test_labels_in_json(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.json").write_text(text)
    assert read_labels(tmp_path / "labels.json") == ("cat", "dog")


@pytest.mark.parametrize("text", ['{"0": "cat", "2": "dog"}', "[1, 2]", "cat", "{}", '{"0": ["n01", "cat"]}'])
def test_json_that_says_not_every_class_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.json").write_text(text)
    with pytest.raises(ConfigError, match="no list of names and no mapping of all numbers from 0 on"):
        read_labels(tmp_path / "labels.json")


def test_labels_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigError, match="not text"):
        read_labels(tmp_path / "labels.txt")


def test_names_are_matched_as_people_write_them() -> None:
    found = LabelPlaces(["tench, Tinca tinca", "crane", "crane, bird", "hot dog"])
    assert found.of("n01440764_tench") == found.of("TENCH") == 0
    assert found.of("hot-dog") == 3
    assert found.of("crane") == 1  # its whole name comes before a part of another
    assert found.of("cat") is None


def test_a_part_that_two_labels_share_matches_neither() -> None:
    assert LabelPlaces(["crane, bird", "crane, machine"]).of("crane") is None
