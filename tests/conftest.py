"""Folders of small real photographs, made once for all tests of a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from lookoutcv.corruptions.blur import defocus
from lookoutcv.corruptions.light import darken
from lookoutcv.demo.photographs import photograph

# The same examples on every run and machine; nothing about speed is asserted.
settings.register_profile(
    "fixed", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("fixed")


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """160 photographs of four subjects, a sub-folder each."""
    folder = tmp_path_factory.mktemp("photographs") / "good"
    photograph(folder, 160, seed=11)
    return folder


@pytest.fixture(scope="session")
def fine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 more of the same kind."""
    folder = tmp_path_factory.mktemp("photographs") / "fine"
    photograph(folder, 60, seed=12)
    return folder


@pytest.fixture(scope="session")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 out of focus and dark, one of them twice, and one that broke off."""
    folder = tmp_path_factory.mktemp("photographs") / "bad"
    photograph(folder, 60, seed=13, fault=lambda view: darken(defocus(view, 3), 3))
    whole = (folder / "cat" / "0001.jpg").read_bytes()
    (folder / "cat" / "copy.jpg").write_bytes(whole)
    (folder / "cat" / "broken.jpg").write_bytes(whole[: len(whole) // 3])
    return folder


@pytest.fixture(scope="session")
def baseline_file(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A baseline of the good photographs."""
    import lookoutcv as lo

    return lo.baseline(good, workers=1).save(tmp_path_factory.mktemp("baselines") / "baseline.parquet")


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator of the test's own, so that what it draws does not depend on which tests ran before it.

    A check at one percent is wrong for one seed in a hundred, and there are dozens: this one suits them all.
    """
    return np.random.default_rng(2)


@pytest.fixture(autouse=True)
def _no_plugins_of_the_user(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("LOOKOUTCV_PLUGINS", raising=False)
    monkeypatch.setattr("lookoutcv.secrets._hidden", {})
    monkeypatch.setattr("lookoutcv.secrets._in_environment", None)
    # A second run must measure as the first did; tests of the cache name a folder of their own.
    monkeypatch.setenv("LOOKOUTCV_CACHE", "off")
    # A `lookout.yaml` above the tests is the developer's; tests of settings files ask for theirs.
    monkeypatch.setenv("LOOKOUTCV_CONFIG", "off")
    monkeypatch.setenv("NO_COLOR", "1")
    yield
    os.environ.pop("LOOKOUTCV_PLUGINS", None)
