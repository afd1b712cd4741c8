"""What a user sees of the package: its names, its floors, its weight."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.errors import LookoutError

ROOT = Path(__file__).parents[2]


def test_all_is_sorted_and_complete() -> None:
    assert lo.__all__ == sorted(lo.__all__)
    assert set(lo.__all__) == set(lo._HOMES) | {"__version__"}
    assert dir(lo) == lo.__all__


@pytest.mark.parametrize("name", lo.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(lo, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'monitr'"):
        _ = lo.monitr


def test_no_public_name_is_hidden_by_a_room() -> None:
    rooms = {module.name for module in pkgutil.iter_modules(lo.__path__)}
    assert not rooms & set(lo.__all__)


@pytest.mark.parametrize("name", [n for n in lo.__all__ if not n.startswith("_")])
def test_every_public_name_says_what_it_is(name: str) -> None:
    value = getattr(lo, name)
    if inspect.isfunction(value) or inspect.isclass(value):
        assert len(inspect.getdoc(value) or "") > 20


def _modules() -> list[str]:
    return [m.name for m in pkgutil.walk_packages(lo.__path__, "lookoutcv.") if not m.name.endswith("__main__")]


@pytest.mark.parametrize("name", _modules())
def test_every_module_and_public_function_has_a_docstring(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} does not say what it is"
    for attribute, value in vars(module).items():
        own = getattr(value, "__module__", None) == name
        if own and not attribute.startswith("_") and isinstance(value, types.FunctionType | type):
            assert value.__doc__, f"{name}.{attribute} does not say what it is"


def test_every_error_is_in_the_drawing() -> None:
    drawing = importlib.import_module("lookoutcv.errors").__doc__ or ""

    def kinds(base: type[LookoutError]) -> list[type[LookoutError]]:
        return [base, *(deeper for kind in base.__subclasses__() for deeper in kinds(kind))]

    missing = [kind.__name__ for kind in kinds(LookoutError) if kind.__name__ not in drawing]
    assert not missing


def test_floors() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


HEAVY = ("numpy", "cv2", "pyarrow", "scipy", "PIL", "rich.progress", "vl_convert", "pydantic", "fsspec", "loky", "yaml")


def _loaded_by(code: str) -> set[str]:
    script = f"import json, sys\n{code}\njson.dump(sorted(sys.modules), sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not _loaded_by("import lookoutcv") & set(HEAVY)


def test_help_loads_nothing_heavy() -> None:
    assert not _loaded_by("from lookoutcv.cli.main import main; main(['--help'])") & set(HEAVY)


def test_a_settings_file_costs_only_those_who_run_a_verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lookout.yaml").write_text("measure: {workers: 1}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG")
    # Typer itself loads pydantic for a verb.
    loaded = _loaded_by("from lookoutcv.cli.main import main; main(['monitor', '--help'])")
    assert not loaded & set(HEAVY) - {"pydantic"}
    assert "yaml" in _loaded_by("from lookoutcv.cli.main import main; main(['measure'])")


def test_nothing_loads_the_slow_part_of_scipy() -> None:
    code = "import lookoutcv as lo; [getattr(lo, name) for name in lo.__all__]"
    assert "scipy.stats" not in _loaded_by(code)
