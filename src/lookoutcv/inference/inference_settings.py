"""What can be said of asking a model: its predictions, how good they are, and the card that says how to ask it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from lookoutcv.measuring.model_settings import ANNOTATIONS, CARD, DEVICE, MAX_BYTES, MAX_PIXELS, MODEL_NAME, TRUST
from lookoutcv.settings.declaration import ForceSetting, JsonSetting, RawSetting, Setting, settings_class

if TYPE_CHECKING:
    from lookoutcv.models import CardLike

ModelSetting = Annotated[
    str,
    Setting(
        "An ONNX, TFLite or TorchScript file, a package, or a function: file.py:function.",
        positional=True,
        metavar="MODEL",
        place=True,
    ),
]
CardSetting = Annotated["CardLike", CARD]
DeviceSetting = Annotated[str, Setting(DEVICE)]
TrustSetting = Annotated[bool, TRUST]
StrictSetting = Annotated[bool, Setting("Stop at the first image that cannot be read.")]
MaxPixelsSetting = Annotated[int | None, MAX_PIXELS]
MaxBytesSetting = Annotated[int | None, MAX_BYTES]


@settings_class
class PredictSettings:
    """What a model says of images."""

    model: ModelSetting
    images: Annotated[
        list[str], Setting("Images, folders, ZIPs or URLs.", positional=True, metavar="IMAGE...", place=True)
    ]
    top: Annotated[int, Setting("How many classes of a classification.", minimum=1)] = 3
    output: Annotated[
        Path | None, Setting("Write the predictions to this .csv, .json or .coco.json file.", short="-o", output=True)
    ] = None
    force: ForceSetting = False
    raw: RawSetting = False
    card: CardSetting = None
    device: DeviceSetting = "cpu"
    trust: TrustSetting = False
    strict: StrictSetting = False
    max_pixels: MaxPixelsSetting = None
    max_bytes: MaxBytesSetting = None
    as_json: JsonSetting = False


@settings_class
class ExplainSettings:
    """What a model looked at in images."""

    model: ModelSetting
    images: Annotated[
        list[str], Setting("Images, folders, ZIPs or URLs.", positional=True, metavar="IMAGE...", place=True)
    ]
    classes: Annotated[
        list[str] | None,
        Setting(
            "Of this class, by name or number; of a detector: this object by number, or its surest of a class; may be "
            "repeated.",
            flag="class",
            metavar="CLASS",
        ),
    ] = None
    top: Annotated[int, Setting("Of so many of the most probable classes.", minimum=1)] = 1
    method: Annotated[
        str,
        Setting(
            "grad_cam, occlusion, rise or another of `lookout plugins`; auto takes grad_cam where there is a network.",
            metavar="METHOD",
        ),
    ] = "auto"
    layer: Annotated[str | None, Setting("The layer of a network to look at; unless given, the one that suits.")] = None
    layout: Annotated[
        str | None,
        Setting(
            "How that layer lies on the image, where that cannot be known: NCHW, NHWC, tokens:1, tokens:1:14x14.",
            metavar="LAYOUT",
        ),
    ] = None
    samples: Annotated[
        int | None, Setting("Ask about so many variants of each image, by methods that ask.", minimum=1)
    ] = None
    seed: Annotated[int, Setting("Of what such a method draws at random.", minimum=0)] = 0
    faithfulness: Annotated[
        bool,
        Setting("Also see whether what a map marks moves the score more than random maps do: 300 inferences."),
    ] = False
    sample: Annotated[int, Setting("At most so many images, evenly spread.", minimum=1)] = 100
    output: Annotated[
        list[Path] | None,
        Setting(
            "Write it: a picture (.png), the maps (.npy, .npz), a report (.html, .pdf, .md, .json); may be repeated.",
            short="-o",
            output=True,
        ),
    ] = None
    force: ForceSetting = False
    card: CardSetting = None
    device: DeviceSetting = "cpu"
    trust: TrustSetting = False
    strict: StrictSetting = False
    max_pixels: MaxPixelsSetting = None
    max_bytes: MaxBytesSetting = None
    as_json: JsonSetting = False


@settings_class
class EvaluateSettings:
    """How good a classifier or a detector is on labelled images."""

    model: ModelSetting
    source: Annotated[
        list[str] | None,
        Setting(
            "Labelled images: a folder or a ZIP with a folder a class, or a source with boxes.",
            positional=True,
            metavar="SOURCE...",
            place=True,
        ),
    ] = None
    top: Annotated[int, Setting("Of a classifier: the largest k of the top-k accuracies.", minimum=1)] = 5
    output: Annotated[
        list[Path] | None,
        Setting(
            "Write it all; the suffix (.html, .pdf, .json, .md, .txt) names the format; may be repeated.",
            short="-o",
            output=True,
        ),
    ] = None
    force: ForceSetting = False
    card: CardSetting = None
    device: DeviceSetting = "cpu"
    trust: TrustSetting = False
    strict: StrictSetting = False
    max_pixels: MaxPixelsSetting = None
    max_bytes: MaxBytesSetting = None
    predictions: Annotated[
        Path | None,
        Setting("Predictions made elsewhere instead of a model; no MODEL is then given.", metavar="FILE", place=True),
    ] = None
    annotations: Annotated[Path | None, ANNOTATIONS] = None
    model_name: Annotated[str | None, MODEL_NAME] = None
    as_json: JsonSetting = False


@settings_class
class CardSettings:
    """How a model wants its images and what its outputs mean."""

    model: ModelSetting
    try_: Annotated[
        str | None,
        Setting("Images to try it on, best labelled: a folder a class, or with boxes.", metavar="IMAGES", place=True),
    ] = None
    output: Annotated[
        Path | None,
        Setting("Where to write it (.yaml, .json); unless given, MODEL.card.yaml.", short="-o", output=True),
    ] = None
    force: Annotated[bool, Setting("Replace a card, or another file, that is there.")] = False
    card: CardSetting = None
    device: DeviceSetting = "cpu"
    trust: TrustSetting = False
    max_pixels: MaxPixelsSetting = None
    max_bytes: MaxBytesSetting = None
    as_json: JsonSetting = False
