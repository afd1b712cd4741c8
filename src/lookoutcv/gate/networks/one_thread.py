"""Asks a network in memory on one thread: other images are judged beside this one, by other threads and processes."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from lookoutcv.extras import need

# From one batch of images as the network takes it to its answers.
Ask: TypeAlias = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]


def has_onnx() -> bool:
    """Whether graphs can be written and run here."""
    return all(importlib.util.find_spec(name) is not None for name in ("onnx", "onnxruntime"))


def onnx_asker(graph: bytes) -> Ask:
    """A graph that was written here, in onnxruntime.

    Args:
        graph: With one input and one output. Never one that came from a folder.
    Raises:
        MissingExtra: onnxruntime is not installed.
    """
    runtime = need("onnxruntime", "onnx")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # warnings about the machine help nobody here
    session = runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda batch: session.run(None, {name: batch})[0]


def torch_asker(module: Any) -> Ask:
    """A network of torch, in evaluation mode on the processor."""
    torch = need("torch", "train")

    def ask(batch: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        with torch.inference_mode():
            return np.asarray(module(torch.from_numpy(batch)).numpy())

    return ask
