"""The networks that training takes unless told otherwise, by their own names and in their own sizes of layers.

Other tests take small ones in their place. Pictures are small, for a transformer too: so is what is computed, and the
weights are as many as ever.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import lookoutcv as lo
from drawn_classes import draw_classes
from lookoutcv.training.training_settings import DEFAULT_MODELS

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_classes(tmp_path_factory.mktemp("images"), each=15)


@pytest.mark.parametrize("network", DEFAULT_MODELS)
def test_it_is_taught_exported_packed_asked_and_explained(network: str, images: Path, tmp_path: Path) -> None:
    run = lo.train(
        images, tmp_path / "run", models=network, weights="none", epochs=1, image_size=64, perturb=False, int8=True
    )
    assert [(one.name, one.status) for one in run.candidates] == [(network, "trained")]
    package = lo.load(tmp_path / "run" / "package")
    assert isinstance(package, lo.Package)
    manifest = package.manifest
    assert manifest.backbone is not None
    assert manifest.backbone.name == network
    assert manifest.agreement is not None
    assert manifest.int8 is not None
    asked = sorted(images.rglob("*.png"))[:3]
    said = lo.open_model(package.path).predict([lo.read(path).pixels for path in asked])
    assert [one.label in manifest.classes for one in said] == [True] * 3
    for one in lo.explain(package.path, asked, top=2):
        for heatmap in one.explanation.heatmaps:
            assert heatmap.attribution.method == "grad_cam"
            assert heatmap.attribution.layer
            assert heatmap.values.shape == one.explanation.pixels.shape[:2]
            assert heatmap.usable or heatmap.notes
    report = lo.monitor(images, model=package.path, workers=1, cache=False)
    assert report.accuracy is not None
