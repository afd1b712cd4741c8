"""Files of weights: what is read of them, and what is refused unread."""

from __future__ import annotations

import hashlib
import pickle
import zipfile
from pathlib import Path

import pytest

from lookoutcv.errors import BrokenModel, ModelNotFound, UntrustedModel
from lookoutcv.models.networks.weight_file import read_weights

torch = pytest.importorskip("torch")
safetensors_torch = pytest.importorskip("safetensors.torch")


@pytest.fixture
def tensors():
    return {"conv.weight": torch.arange(6.0).reshape(2, 3), "conv.count": torch.tensor(4)}


def _same(found, tensors) -> bool:
    return found.keys() == tensors.keys() and all(torch.equal(found[name], tensors[name]) for name in tensors)


def test_half_precision_is_read_as_whole_and_integers_stay(tmp_path: Path, tensors):
    path = tmp_path / "a.safetensors"
    safetensors_torch.save_file(
        {"conv.weight": tensors["conv.weight"].half(), "conv.count": tensors["conv.count"]}, path
    )
    found = read_weights(path)
    assert _same(found.tensors, tensors)
    assert found.tensors["conv.weight"].dtype == torch.float32
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("key", [None, "state_dict", "model", "state_dict_ema"])
@pytest.mark.parametrize("prefix", ["", "module.", "model.", "module.model.", "_orig_mod."])
def test_what_frameworks_wrap_around_a_state_dict_is_taken_off(tmp_path: Path, tensors, key, prefix):
    named = {prefix + name: value for name, value in tensors.items()}
    torch.save(named if key is None else {key: named, "epoch": 3, "args": {"lr": 0.1}}, tmp_path / "a.pth")
    assert _same(read_weights(tmp_path / "a.pth").tensors, tensors)


def test_what_a_file_says_of_itself_is_kept(tmp_path: Path, tensors):
    safetensors_torch.save_file(tensors, tmp_path / "a.safetensors", {"mean": "[0.5, 0.5, 0.5]"})
    assert read_weights(tmp_path / "a.safetensors").metadata == {"mean": "[0.5, 0.5, 0.5]"}


class _Evil:
    def __reduce__(self):
        return (open, ("evil-was-here", "w"))


def test_a_file_that_would_run_code_is_refused_and_runs_none(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, protocol in (("a.pth", 2), ("b.pt", 4)):
        torch.save({"state_dict": {"a": torch.ones(1)}, "more": _Evil()}, name, pickle_protocol=protocol)
        with pytest.raises(UntrustedModel, match="would run code"):
            read_weights(Path(name))
    Path("c.bin").write_bytes(pickle.dumps(_Evil(), protocol=2))
    with pytest.raises(UntrustedModel, match="would run code"):
        read_weights(Path("c.bin"))
    assert not Path("evil-was-here").exists()


def test_a_compressed_archive_is_refused_before_it_is_unpacked(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data.pkl", bytes(50_000_000))
    with pytest.raises(BrokenModel, match="compressed"):
        read_weights(tmp_path / "a.pth")


@pytest.mark.parametrize("suffix", ["safetensors", "pth"])
def test_cut_off_empty_and_odd_files_are_told(tmp_path: Path, tensors, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "pth":
        torch.save(tensors, path)
    else:
        safetensors_torch.save_file(tensors, path)
    whole = path.read_bytes()
    for held in (whole[: len(whole) // 2], whole[:5], b"", b"no weights at all " * 50):
        path.write_bytes(held)
        with pytest.raises((BrokenModel, UntrustedModel)):
            read_weights(path)


def test_numbers_that_are_none_are_refused(tmp_path: Path):
    safetensors_torch.save_file({"conv.weight": torch.tensor([1.0, float("nan")])}, tmp_path / "a.safetensors")
    with pytest.raises(BrokenModel, match=r"'conv\.weight' holds numbers that are none"):
        read_weights(tmp_path / "a.safetensors")


@pytest.mark.parametrize("held", [[1, 2], {"epoch": 3}, {"state_dict": {}}, torch.ones(2)])
def test_a_file_without_tensors_by_name_is_told(tmp_path: Path, held):
    torch.save(held, tmp_path / "a.pth")
    with pytest.raises(BrokenModel, match="tensors"):
        read_weights(tmp_path / "a.pth")


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(ModelNotFound):
        read_weights(tmp_path / "none.pth")
