"""What can be said of measuring: the options that every function which reads images takes, and those of two verbs."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

from lookoutcv.gate.gate_settings import GATE_PLACES
from lookoutcv.measuring.model_settings import MAX_BYTES, MAX_PIXELS, ModelOptions
from lookoutcv.progress import Progress
from lookoutcv.settings.declaration import Argument, ForceSetting, JsonSetting, RawSetting, Setting, settings_class
from lookoutcv.settings.declared_parameters import documentation

if TYPE_CHECKING:
    from lookoutcv.gate.gate import Gate
    from lookoutcv.metrics import Metric
    from lookoutcv.records.measurer import Measurer

SourceSetting = Annotated[
    str,
    Setting(
        "A folder, archive, table, data set, image, URL or record file.", positional=True, metavar="SOURCE", place=True
    ),
]
BatchBySetting = Annotated[
    str | None,
    Setting(
        "What ordinary variation moves together: day, folder, camera, label, a tag, or N images in a row.",
        metavar="FIELD|folder|day|N",
    ),
]

PerturbSetting = Annotated[
    bool,
    Setting(
        "Ask a classifier about corrupted copies of labelled images too, to estimate accuracy better later.",
        negatable=True,
    ),
]


class MeasuringOptions(TypedDict, total=False):
    """How images are read and measured."""

    metrics: Annotated[
        "str | Metric | Sequence[str | Metric] | None",
        Setting(
            "Metrics or families, with commas between; 'default' or 'all'.",
            details="`monitor` measures what its baseline holds.",
            type=str,
        ),
    ]
    sample: Annotated[
        int | None,
        Setting("Measure only so many images, drawn at random.", details="Without replacement.", minimum=1),
    ]
    seed: Annotated[int, Setting("Seed of that draw.", details="The same seed draws the same images.", default=0)]
    strict: Annotated[
        bool,
        Setting(
            "Stop at the first image that cannot be read.",
            details="Otherwise it is skipped and named.",
            default=False,
        ),
    ]
    workers: Annotated[int | None, Setting("Processes to measure with; unless given, one a core.", minimum=1)]
    max_pixels: Annotated[int, MAX_PIXELS]
    max_bytes: Annotated[int, MAX_BYTES]
    cache: Annotated[
        str | os.PathLike[str] | bool | None,
        Setting(
            "Where images measured before are looked up; `lookout doctor` says where.",
            details="A folder; False for none, None for the folder in LOOKOUTCV_CACHE or else the system's folder for "
            "caches.",
            type=Path,
            metavar="DIR|off",
            off="Measure every image anew.",
        ),
    ]
    progress: Annotated[
        Progress | None,
        Argument(
            "Called as `progress(done, total)`; `total` is None while it is not known. Where it has a method "
            "`begin_stage`, that is called with a few words where something else is counted from then on."
        ),
    ]


class GateOptions(TypedDict, total=False):
    """Which images are fit to be measured."""

    gate: Annotated[
        "str | os.PathLike[str] | Gate | None",
        Setting(
            "Ask this gate about each image: its folder, or a variant's name; see `lookout gate`.",
            details="A `Gate`, or what `Gate.load` takes.",
            type=str,
            metavar="GATE",
            place=True,
            place_names=GATE_PLACES,
        ),
    ]
    on_reject: Annotated[
        str,
        Setting(
            "What becomes of images that the gate finds unfit: skip, move or tag.",
            details='"tag" keeps them, marked; "move" takes their files away to `rejects`.',
            default="skip",
            metavar="skip|move|tag",
        ),
    ]
    rejects: Annotated[
        str | os.PathLike[str] | None,
        Setting("The folder that `move` moves files to.", type=str, metavar="DIR"),
    ]


class PictureOptions(TypedDict, total=False):
    """Which small pictures are kept, and what is covered on them."""

    thumbnails: Annotated[
        bool,
        Setting(
            "Keep small pictures of some images.", details="In baselines and reports.", default=True, negatable=True
        ),
    ]
    redact: Annotated[
        str | Sequence[str] | None,
        Setting(
            "Cover on those pictures: faces, a box x1,y1,x2,y2, class:NAME of --model, or a detector's file.",
            details="With grey, before they are made; boxes in pixels or in shares of 0 to 1; one or several. A "
            "picture on which that cannot be done is left out.",
            type=list[str],
            metavar="WHAT",
        ),
    ]


class Options(MeasuringOptions, ModelOptions, GateOptions, PictureOptions, total=False):
    """The options that `measure`, `baseline`, `monitor` and `compare` share."""

    measurers: Annotated[
        "Sequence[Measurer]",
        Argument(
            "What else is measured on each image, with the model's prediction for it: see `Measurer`. Its columns "
            "stand in the records. What is measured then is not looked up in the cache."
        ),
    ]


Options.__doc__ = documentation(Options)


@settings_class
class MeasureSettings:
    """Numbers for one image, or a record for every image of a source."""

    source: Annotated[
        str,
        Setting("A folder, archive, table, data set, image or URL.", positional=True, metavar="SOURCE", place=True),
    ]
    output: Annotated[
        Path | None, Setting("Write the records to this .parquet, .csv or .json file.", short="-o", output=True)
    ] = None
    force: ForceSetting = False
    raw: RawSetting = False
    as_json: JsonSetting = False


@settings_class
class BaselineSettings:
    """What images look like while all is well."""

    source: SourceSetting
    output: Annotated[
        Path, Setting("Where to write the baseline: .parquet, or .json, which is larger.", short="-o", output=True)
    ] = Path("baseline.parquet")
    force: ForceSetting = False
    as_json: JsonSetting = False
    batch_by: BatchBySetting = None
    perturb: PerturbSetting = True
