"""The picture of a confusion matrix."""

from __future__ import annotations

import numpy as np

from lookoutcv.images import read
from lookoutcv.tracking.confusion_picture import confusion_png


def test_a_cell_is_darker_the_larger_its_share_whatever_the_names() -> None:
    labels = ["<b>", "猫", "10", "2"]
    right = read(confusion_png(labels, np.diag([50, 1, 1, 1]).tolist())).pixels
    none = read(confusion_png(labels, np.zeros((4, 4), int).tolist())).pixels
    assert right.shape == none.shape
    blue = (right.astype(int)[..., 2] - right[..., 0] > 60).sum()
    # Four cells of 26 px at twice the size, less the letters in them.
    assert blue > 0.75 * 4 * 52**2
