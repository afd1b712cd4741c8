"""What a run is told is checked before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError


@pytest.mark.parametrize("wrong", [{"threads": 0}, {"threads": -1}, {"seed": -1}, {"seed": 2**32}, {"image_size": 4}])
def test_numbers_out_of_range_are_refused_with_the_range(tmp_path: Path, wrong: dict[str, Any]) -> None:
    (option,) = wrong
    with pytest.raises(ConfigError, match=rf"{option} is .*a whole number from \d+ to \d+\."):
        lo.train(tmp_path, tmp_path / "run", **wrong)
    assert not list(tmp_path.iterdir())
