"""Where a network learns."""

from __future__ import annotations

import pytest

from lookoutcv.errors import TrainingError
from lookoutcv.training.fitting.device import device_text, find_device

torch = pytest.importorskip("torch")


def test_a_graphics_card_is_taken_where_there_is_one(monkeypatch):
    for cuda, mps, taken in ((True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda cuda=cuda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda mps=mps: mps)
        assert find_device("auto").type == taken


def test_one_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(TrainingError, match=r"sees no device 'cuda' here\. Use device='cpu'"):
        find_device("cuda")


def test_what_a_person_reads(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "NVIDIA H200")
    assert device_text(torch.device("cuda", 1), 1) == "cuda:1 (NVIDIA H200)"
    assert device_text(torch.device("cpu"), 1) == "cpu, 1 thread"
    assert device_text(torch.device("cpu"), 2) == "cpu, 2 threads"
