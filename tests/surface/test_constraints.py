"""The pins of `constraints.txt` fit together: what is installed asks for nothing that they do not give.

Nothing is asked of an index here; `make resolve` does that, for what is not installed too.
"""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "resolve.py"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# Of no use in the tests' environment: it has one of its own.
GROUPS_KEPT_APART = {"security"}


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    return SCRIPT["pins"]((ROOT / "constraints.txt").read_text("utf-8").splitlines())


@pytest.fixture(scope="module")
def installed() -> dict[str, Distribution]:
    # The first on the path is what an import finds.
    found: dict[str, Distribution] = {}
    for one in distributions():
        found.setdefault(canonicalize_name(one.metadata["Name"]), one)
    return found


def declared() -> Iterator[Requirement]:
    """All that pyproject.toml asks for, of every extra and group."""
    project, groups = PYPROJECT["project"], PYPROJECT["dependency-groups"]
    for lines in (project["dependencies"], *project["optional-dependencies"].values()):
        yield from map(Requirement, lines)
    for name, lines in groups.items():
        if name not in GROUPS_KEPT_APART:
            yield from (Requirement(line) for line in lines if isinstance(line, str))


def unmet(requirement: Requirement, pins: dict[str, str]) -> bool:
    pin = pins.get(canonicalize_name(requirement.name))
    return pin is None or not requirement.specifier.contains(pin, prereleases=True)


def wanted(one: Distribution) -> Iterator[Requirement]:
    for requirement in map(Requirement, one.requires or ()):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def test_each_name_is_pinned_once(pins: dict[str, str]) -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) == len(pins)
    assert lines == sorted(lines, key=str.lower)
    assert not [line for line in lines if Version(line.split("==")[1]).local]


def test_every_range_of_pyproject_holds_its_pin(pins: dict[str, str]) -> None:
    own = PYPROJECT["project"]["name"]
    assert [str(one) for one in declared() if one.name != own and unmet(one, pins)] == []


def test_what_is_installed_has_the_pinned_versions(pins: dict[str, str], installed: dict[str, Distribution]) -> None:
    tested = {canonicalize_name(Requirement(line).name) for line in PYPROJECT["dependency-groups"]["test"]}
    assert [name for name in tested if name not in installed] == []
    other = {name: installed[name].version for name in pins.keys() & installed.keys()}
    other = {name: version for name, version in other.items() if Version(version).public != pins[name]}
    assert other == {}, "`make test` installs the pinned versions"


def test_every_pinned_version_accepts_the_others(pins: dict[str, str], installed: dict[str, Distribution]) -> None:
    faults = [
        f"{name} {installed[name].version} asks for {requirement}, and its pin is {pins.get(requirement.name)}"
        for name in sorted(pins.keys() & installed.keys())
        for requirement in wanted(installed[name])
        if unmet(requirement, pins)
    ]
    assert faults == []


def test_all_extras_bring_an_mlflow_of_today(pins: dict[str, str]) -> None:
    every = Requirement(PYPROJECT["project"]["optional-dependencies"]["all"][0])
    assert every.extras == PYPROJECT["project"]["optional-dependencies"].keys() - {"all"}
    assert pins["mlflow"] == "3.17.2"


def test_a_missing_and_a_stale_pin_are_named() -> None:
    faults = SCRIPT["faults"]({"a": "1", "old": "1", "pip": "26"}, {"a": "1", "new": "2", "nvidia-nvtx": "13"})
    assert faults == ["new==2 has no pin", "old is pinned, and nothing needs it"]
