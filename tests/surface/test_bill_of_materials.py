"""The bill of materials holds what is installed for a user, and licences that we may use."""

from __future__ import annotations

import ast
import re
import runpy
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
made = runpy.run_path(str(ROOT / "scripts" / "bill_of_materials.py"))
needed, licences, narrowed = made["needed"], made["licences"], made["narrowed"]

# The LGPL of pi-heif's library lets others call it; these two ask the same licence of their callers.
_COPYLEFT = re.compile(r"(?<!L)GPL|(?<!Lesser )General Public", re.IGNORECASE)


# DVC is a program that a user runs, and none of our code imports it. Of what it brings these are offered under another
# licence too, at the user's choice, or let others link to them.
_OF_DVC = {
    "asyncssh": "EPL-2.0 OR GPL-2.0-or-later",
    "dulwich": "Apache-2.0 OR GPL-2.0-or-later",
    "grandalf": "GPLv2 | EPLv1",
    "pygit2": "GPLv2 with linking exception",
}


@pytest.fixture(scope="module")
def packages() -> dict[str, Any]:
    try:
        return dict(needed())
    except PackageNotFoundError as missing:
        pytest.skip(f"{missing} is not installed")


def bill(packages: dict[str, Any], **changed: str) -> dict[str, Any]:
    components = [
        {"bom-ref": name, "name": one.metadata["Name"], "version": changed.get(name, one.version), "licenses": ["x"]}
        for name, one in packages.items()
        if changed.get(name) != ""
    ]
    more = {"bom-ref": "pytest", "name": "pytest", "version": "8"}
    return {
        "metadata": {"component": {"bom-ref": "root"}},
        "components": [*components, more],
        "dependencies": [{"ref": "root", "dependsOn": ["numpy", "pytest"]}, {"ref": "pytest"}],
    }


def test_what_is_needed_is_followed_through_every_extra(packages: dict[str, Any]) -> None:
    assert {"numpy", "pyarrow", "torch", "onnxruntime", "s3fs", "aiobotocore", "deltalake", "polars"} <= packages.keys()
    assert not {"pytest", "hypothesis", "av"} & packages.keys()


def test_the_bill_holds_just_that(packages: dict[str, Any]) -> None:
    found = narrowed(bill(packages), packages)
    assert [canonicalize_name(one["name"]) for one in found["components"]] == sorted(packages.keys() - {"lookoutcv"})
    assert found["dependencies"] == [{"ref": "root", "dependsOn": ["numpy"]}]


@pytest.mark.parametrize("version", ["", "0.0.1"], ids=["missing", "another version"])
def test_one_that_lacks_something_is_refused(version: str, packages: dict[str, Any]) -> None:
    with pytest.raises(SystemExit, match="the bill lacks numpy"):
        narrowed(bill(packages, numpy=version), packages)


def test_each_says_its_licence_and_none_is_gpl_or_agpl(packages: dict[str, Any]) -> None:
    told = {name: licences(one) for name, one in packages.items()}
    assert [name for name, said in told.items() if not said] == []
    copyleft = {name for name, said in told.items() if any(map(_COPYLEFT.search, said))}
    assert copyleft <= _OF_DVC.keys()
    for name in copyleft:  # as long as the choice is offered
        told_there = packages[name].metadata  # what stands there is None with one reader, a KeyError with another
        assert _OF_DVC[name] in (told_there.get("License"), told_there.get("License-Expression"))


def test_nothing_that_our_code_imports_is_gpl_or_agpl() -> None:
    homes = packages_distributions()
    names = {name for file in (ROOT / "src").rglob("*.py") for name in _imported(ast.parse(file.read_text("utf-8")))}
    others = {home for name in names - set(sys.stdlib_module_names) for home in homes.get(name, ())}
    assert "numpy" in others
    assert [home for home in sorted(others) if any(map(_COPYLEFT.search, licences(distribution(home))))] == []


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("GNU Affero General Public License v3", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("LGPL-2.1", False),
        ("BSD-3-Clause", False),
    ],
)
def test_which_licences_are_refused(said: str, refused: bool) -> None:
    assert bool(_COPYLEFT.search(said)) is refused


def _imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "need" and node.args:
            first = node.args[0]
            found |= {first.value.partition(".")[0]} if isinstance(first, ast.Constant) else set()
    return found
