"""Settings out of range are refused with their key."""

from __future__ import annotations

import pytest

from lookoutcv.errors import TrainingError
from lookoutcv.training.fitting.fit_settings import FitSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": -1},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"mixup": -0.1},
        {"cutmix": 11},
        {"patience": 0},
        {"augment": "heavy"},
        {"precision": "half"},
    ],
)
def test_a_value_out_of_range_is_refused(wrong):
    with pytest.raises(TrainingError) as caught:
        FitSettings(**wrong)
    assert caught.value.key == next(iter(wrong))
    assert "in its range" not in caught.value.remedy
    assert caught.value.remedy.startswith(f"Give {caught.value.key} as ")
