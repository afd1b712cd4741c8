"""The page on trouble names every error, in the part where its family stands."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from lookoutcv import errors

PAGE = (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
EVERY = PAGE.partition("## Every error")[2]
KINDS = [
    kind
    for kind in vars(errors).values()
    if inspect.isclass(kind) and issubclass(kind, errors.LookoutError) and kind is not errors.LookoutError
]
FAMILIES = [kind for kind in KINDS if kind.__subclasses__()]
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_says_of_every_error_what_it_means_and_what_to_do(kind: type[errors.LookoutError]) -> None:
    if kind in FAMILIES:
        assert f"`{kind.__name__}`" in EVERY
        return
    rows = {name: (meaning, remedy) for name, meaning, remedy in ROW.findall(EVERY)}
    meaning, remedy = rows[kind.__name__]
    assert meaning
    assert remedy


def test_an_error_stands_below_its_family() -> None:
    family, found = "", {}
    for line in EVERY.splitlines():
        lead = re.match(r"`(\w+)`", line)
        family = lead[1] if lead else family
        row = ROW.match(line)
        if row:
            found[row[1]] = family
    parents = {kind.__name__: kind.__mro__[1].__name__ for kind in KINDS if kind not in FAMILIES}
    assert found == parents
