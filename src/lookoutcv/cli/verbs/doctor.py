"""`lookout doctor`: what is installed, what is missing, and the line that installs it."""

from __future__ import annotations

import platform
import re
import sys
from typing import Any

import typer

from lookoutcv.byte_sizes import byte_size
from lookoutcv.cli.parameters import JsonOption

_EXTRA = re.compile(r"""extra\s*==\s*['"]([\w-]+)['"]""")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def doctor(as_json: JsonOption = False) -> None:
    """Say what is installed, what is missing and the line that installs it; exit with 1 if a needed part is missing."""
    from importlib import metadata

    from lookoutcv.cli.printing.nobody_reads import ending_with
    from lookoutcv.cli.printing.tables import print_json
    from lookoutcv.measuring.cache.record_cache import describe
    from lookoutcv.processes.machine import available_bytes, cpu_count
    from lookoutcv.processes.protections import protections

    core, extras = requirements()
    core_versions = {name: installed(name) for name in core}
    optional = {extra: {name: installed(name) for name in names} for extra, names in extras.items()}
    cache = describe()
    holds = protections()
    missing = sorted(name for name, version in core_versions.items() if version is None)
    with ending_with(1 if missing else 0):
        if as_json:
            print_json(
                {
                    "lookoutcv": metadata.version("lookoutcv"),
                    "python": platform.python_version(),
                    "platform": platform.platform(),
                    "cores": cpu_count(),
                    "free_memory_bytes": available_bytes(),
                    "core": core_versions,
                    "extras": optional,
                    "missing": missing,
                    "cache": cache,
                    "models_held_by": holds,
                }
            )
        else:
            system = f"{platform.system()} {platform.machine()}"
            typer.echo(
                f"lookoutcv {metadata.version('lookoutcv')}, Python {platform.python_version()}, {system}, "
                f"{cpu_count()} cores, {byte_size(available_bytes())} of memory free"
            )
            for name, version in core_versions.items():
                _line(name, version, "pip install --force-reinstall lookoutcv")
            for extra, names in optional.items():
                for name, version in names.items():
                    _line(f"{name} [{extra}]", version, f'pip install "lookoutcv[{extra}]"')
            typer.echo(_cache_line(cache))
            typer.echo(_confined_line(holds))


def requirements() -> tuple[list[str], dict[str, list[str]]]:
    """What the installed package asks for: the core's packages, and each extra's."""
    from importlib import metadata

    core: list[str] = []
    extras: dict[str, list[str]] = {}
    for line in metadata.requires("lookoutcv") or ():
        match = _NAME.match(line)
        name = match.group() if match else line
        extra = _EXTRA.search(line)
        if extra is None:
            core.append(name)
        elif name != "lookoutcv":
            extras.setdefault(extra.group(1), []).append(name)
    extras.pop("all", None)
    return core, extras


def installed(name: str) -> str | None:
    """The installed version of a package, None where it is missing."""
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _cache_line(cache: dict[str, Any] | None) -> str:
    if cache is None:
        return "cache: off"
    answered = cache["answered"]
    of_images = f"{cache['path']}, {cache['images']:,} images, {_size(cache)}"
    of_models = f"{answered['path']}, {answered['batches']:,} batches that models answered, {_size(answered)}"
    return f"cache: {of_images}; {of_models}; delete them as you like"


def _size(file: dict[str, Any]) -> str:
    return f"{byte_size(file['bytes'])} of at most {byte_size(file['most_bytes'])}"


def _confined_line(holds: tuple[str, ...] | None) -> str:
    if holds is None:
        return (
            "models and films: no processes of their own can be started here; models run with --trust only, "
            "and films are not read"
        )
    return f"models and films: each in a process of its own; the system holds {', '.join(holds) or 'nothing else here'}"


def _line(name: str, version: str | None, remedy: str) -> None:
    if version is None:
        typer.echo(f"  - {name:32} missing; {remedy}")
    else:
        mark = "✓" if (sys.stdout.encoding or "").lower().startswith("utf") else "+"
        typer.echo(f"  {mark} {name:32} {version}")
