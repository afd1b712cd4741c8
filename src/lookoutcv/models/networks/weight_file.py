"""The numbers of a file of weights: safetensors, or a state dict that torch saved. Nothing is ever unpickled."""

from __future__ import annotations

import hashlib
import pickle
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lookoutcv.errors import BrokenModel, ModelNotFound, UntrustedModel
from lookoutcv.extras import need

WEIGHT_SUFFIXES = (".safetensors", ".pth", ".pt", ".bin")
# What frameworks keep the state dict under, beside their own state: timm and DeiT, Lightning, plain scripts.
_WRAPPED_UNDER = ("state_dict_ema", "model_ema", "state_dict", "model", "module", "model_state_dict")
# What DataParallel, Lightning and torch.compile put before each name.
_PREFIXES = ("module.", "model.", "_orig_mod.", "backbone.", "net.")


@dataclass(frozen=True, eq=False)
class WeightFile:
    """What a file of weights holds.

    Args:
        path: Where it is.
        tensors: By name, in float32 on the CPU where they were of any floating type.
        metadata: What a safetensors file says of itself.
        sha256: In hexadecimal.
    """

    path: Path
    tensors: dict[str, Any] = field(repr=False)
    metadata: dict[str, str] = field(repr=False)
    sha256: str


def read_weights(path: Path) -> WeightFile:
    """Read a file of weights.

    Args:
        path: safetensors, or what `torch.save` wrote of a state dict, alone or under a usual key.
    Raises:
        ModelNotFound: It cannot be read.
        UntrustedModel: It holds more than numbers: loading it would run code.
        BrokenModel: Cut off, damaged, without tensors, or with numbers that are none.
    """
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as reason:
        raise ModelNotFound(
            f"{path} cannot be read: {reason.strerror}", "Give the path of a file of weights.", model=str(path)
        ) from reason
    metadata: dict[str, str] = {}
    if path.suffix == ".safetensors":
        found, metadata = _safetensors(path)
    else:
        found = _state_dict(path)
    return WeightFile(path, _floats(_without_prefixes(found), path), metadata, sha256)


def _safetensors(path: Path) -> tuple[Mapping[str, Any], dict[str, str]]:
    safetensors = need("safetensors", "train")
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except safetensors.SafetensorError as reason:
        raise _broken(path, str(reason)) from reason


def _state_dict(path: Path) -> Mapping[str, Any]:
    torch = need("torch", "train")
    # torch stores without compression: one that is compressed was made to unpack to more than it shows.
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise _broken(path, "torch writes no compressed files")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            held = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as reason:
        raise UntrustedModel(
            f"{path} holds more than numbers, and loading it would run code",
            "Save its weights alone, as safetensors: safetensors.torch.save_file(model.state_dict(), PATH).",
            model=str(path),
        ) from reason
    except Exception as reason:  # torch's reader checks little: what is damaged can fail anywhere in it
        raise _broken(path, (str(reason).splitlines() or [type(reason).__name__])[0]) from reason
    return _unwrapped(held, path)


def _unwrapped(held: Any, path: Path) -> Mapping[str, Any]:
    torch = need("torch", "train")
    while isinstance(held, Mapping):
        inner = next((held[key] for key in _WRAPPED_UNDER if isinstance(held.get(key), Mapping)), None)
        if inner is None:
            tensors = {str(name): value for name, value in held.items() if isinstance(value, torch.Tensor)}
            if tensors:
                return tensors
            break
        held = inner
    raise _broken(path, "it holds no tensors by name")


def _without_prefixes(tensors: Mapping[str, Any]) -> dict[str, Any]:
    for prefix in _PREFIXES * 2:
        if tensors and all(name.startswith(prefix) for name in tensors):
            tensors = {name.removeprefix(prefix): value for name, value in tensors.items()}
    return dict(tensors)


def _floats(tensors: Mapping[str, Any], path: Path) -> dict[str, Any]:
    if not tensors:
        raise _broken(path, "it holds no tensors")
    converted = {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()}
    bad = next((name for name, value in converted.items() if not value.isfinite().all()), None)
    if bad is not None:
        raise _broken(path, f"{bad!r} holds numbers that are none (NaN or infinite)")
    return converted


def _broken(path: Path, reason: str) -> BrokenModel:
    return BrokenModel(
        f"{path} is no file of weights that can be used: {reason}",
        "Give a safetensors file or a state dict of torch, whole.",
        model=str(path),
        reason=reason,
    )
