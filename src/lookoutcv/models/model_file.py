"""A model as a file: its format, its hash, and the device it is opened on."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path

from lookoutcv.calls.missing_path import path_remedy
from lookoutcv.errors import ConfigError, ImageError, ModelNotFound, UnknownModelFormat
from lookoutcv.images.sniff import sniff
from lookoutcv.models.formats.base import ModelFormat, registry

_DEVICE = re.compile(r"cpu|cuda(:\d+)?")
_HEAD_BYTES = 64
_CHUNK_BYTES = 2**20


def format_of(path: Path) -> ModelFormat:
    """The format of a model's file: by its first bytes, else by its suffix.

    Raises:
        ModelNotFound: It is not there, or may not be read.
        UnknownModelFormat: No format knows it.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as reason:
        why = reason.strerror or str(reason)
        # `lookout predict IMAGES MODEL` is an easy slip.
        folder = "Give the model's file, or a folder that is a package; images come after it."
        remedy = folder if path.is_dir() else path_remedy(path)
        raise ModelNotFound(f"the model {path} cannot be read: {why}", remedy, model=str(path)) from None
    formats = list(registry)
    for model_format in formats:
        if model_format.recognises(path, head):
            return model_format
    for model_format in formats:
        if path.suffix.lower() in model_format.suffixes:
            return model_format
    problem = f"{path} is no model that can be run here"
    remedy = "Give an ONNX, TFLite or TorchScript file, or your own function as file.py:function."
    with suppress(ImageError):
        problem, remedy = f"{path} is an image ({sniff(head)}), no model", "The model comes first, images after it."
    raise UnknownModelFormat(problem, remedy, model=str(path))


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def check_device(device: str) -> None:
    """Refuse what is no device.

    Raises:
        ConfigError: Neither "cpu" nor "cuda" nor "cuda:1" or the like.
    """
    if not _DEVICE.fullmatch(device):
        raise ConfigError(f"there is no device {device!r}", "Use cpu, cuda or cuda:0.", key="device", nearest=["cpu"])


def file_of(model: str) -> Path:
    """The file that a model's name means, the function after it left out.

    Example:
        >>> file_of("models/own.py:predict").name, file_of("net.onnx").name
        ('own.py', 'net.onnx')
    """
    path, separator, _ = model.partition(".py:")
    return Path(f"{path}.py" if separator else model)
