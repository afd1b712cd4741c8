"""The policy that a `policy` argument means."""

from __future__ import annotations

import os
from pathlib import Path

from lookoutcv.drift.rules.policy import Policy, named
from lookoutcv.settings.typed_values import load_settings

_SUFFIXES = (".yaml", ".yml")


def policy_of(policy: str | os.PathLike[str] | Policy) -> Policy:
    """A policy by name, from a file, or as it is.

    Args:
        policy: "default", "fixed", the path of a YAML file whose keys are the fields of `Policy`, or a `Policy`.
    Raises:
        ConfigError: There is no such policy, or the file is wrong.
    Example:
        >>> policy_of("fixed").rule
        'fixed'
    """
    if isinstance(policy, Policy):
        return policy
    path = Path(policy)
    if path.suffix.lower() in _SUFFIXES or path.is_file():
        return load_settings(path, Policy)
    return named(os.fspath(policy))
