"""The files that an ONNX file names, wherever in it a tensor can stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lookoutcv.models.cards.onnx_weights import weight_files
from tiny_models import onnx_classifier, onnx_weights_elsewhere


def test_none_and_one(tmp_path: Path) -> None:
    assert weight_files(onnx_classifier(tmp_path / "a.onnx")) == []
    assert weight_files(onnx_weights_elsewhere(tmp_path / "b.onnx", "ä/b.data")) == ["ä/b.data"]


def test_in_attributes_graphs_of_nodes_functions_and_sparse_tensors(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
    helper = onnx.helper

    def tensor(location: str) -> object:
        made = onnx.numpy_helper.from_array(np.zeros(2, np.float32), location)
        onnx.external_data_helper.set_external_data(made, location=location)
        made.ClearField("raw_data")
        return made

    inner = helper.make_graph([], "inner", [], [], [tensor("graph")])
    nodes = [
        helper.make_node("Constant", [], ["a"], value=tensor("attribute")),
        helper.make_node("If", ["c"], ["b"], then_branch=inner, else_branch=inner),
    ]
    model = helper.make_model(helper.make_graph(nodes, "g", [], [], [tensor("initializer")]))
    model.functions.add().node.add().attribute.add().t.CopyFrom(tensor("function"))
    model.graph.sparse_initializer.add().values.CopyFrom(tensor("sparse"))
    model.training_info.add().algorithm.initializer.add().CopyFrom(tensor("training"))
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    assert set(weight_files(path)) == {"graph", "attribute", "initializer", "function", "sparse", "training"}


@pytest.mark.parametrize(
    "data", [b"", b"location", b"\x3a\x7flocation", b"\xff" * 20 + b"location", b"\x3a\x0a" * 300 + b"location"]
)
def test_what_is_no_onnx_is_refused_or_names_nothing(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    if not data:
        assert weight_files(path) == []
        return
    with pytest.raises(ValueError, match=r"no message|cut off|nested"):
        weight_files(path)
