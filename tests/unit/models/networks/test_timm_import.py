"""timm beside a torch that its torchvision was not made for."""

from __future__ import annotations

import sys

import pytest

from lookoutcv.errors import MissingExtra
from lookoutcv.models.networks import timm_import
from lookoutcv.models.networks.timm_import import timm


def test_timm_is_imported_whatever_torchvision_is_installed():
    assert timm().list_models("resnet18") == ["resnet18"]


@pytest.mark.parametrize("said", ["operator torchvision::roi_align does not exist", timm_import._MISSING])
def test_another_error_or_one_that_stays_tells_the_line_that_mends_it(monkeypatch, said):
    def broken(package: str, extra: str):
        if package == "timm":
            raise RuntimeError(said)
        return sys.modules["torch"]

    timm()
    defined: list[str] = []
    monkeypatch.setattr(timm_import, "need", broken)
    monkeypatch.setattr(timm_import, "_define_operators", lambda: defined.append(said))
    with pytest.raises(MissingExtra, match=r"torchvision does not fit torch .*pip install --upgrade torch"):
        timm()
    # Only on that very error.
    assert defined == [said] * (said == timm_import._MISSING)
