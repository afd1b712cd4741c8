"""What can be said of making a gate: samples, fitting, evaluating."""

from pathlib import Path
from typing import Annotated

from lookoutcv.gate.gate_settings import ThresholdSetting
from lookoutcv.measuring.model_settings import MAX_BYTES, MAX_PIXELS
from lookoutcv.settings.declaration import FORCE_HELP, ForceSetting, JsonSetting, Setting, settings_class

DataSetting = Annotated[
    str,
    Setting(
        "Labelled images: a folder with sharp and blurred in it, a table with path and label, or what `lookout gate "
        "data` made.",
        positional=True,
        metavar="DATA",
        place=True,
    ),
]


@settings_class
class GateDataSettings:
    """Sharp and blurred images to fit a gate on."""

    output: Annotated[
        Path, Setting("The folder; images go to raw/cv below it, labels to processed/cv.", short="-o", metavar="DIR")
    ] = Path("data")
    photos: Annotated[
        str | None,
        Setting(
            "Sharp photographs to make copies of, in place of drawn patterns.",
            flag="from",
            metavar="PHOTOS",
            place=True,
        ),
    ] = None
    count: Annotated[int, Setting("How many patterns are drawn, or photographs taken at most.", minimum=2)] = 24
    kinds: Annotated[
        list[str] | None, Setting("Of blur: gaussian, defocus, motion, with commas between; or all.", metavar="NAMES")
    ] = None
    strengths: Annotated[
        list[str] | None, Setting("Widths of the blur in pixels, with commas between.", metavar="NUMBERS")
    ] = None
    nuisances: Annotated[
        list[str] | None,
        Setting(
            "Done to sharp and blurred ones alike: none, dark, contrast, noise, jpeg, dark_noise; or all.",
            metavar="NAMES",
        ),
    ] = None
    seed: Annotated[int, Setting("Of what is drawn.", minimum=0)] = 0
    force: Annotated[bool, Setting(FORCE_HELP)] = False
    max_pixels: Annotated[int | None, MAX_PIXELS] = None
    max_bytes: Annotated[int | None, MAX_BYTES] = None
    as_json: JsonSetting = False


@settings_class
class GateAddSettings:
    """Labelled images of the user's own, added to samples."""

    source: Annotated[
        str,
        Setting(
            "Labelled images: a folder with sharp and blurred in it, a table with path and label.",
            positional=True,
            metavar="SOURCE",
            place=True,
        ),
    ]
    output: Annotated[
        Path,
        Setting(
            "The folder of samples; copies go to added below it, labels to processed/cv.", short="-o", metavar="DIR"
        ),
    ] = Path("data")
    max_pixels: Annotated[int | None, MAX_PIXELS] = None
    max_bytes: Annotated[int | None, MAX_BYTES] = None
    as_json: JsonSetting = False


@settings_class
class GateInitSettings:
    """A gate's pipeline for DVC."""

    folder: Annotated[Path, Setting("The project's folder.", positional=True, metavar="FOLDER")] = Path()
    photos: Annotated[
        str | None,
        Setting(
            "Sharp photographs to make copies of, in place of drawn patterns.",
            flag="from",
            metavar="PHOTOS",
            place=True,
        ),
    ] = None
    force: Annotated[bool, Setting("Replace a dvc.yaml and a params.yaml that are there.")] = False
    as_json: JsonSetting = False


@settings_class
class GateFitSettings:
    """A gate fitted to the user's own images."""

    data: DataSetting
    output: Annotated[Path, Setting("The gate's folder.", short="-o", metavar="DIR")] = Path("gate")
    variant: Annotated[
        str, Setting("What scores sharpness: composite, threshold, cnn, vit; see `lookout plugins`.", metavar="NAME")
    ] = "composite"
    false_reject: Annotated[float, Setting("The share of sharp images that may be refused.", minimum=0)] = 0.02
    baseline: Annotated[
        str | None,
        Setting("A baseline; images that look like nothing in it are then unfit.", metavar="FILE", place=True),
    ] = None
    epochs: Annotated[int, Setting("Of a variant that learns: times that all images are seen.", minimum=1)] = 5
    batch_size: Annotated[int, Setting("Of a variant that learns: images a step.", minimum=1)] = 16
    learning_rate: Annotated[float, Setting("Of a variant that learns.", minimum=0)] = 1e-3
    backbone: Annotated[
        str | None, Setting("Of vit: a network by its name in timm; unless given, a small DeiT.", metavar="NAME")
    ] = None
    weights: Annotated[
        str,
        Setting(
            "Of vit: where it begins: auto, hub, none, or a safetensors file or folder.",
            metavar="auto|hub|none|FILE|FOLDER",
            place=True,
            place_names=("auto", "hub", "none"),
        ),
    ] = "auto"
    device: Annotated[str, Setting("Of a variant that learns: cpu, cuda or mps.")] = "cpu"
    seed: Annotated[int, Setting("Of what is drawn.", minimum=0)] = 0
    max_pixels: Annotated[int | None, MAX_PIXELS] = None
    max_bytes: Annotated[int | None, MAX_BYTES] = None
    as_json: JsonSetting = False


@settings_class
class GateEvaluateSettings:
    """How good a gate is on images that are known to be sharp or blurred."""

    gate: Annotated[
        str,
        Setting(
            "A gate's folder, or a variant's name.",
            positional=True,
            metavar="GATE",
            place=True,
            place_names=("composite", "threshold", "cnn", "vit"),
        ),
    ]
    data: DataSetting
    threshold: ThresholdSetting = None
    output: Annotated[
        list[Path] | None,
        Setting("Write a report: .html, .pdf, .md or .json; may be repeated.", short="-o", output=True),
    ] = None
    force: ForceSetting = False
    max_pixels: Annotated[int | None, MAX_PIXELS] = None
    max_bytes: Annotated[int | None, MAX_BYTES] = None
    as_json: JsonSetting = False
