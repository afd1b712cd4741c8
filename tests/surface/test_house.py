"""The house: rooms stand on floors, imports are seen, plugin rooms hold plugins, names tell where one is.

Each list of exceptions says why; a new one needs as good a reason.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from lookoutcv.plugins import ROOMS, Registry, Room

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "lookoutcv"
UNIT = ROOT / "tests" / "unit"
PLUGIN_ROOMS = {room.package.removeprefix("lookoutcv.").replace(".", "/") for room in ROOMS}
MOST_MODULES = 15
# The rooms that may have more.
LARGE_ROOMS = {"sources/kinds": "a plugin room: a file a kind"}
# Names that recur although the rooms are neither of plugins nor of the command line; a result may be called as what
# computes it. Choose another name before this list grows.
RECURRING = {
    "codec": "of records; of profiles",
    "notes": "of rules; of predictions",
    "parquet": "records in such files; the files themselves",
    "read": "an image; the log",
    "rows": "of any file; of a side of a comparison",
    "schema": "of records; of the log; of settings",
}
# Tests of several modules, or of none.
MIRRORLESS = {
    "adapters/test_adapters.py": "all adapters, against what their libraries return",
    "benchmarks/test_blur_figures.py": "the arithmetic of the gate's benchmarks",
    "benchmarks/test_quality.py": "the benchmarks' own arithmetic",
    "corruptions/test_corruptions.py": "all corruptions",
    "drift/test_compare_predictions_alone.py": "from records without images to a report",
    "log/writing/test_measurers.py": "from a logger's arguments to rows",
    "measuring/test_baseline_batches.py": "from images to a baseline with batches",
    "measuring/test_measurers.py": "from options to records",
    "models/heads/test_declared_heads.py": "what a file says of any head",
    "models/heads/test_detector_heads.py": "all heads of detectors",
    "models/heads/test_one_channel_maps.py": "both heads of maps",
    "models/heads/test_heads.py": "all other heads",
    "predictions/test_predictions.py": "all kinds of predictions",
    "records/test_true_objects.py": "objects from a source to records and back",
    "sources/test_encodings.py": "texts of data sets, lists and predictions, in every encoding",
    "results/test_evaluations.py": "both evaluations, to JSON and back",
}
# Who imports modules of this package by their names, and what for.
IMPORTS_BY_NAME = {
    "__init__.py": "public names are loaded on first use",
    "plugins.py": "plugins and their rooms",
    "models/__init__.py": "its names are loaded on first use: a process that only runs a file needs none of them",
}
# Who imports by a name that is no literal, of other packages.
IMPORTS_OTHERS_BY_NAME = {"extras.py": "a library that an extra brings"}


def modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.py") if path.name not in ("__init__.py", "__main__.py"))


def packages() -> list[Path]:
    return sorted(path.parent for path in SOURCE.rglob("__init__.py"))


def named(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


# Floors


def layer_contracts() -> list[dict[str, object]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return [contract for contract in contracts if contract["type"] == "layers"]


def test_every_layers_contract_knows_all_its_rooms() -> None:
    assert [contract["name"] for contract in layer_contracts() if not contract.get("exhaustive")] == []


def lint_with(folder: Path, files: Mapping[str, str]) -> str:
    """What import-linter says of a copy of the package to which modules were added."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignored = shutil.ignore_patterns("__pycache__", "*.jpg", "*.so")
    shutil.copytree(SOURCE, folder / "src" / "lookoutcv", ignore=ignored)
    for module, text in files.items():
        (folder / "src" / f"{module.replace('.', '/')}.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    return done.stdout


def test_a_room_on_no_floor_fails(tmp_path: Path) -> None:
    containers = [str(room) for contract in layer_contracts() for room in contract["containers"]]  # type: ignore[attr-defined]
    assert "lookoutcv" in containers
    output = lint_with(tmp_path, {f"{room}.attic": '"""What nobody placed."""\n' for room in containers})
    assert [room for room in containers if f"- {room}.attic\n" not in output] == []


def test_a_circle_in_any_room_fails(tmp_path: Path) -> None:
    rooms = [f"lookoutcv.{named(folder).replace('/', '.')}" for folder in packages() if folder != SOURCE]
    circles = {f"{room}.{one}": f"import {room}.{other}\n" for room in rooms for one, other in ("ab", "ba")}
    output = lint_with(tmp_path, circles)
    assert [room for room in rooms if f"No cycles are allowed in {room}.\n" not in output] == []


def _imports_by_name(path: Path) -> Iterator[tuple[int, str | None]]:
    """Line and name of each import by name; None for a name that is no literal."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args:
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if function in ("import_module", "__import__", "run_module"):
                first = node.args[0]
                if isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                    first = first.values[0]  # how it begins says whose it is
                yield node.lineno, str(first.value) if isinstance(first, ast.Constant) else None


def test_no_module_of_ours_is_imported_by_name() -> None:
    found = defaultdict(list)
    for path in SOURCE.rglob("*.py"):
        for line, name in _imports_by_name(path):
            if name is None or name.startswith((".", "lookoutcv")):
                found[named(path)].append(line)
    assert set(found) == set(IMPORTS_BY_NAME) | set(IMPORTS_OTHERS_BY_NAME), dict(found)


# Plugin rooms


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.package)
def test_a_plugin_room_holds_plugins_only(room: Room) -> None:
    registry = room.registry
    assert isinstance(registry, Registry)
    assert registry.room == room.package
    folder = SOURCE / room.package.removeprefix("lookoutcv.").replace(".", "/")
    bringing = {registry.origin(name).rpartition(".")[2] for name in registry.names()}
    assert {path.stem for path in modules(folder)} - {"base"} == bringing


def test_every_room_with_a_registry_is_in_the_table() -> None:
    made = {path.parent for path in SOURCE.rglob("*.py") if "= Registry(" in path.read_text()}
    assert {named(folder) for folder in made} == PLUGIN_ROOMS


# Names and sizes


def test_a_module_name_tells_where_one_is() -> None:
    places = defaultdict(list)
    for path in SOURCE.rglob("*.py"):
        room = named(path.parent)
        if path in modules(path.parent) and room not in PLUGIN_ROOMS and not room.startswith("cli"):
            places[path.stem].append(room)
    recurring = {
        name: rooms
        for name, rooms in places.items()
        if len([room for room in rooms if not room.startswith("results")]) > 1 or len(rooms) > 2
    }
    assert {name: rooms for name, rooms in recurring.items() if name not in RECURRING} == {}


def test_a_room_can_be_taken_in_at_a_glance() -> None:
    sizes = {named(folder): len(modules(folder)) for folder in packages()}
    assert {room: size for room, size in sizes.items() if size > MOST_MODULES and room not in LARGE_ROOMS} == {}


@pytest.mark.parametrize("package", packages(), ids=named)
def test_a_room_says_what_it_is_for(package: Path) -> None:
    words = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    assert len(words) > 25
    assert "TODO" not in words


# Tests


def test_unit_tests_lie_where_the_module_lies() -> None:
    tests = {path.relative_to(UNIT) for path in UNIT.rglob("test_*.py")}
    lost = {
        test.as_posix()
        for test in tests
        if not (SOURCE / test.parent / test.name.removeprefix("test_")).is_file()
        and not (SOURCE / test.parent / test.stem.removeprefix("test_")).is_dir()
    }
    assert lost == set(MIRRORLESS) & {test.as_posix() for test in tests}


def test_tests_share_no_generator_of_random_numbers() -> None:
    shared = []
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if isinstance(value, ast.Call):
                function = ast.unparse(value.func).rpartition(".")[2]
                if function in ("default_rng", "Generator", "Random", "RandomState"):
                    shared.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert shared == []
