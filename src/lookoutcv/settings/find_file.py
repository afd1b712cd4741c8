"""Which settings file is used: one that is named, or the `lookout.yaml` of this folder or the nearest above."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lookoutcv.errors import ConfigError
from lookoutcv.settings.key import OFF

NAME = "lookout.yaml"
ENVIRONMENT_VARIABLE = "LOOKOUTCV_CONFIG"


def find_settings_file(
    named: str | os.PathLike[str] | None = None, environment: Mapping[str, str] = os.environ
) -> str | None:
    """The settings file to use.

    Args:
        named: One that the user named; None to look for it: in LOOKOUTCV_CONFIG ("off" for none), then for
            `lookout.yaml` in the current folder and those above.
    Returns:
        Its path, relative where it lies here or above; None where there is none.
    Raises:
        ConfigError: The one found belongs to somebody else. Settings name plugins and models, which are run.
    """
    if named is None:
        variable = environment.get(ENVIRONMENT_VARIABLE, "")
        if variable.lower() == OFF:
            return None
        named = variable or None
    if named is not None:
        return os.fspath(named)
    try:
        working_folder = Path.cwd()
    except OSError:  # the folder is gone
        return None
    for steps, folder in enumerate([working_folder, *working_folder.parents]):
        if (folder / NAME).is_file():
            path = os.path.join(*[os.pardir] * steps, NAME)
            _refuse_another_users(path, working_folder)
            return path
    return None


def _refuse_another_users(path: str, working_folder: Path) -> None:
    if not hasattr(os, "getuid"):
        return
    # Who works in somebody's folder (a mounted project in a container) has chosen to; /tmp is nobody's choice.
    trusted = {os.getuid(), 0, working_folder.stat().st_uid}
    if os.stat(path).st_uid not in trusted:
        raise ConfigError(
            f"{path} belongs to another user",
            f"Name it, or pass it over: lookout --config {path} ..., or lookout --no-config ...",
            path=path,
        )
