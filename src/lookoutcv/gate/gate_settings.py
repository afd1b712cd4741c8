"""What can be said of asking a gate: which one, and which images."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from lookoutcv.settings.declaration import ForceSetting, JsonSetting, RawSetting, Setting, settings_class

GATE_PLACES = ("composite", "threshold", "cnn", "vit")
GateSetting = Annotated[
    str,
    Setting(
        "A gate's folder, as `lookout gate fit` makes it, or a variant's name: composite or threshold.",
        metavar="GATE",
        place=True,
        place_names=GATE_PLACES,
    ),
]
ThresholdSetting = Annotated[
    float | None, Setting("Of the gate `threshold`: the least variance of the Laplacian that is sharp.")
]


class FailOnVerdict(StrEnum):
    """The verdicts that a pipeline can stop at."""

    unfit = "unfit"
    cannot_tell = "cannot-tell"


@settings_class
class GateCheckSettings:
    """Whether images are fit to use."""

    images: Annotated[
        list[str], Setting("Images, folders, ZIPs or URLs.", positional=True, metavar="IMAGE...", place=True)
    ]
    gate: GateSetting = "composite"
    threshold: ThresholdSetting = None
    judges: Annotated[
        list[str] | None,
        Setting("Beside sharpness judge only these; 'none' for none; see `lookout plugins`.", metavar="NAMES"),
    ] = None
    camera: Annotated[
        str | None,
        Setting(
            "All images are this camera's, in order: judges that remember (frozen, lens) judge too; 'folder': each "
            "folder is a camera.",
            metavar="NAME|folder",
        ),
    ] = None
    output: Annotated[
        Path | None, Setting("Write a verdict an image to this .json, .jsonl or .csv file.", short="-o", output=True)
    ] = None
    force: ForceSetting = False
    raw: RawSetting = False
    fail_on: Annotated[
        FailOnVerdict | None,
        Setting("Exit with 3 where an image is unfit, or with 'cannot-tell' also where the gate cannot tell of one."),
    ] = None
    max_pixels: Annotated[int | None, Setting("Images with more pixels are not fit.", minimum=1)] = None
    max_bytes: Annotated[int | None, Setting("Files with more bytes are not fit.", minimum=1)] = None
    as_json: JsonSetting = False
