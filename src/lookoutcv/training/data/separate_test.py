"""Labelled images whose test lies elsewhere: both are read as one data set, divided by where they come from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.training.data.data_set_sources import data_set_sources
from lookoutcv.training.data.division import Part
from lookoutcv.training.data.labelled_samples import LabelledSamples, read_samples


def read_with_test(data: Any, test: Any, options: Options) -> tuple[LabelledSamples, Mapping[str, Part]]:
    """The samples of both, and the part of each by its id: "train" for those of `data`, "test" for those of `test`.

    Args:
        data, test: Paths of data sets; of `data` several.
        options: As for `read_samples`.
    Raises:
        ConfigError: They are no paths, or the same one.
        SourceError, TrainingError: As `read_samples`.
    """
    paths = list(data) if isinstance(data, list | tuple) else [data]
    if not all(isinstance(path, str | os.PathLike) for path in (*paths, test)):
        raise ConfigError(
            "images for the test can be named only beside others that are named by a path",
            "Give both as paths, or leave the test out.",
            key="test",
        )
    before = data_set_sources([*paths, test])[-1][0]
    if before in [begin for begin, _ in data_set_sources([*paths, test])[:-1]]:
        raise ConfigError(
            f"{os.fspath(test)} is what is to be learnt from, and cannot be the test too",
            f"Give other images, or leave {option('test')} out: then a part of them is kept for it.",
            key="test",
        )
    labelled = read_samples([*paths, test], options)
    parts: dict[str, Part] = {s.id: "test" if s.id.startswith(before) else "train" for s in labelled.samples}
    return labelled, parts
