"""What can be said of packing a model that exists already."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from lookoutcv.measuring.measuring_settings import PerturbSetting
from lookoutcv.measuring.model_settings import CARD, DEVICE, MAX_BYTES, MAX_PIXELS, TRUST
from lookoutcv.settings.declaration import JsonSetting, Setting, settings_class

if TYPE_CHECKING:
    from lookoutcv.models import CardLike


@settings_class
class PackageSettings:
    """A model with its card, its baseline and its figures in one folder or ZIP."""

    model: Annotated[
        str,
        Setting(
            "An ONNX, TFLite or TorchScript file; or timm:NAME, a network of timm, with --weights.",
            positional=True,
            metavar="MODEL",
            place=True,
            place_names=("timm:",),
        ),
    ]
    data: Annotated[
        str | None,
        Setting(
            "Images that neither taught nor chose it, best labelled: they make its baseline and its figures.",
            metavar="SOURCE",
            place=True,
        ),
    ] = None
    output: Annotated[
        Path | None,
        Setting("A new folder, or a .zip; unless given, NAME.zip.", short="-o", output=True),
    ] = None
    force: Annotated[bool, Setting("Replace a package that is there.")] = False
    name: Annotated[str | None, Setting("What it is called; unless given, as its file.")] = None
    model_version: Annotated[str, Setting("Its version.")] = "1"
    licence: Annotated[str | None, Setting("Of its weights: apache-2.0, mit ...")] = None
    weights: Annotated[
        str | os.PathLike[str] | None,
        Setting(
            "Of a network of timm: a safetensors file or a state dict, or a folder.",
            type=str,
            place=True,
            place_names=("hub",),
        ),
    ] = None
    card: Annotated["CardLike", CARD] = None
    device: Annotated[str, Setting(DEVICE)] = "cpu"
    trust: Annotated[bool, TRUST] = False
    perturb: PerturbSetting = True
    thumbnails: Annotated[bool, Setting("Keep small pictures of some images in the baseline.", negatable=True)] = True
    workers: Annotated[int | None, Setting("Processes to measure with; unless given, one a core.", minimum=1)] = None
    strict: Annotated[bool, Setting("Stop at the first image that cannot be read.")] = False
    max_pixels: Annotated[int | None, MAX_PIXELS] = None
    max_bytes: Annotated[int | None, MAX_BYTES] = None
    as_json: JsonSetting = False
