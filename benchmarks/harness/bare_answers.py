"""A classifier asked with nothing around it: a JPEG is decoded, resized, put through ONNX Runtime, the best is named.

It imports nothing of ours: it is what services are compared with, ours and others'.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import onnxruntime
import simplejpeg

_SIDE = 224


class BareClassifier:
    """One model, one thread.

    Args:
        model: An ONNX file whose input is (n, 3, 224, 224).
    """

    def __init__(self, model: str) -> None:
        cv2.setNumThreads(1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, data: bytes) -> dict[str, Any]:
        """The best class of a JPEG's bytes."""
        pixels = simplejpeg.decode_jpeg(data)
        small = cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR)
        batch = np.ascontiguousarray(small.transpose(2, 0, 1)[None], dtype=np.float32) / 255
        scores = self._session.run(None, {self._input: batch})[0][0]
        best = int(scores.argmax())
        return {"label": best, "score": float(scores[best])}
