"""Run the quick tests with the lowest version of every dependency that pyproject.toml allows.

Dependencies of dependencies are the newest that fit, as an installer would choose them today. Old libraries warn of
what became of themselves since: here warnings are no errors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_UV = ROOT / ".venv" / "security" / "bin" / "uv"
_PLACE = ROOT / ".venv" / "lowest"
# What the chosen tests import; each in the newest version that fits.
_TOOLS = (
    "pytest",
    "pytest-timeout",
    "pytest-randomly",
    "hypothesis",
    "onnx",
    "jsonschema",
    "pandas",
    "pypdf",
    "duckdb",
    "imagecodecs",
)
# They open every extra: models of each format, archives, tables, films, reports, the log.
_TESTS = (
    "tests/contract/test_models_contract.py",
    "tests/contract/test_sources_contract.py",
    "tests/contract/test_report_formats.py",
    "tests/unit/images",
    "tests/unit/settings",
    "tests/unit/profiles",
    "tests/unit/log/table",
)


def main() -> int:
    """Install and run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = ",".join(name for name in project["optional-dependencies"] if name != "all")
    environment = {**os.environ, "VIRTUAL_ENV": str(_PLACE), "PYTHONPATH": str(ROOT / "src")}
    _do([str(_UV), "venv", "--quiet", "--clear", "--python", sys.executable, str(_PLACE)], environment)
    install = [str(_UV), "pip", "install", "--quiet", "--only-binary", ":all:", "--no-binary", "lookoutcv"]
    _do([*install, "--resolution", "lowest-direct", f"{ROOT}[{extras}]"], environment)
    frozen = _PLACE / "lowest.txt"
    listed = subprocess.run([str(_UV), "pip", "freeze"], env=environment, check=True, capture_output=True, text=True)
    kept = [line for line in listed.stdout.splitlines() if not line.startswith("lookoutcv")]
    frozen.write_text("\n".join(kept) + "\n", "utf-8")
    _do([*install, "--constraint", str(frozen), *_TOOLS], environment)
    test = [str(_PLACE / "bin" / "python"), "-m", "pytest", "-q", "-m", "not soak", "-o", "filterwarnings=default"]
    return subprocess.run([*test, *_TESTS], cwd=ROOT, env=environment, check=False).returncode


def _do(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode:
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main())
