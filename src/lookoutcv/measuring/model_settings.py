"""What can be said of the model that is asked about images, or of predictions that stand in for one."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

from lookoutcv.settings.declaration import Setting, settings_class

if TYPE_CHECKING:
    from lookoutcv.measuring.predictions.model_source import ModelLike
    from lookoutcv.models import CardLike

SET = Setting("A setting of the card, as input.colour=BGR; may be repeated.", name="set", metavar="KEY=VALUE")
CARD = Setting(
    "The model's card (YAML or JSON); unless given, MODEL.card.yaml beside it.",
    type=Path,
    place=True,
    companion=("set_", list[str] | None, SET),
)
DEVICE = "cpu, cuda or cuda:1."
TRUST = Setting(
    "Run the model's file in this process: only where you made it yourself.",
    details="Else it runs in a process of its own, which reads no other file, writes none and reaches no network.",
)
ANNOTATIONS = Setting(
    "The COCO file whose numbers of images and categories --predictions has.", type=Path, metavar="FILE", place=True
)
MODEL_NAME = Setting(
    "What the model of --predictions is called.",
    details="Predictions under one name are taken for those of one model; in `monitor` the name is the baseline's "
    "unless given.",
)

# What is skipped where images are measured, and where a model is asked about them.
MAX_PIXELS = Setting("Skip images with more pixels.", minimum=1)
MAX_BYTES = Setting("Skip files with more bytes.", minimum=1)


class ModelOptions(TypedDict, total=False):
    """Which model is asked about every image."""

    model: Annotated[
        "ModelLike | None",
        Setting(
            "Ask this model about every image too: a file, or file.py:function.",
            details="Or a function, or what `open_model` gave. Its predictions are kept and compared too; what is "
            "measured then is not looked up in the cache.",
            type=str,
            metavar="MODEL",
            place=True,
        ),
    ]
    card: Annotated["CardLike", CARD]
    device: Annotated[str, Setting(f"What the model runs on: {DEVICE}", details='Unless given, "cpu".')]
    trust: Annotated[bool, TRUST]
    predictions: Annotated[
        str | os.PathLike[str] | None,
        Setting(
            "Predictions made elsewhere instead of a model: .csv, .jsonl, .parquet, .json, COCO results.",
            details="Images are found by their id or, where that is one image's, by their file name.",
            type=Path,
            metavar="FILE",
            place=True,
        ),
    ]
    annotations: Annotated[str | os.PathLike[str] | None, ANNOTATIONS]
    model_name: Annotated[str | None, MODEL_NAME]


@settings_class
class NoInferenceSettings:
    """Whether a model that settings name is passed over."""

    no_inference: Annotated[bool, Setting("Ask no model, whatever --model says: images only.")] = False


@settings_class
class AttentionSettings:
    """Whether it is measured where the model looks."""

    explain_share: Annotated[
        float | None,
        Setting(
            "Also measure where --model looks, on this share of the images: 0 to 1.",
            details="In Python: measurers=[lo.attention(MODEL, explain_share=0.1)]. A map costs a pass or two of a "
            "network, and some 200 inferences of a model of which only answers are known.",
            minimum=0,
            metavar="SHARE",
        ),
    ] = None
