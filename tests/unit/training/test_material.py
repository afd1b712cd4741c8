"""What leaves too little to learn from is refused with what is known of why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import TrainingError


def test_the_same_pictures_under_two_labels_are_told_where_nothing_is_left_to_choose_by(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    for number in range(2):
        picture = Image.fromarray(rng.integers(0, 255, (40, 40, 3), np.uint8))
        for label in "ab":
            (tmp_path / "photos" / label).mkdir(parents=True, exist_ok=True)
            picture.save(tmp_path / "photos" / label / f"{number}.png")
    with pytest.raises(TrainingError) as refused:
        lo.train(tmp_path / "photos", tmp_path / "run", models="test_resnet", weights="none", threads=1)
    assert str(refused.value) == (
        "2 images to learn from and 0 to choose by are too few: 2 pictures, with their copies, are under several "
        "labels, such as 'a/0.png', 'b/0.png' under 'a', 'b'. Keep each under the right one. test takes images of your "
        "own to test on."
    )
