"""What every verb takes, outside of any section of the file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from lookoutcv.settings.declaration import Setting, settings_class


class LogLevel(StrEnum):
    """How much to log."""

    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"


class LogFormat(StrEnum):
    """What a log line looks like."""

    text = "text"
    json = "json"


@settings_class
class GeneralSettings:
    """What every verb takes, outside of any section."""

    log_level: Annotated[LogLevel, Setting("How much to log on standard error.")] = LogLevel.warning
    log_format: Annotated[LogFormat, Setting("Log lines for people or for programs.")] = LogFormat.text
    plugin: Annotated[
        list[Path] | None,
        Setting("A Python file with metrics of your own; may be repeated.", name="plugins", flag="plugin"),
    ] = None
