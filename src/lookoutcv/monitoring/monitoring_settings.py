"""What can be said of comparing images: with what, by which policy, and group by group."""

from pathlib import Path
from typing import Annotated

from lookoutcv.measuring.measuring_settings import BatchBySetting, SourceSetting
from lookoutcv.settings.declaration import Setting, settings_class

GroupBySetting = Annotated[
    str | None,
    Setting("Compare each group with its own too: camera, folder, day, a tag ...", metavar="FIELD|folder|day"),
]
PolicySetting = Annotated[
    str, Setting("default, fixed, or a policy file (YAML).", place=True, place_names=("default", "fixed"))
]


@settings_class
class MonitorSettings:
    """Images compared with a baseline."""

    source: SourceSetting
    baseline: Annotated[
        Path | None,
        Setting("The baseline to compare with; unless given, that of the package --model.", short="-b", place=True),
    ] = None
    policy: PolicySetting = "default"
    other_model: Annotated[bool, Setting("Allow a model that is not the baseline's own.")] = False
    group_by: GroupBySetting = None


@settings_class
class CompareSettings:
    """Any two sets of images compared."""

    a: Annotated[
        str, Setting("Before: a source, a record file or a baseline.", positional=True, metavar="A", place=True)
    ]
    b: Annotated[
        str, Setting("After: a source, a record file or a baseline.", positional=True, metavar="B", place=True)
    ]
    policy: PolicySetting = "default"
    batch_by: BatchBySetting = None
    group_by: GroupBySetting = None
