"""Facts of a model from one process to another, and what a hostile one sends in their place."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.formats.base import Quantisation, Tensor, TensorInfo
from lookoutcv.models.runtimes.runtime_messages import facts_from, facts_json


class Known:
    inputs = (TensorInfo("x", (None, 3, 4, 4), "uint8", Quantisation(0.5, 7), mean=(1.0, 2.0), colour="BGR"),)
    outputs = (TensorInfo("y", (1, 4), "float32", classes=3, box_format="xyxy", in_pixels=True),)
    labels, class_names, batch = ("a", "ä"), None, 1
    notes = ("It says so.",)
    facts = FileFacts("pose", ("a",), 51, True, (4, 6), False)

    def run(self, batch: Tensor) -> list[Tensor]:
        return [np.zeros((1, 4))]


def test_facts_come_as_they_went() -> None:
    facts = facts_from(facts_json(Known()))
    for name in ("inputs", "outputs", "labels", "class_names", "batch", "notes", "facts"):
        assert getattr(facts, name) == getattr(Known, name)


@pytest.mark.parametrize(
    "told",
    [
        b'{"inputs": [], "outputs": [], "batch": 0}',
        b'{"inputs": [{"name": "x", "shape": [-4], "dtype": "int8"}], "outputs": []}',
        b'{"inputs": [], "outputs": [{"name": "y", "shape": [1], "dtype": "int8",'
        b' "quantisation": {"scale": 0, "zero_point": 0}}]}',
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"inputs": 3, "outputs": []}',
        b'{"inputs": [{"name": 1}], "outputs": []}',
    ],
)
def test_other_facts_are_refused(told: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        facts_from(told)
