"""What can be said of training: from which images, which backbones, with which weights, for how long."""

from pathlib import Path
from typing import Annotated

from lookoutcv.measuring.measuring_settings import PerturbSetting
from lookoutcv.measuring.model_settings import MAX_BYTES, MAX_PIXELS
from lookoutcv.plain_text import joined
from lookoutcv.settings.declaration import JsonSetting, Setting, settings_class

# A small and a large convolutional network, one between them, and a transformer.
DEFAULT_MODELS = ("mobilenetv3_small_100", "resnet18", "efficientnet_b0", "vit_base_patch16_224")


@settings_class
class TrainSettings:
    """A classifier that learns from labelled images."""

    data: Annotated[
        str,
        Setting(
            "Labelled images: a folder or a ZIP with a folder a class, a table, or a data set.",
            positional=True,
            metavar="DATA",
            place=True,
        ),
    ]
    output: Annotated[
        Path | None,
        Setting("The run's folder; unless given, runs/ and the name of the data.", short="-o", metavar="FOLDER"),
    ] = None
    models: Annotated[
        list[str] | None,
        Setting(
            f"Backbones, by their names in timm, with commas between; unless given, {joined(DEFAULT_MODELS)}.",
            metavar="NAMES",
        ),
    ] = None
    weights: Annotated[
        str,
        Setting(
            "Where they begin: auto, hub, none, or a safetensors file or folder.",
            metavar="auto|hub|none|FILE|FOLDER",
            place=True,
            place_names=("auto", "hub", "none"),
        ),
    ] = "auto"
    test: Annotated[
        str | None, Setting("Labelled images kept for the test, instead of a part of DATA.", metavar="DATA", place=True)
    ] = None
    test_size: Annotated[float, Setting("Share of the images that are kept for the test.", minimum=0)] = 0.2
    validation_size: Annotated[
        float, Setting("Share of the images that choose between models and epochs.", minimum=0)
    ] = 0.15
    epochs: Annotated[int | None, Setting("At most so many passes over the images; 0 for a head alone.", minimum=0)] = (
        None
    )
    batch_size: Annotated[int, Setting("Images a step.", minimum=1)] = 32
    image_size: Annotated[
        int | None, Setting("Side of the input in pixels; unless given, what the weights were made for.", minimum=8)
    ] = None
    augment: Annotated[
        str, Setting("How much images are varied as they are learnt from.", metavar="none|light|strong")
    ] = "light"
    mixup: Annotated[float, Setting("Mix two images, with this parameter of a Beta distribution.", minimum=0)] = 0.0
    cutmix: Annotated[float, Setting("Put a piece of one image into another, likewise.", minimum=0)] = 0.0
    class_weights: Annotated[bool, Setting("Let rare classes weigh more.")] = False
    budget: Annotated[
        str | None, Setting("Time for all of it, as 90s, 10m or 2h; losers are dropped early.", metavar="SPAN")
    ] = None
    device: Annotated[str, Setting("auto, cpu, cuda or mps.")] = "auto"
    threads: Annotated[int | None, Setting("Processors to use; unless given, all.", minimum=1)] = None
    seed: Annotated[int, Setting("Of all that is drawn: parts, order, variations.", minimum=0)] = 0
    deterministic: Annotated[bool, Setting("The same numbers every time on a graphics card too; slower.")] = False
    resume: Annotated[bool, Setting("Go on with the run in this folder where it was stopped or killed.")] = False
    int8: Annotated[bool, Setting("Pack a model of whole numbers too, with what it loses.")] = False
    state_dict: Annotated[
        bool, Setting("Pack a state dict of PyTorch (model.pth) and its facts as JSON (metadata.json) too.")
    ] = False
    plan: Annotated[bool, Setting("Say whether more images would help, and by how much.")] = False
    perturb: PerturbSetting = True
    folds: Annotated[
        int | None, Setting("Teach the best again in so many folds, for a surer figure on few images.", minimum=3)
    ] = None
    thumbnails: Annotated[bool, Setting("Keep small pictures of some images.", negatable=True)] = True
    strict: Annotated[bool, Setting("Stop at the first image that cannot be read.")] = False
    max_pixels: Annotated[int | None, MAX_PIXELS] = None
    max_bytes: Annotated[int | None, MAX_BYTES] = None
    as_json: JsonSetting = False
