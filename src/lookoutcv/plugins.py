"""One registry for every plugin room: shipped files are found by listing the room, installed ones by entry point.

A plugin is declared in one way everywhere: the function that does its work stands under the decorator of its room
(`@metric(...)`, `@source_kind(...)`, `@head(...)` ...), which is given the name and what else must be known; the first
line of the function's docstring is the summary. The decorator makes a spec object of it (`Metric`, `SourceKind`, `Head`
...) and registers nothing.

A plugin room is a package of a `base.py`, which says what a plugin is and holds the `registry`, of plugin files, and of
nothing else; `ROOMS` lists them all. The registry imports the room's files on first use and collects the spec objects
at module level. Files named by the user (`--plugin my.py`, or the `LOOKOUTCV_PLUGINS` environment variable) are read
the same way.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import os
import pkgutil
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, Protocol, TypeGuard, TypeVar

from lookoutcv.errors import BrokenPlugin, DuplicatePlugin, UnknownPlugin

ENVIRONMENT_VARIABLE = "LOOKOUTCV_PLUGINS"
FILE_MODULE_PREFIX = "lookoutcv_plugin_"


class Plugin(Protocol):
    """What every spec object has."""

    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str: ...


Spec = TypeVar("Spec", bound=Plugin)


@dataclass(frozen=True)
class Room:
    """A package whose files are plugins.

    Args:
        package: Its dotted name: also the group of entry points by which installed packages bring theirs.
        noun: What one plugin is called.
        title: What several are called.
    """

    package: str
    noun: str
    title: str

    @property
    def registry(self) -> Registry[Any]:
        """The registry in its `base.py`, which is imported for it."""
        found: Registry[Any] = importlib.import_module(f"{self.package}.base").registry
        return found


METRICS = Room("lookoutcv.metrics", "metric", "metrics")
OUTPUT_METRICS = Room("lookoutcv.outputs", "output metric", "output metrics")
SOURCES = Room("lookoutcv.sources.kinds", "source", "sources")
MODEL_FORMATS = Room("lookoutcv.models.formats", "model format", "model formats")
HEADS = Room("lookoutcv.models.heads", "head", "heads")
ADAPTERS = Room("lookoutcv.adapters", "adapter", "adapters")
EXPLANATION_METHODS = Room("lookoutcv.explanation.methods", "explanation method", "explanation methods")
GATE_VARIANTS = Room("lookoutcv.gate.variants", "gate variant", "gate variants")
GATE_JUDGES = Room("lookoutcv.gate.judges", "gate judge", "gate judges")
REPORT_FORMATS = Room("lookoutcv.reports.formats", "report format", "report formats")
DISPLAYS = Room("lookoutcv.reports.displays", "display", "displays in notebooks")
ROOMS = (
    METRICS,
    OUTPUT_METRICS,
    SOURCES,
    MODEL_FORMATS,
    HEADS,
    ADAPTERS,
    EXPLANATION_METHODS,
    GATE_VARIANTS,
    GATE_JUDGES,
    REPORT_FORMATS,
    DISPLAYS,
)


class Registry(Generic[Spec]):
    """The plugins of one room, found lazily.

    Args:
        room: Where the plugins are. Its `base` and names with a leading underscore are not plugins.
        kind: The class of the spec objects.
    """

    def __init__(self, room: Room, kind: type[Spec]) -> None:
        self.room = room.package
        self.noun = room.noun
        self._kind = kind
        self._plugins: dict[str, Spec] = {}
        self._origins: dict[str, str] = {}
        self._broken: list[BrokenPlugin] = []
        self._files: set[str] = set()
        self._listed = False
        # Re-entrant: a plugin may ask its own registry while it is being imported.
        self._lock = threading.RLock()
        self._loading = False

    def names(self) -> list[str]:
        """Every name, sorted."""
        self._load()
        return sorted(self._plugins)

    def __iter__(self) -> Iterator[Spec]:
        self._load()
        return iter([self._plugins[name] for name in sorted(self._plugins)])

    def __contains__(self, name: object) -> bool:
        self._load()
        return name in self._plugins

    def get(self, name: str) -> Spec:
        """The plugin called `name`.

        Raises:
            UnknownPlugin: There is none; the error names the nearest.
        """
        self._load()
        try:
            return self._plugins[name]
        except KeyError:
            nearest = difflib.get_close_matches(name, self._plugins, n=2, cutoff=0.5)
            raise UnknownPlugin(self.noun, name, nearest) from None

    def origin(self, name: str) -> str:
        """Where the plugin came from: a module, an entry point or a file.

        Raises:
            UnknownPlugin: There is none.
        """
        return self._origins[self.get(name).name]

    def broken(self) -> list[BrokenPlugin]:
        """Installed plugins that failed on import. They are left out; nothing else is affected."""
        self._load()
        return list(self._broken)

    def _load(self) -> None:
        with self._lock:
            if self._loading:
                return
            self._loading = True
            try:
                self._load_everything()
            finally:
                self._loading = False

    def _load_everything(self) -> None:
        # A step counts as done only once it went well: asked again, the same error comes again.
        if not self._listed:
            self._broken.clear()
            self._load_shipped()
            self._load_installed()
            self._listed = True
        for path in filter(None, os.environ.get(ENVIRONMENT_VARIABLE, "").split(os.pathsep)):
            if path not in self._files:
                self._collect(_specs(load_file(Path(path)), self._kind), path)
                self._files.add(path)

    def _load_shipped(self) -> None:
        package = importlib.import_module(self.room)
        for module in pkgutil.iter_modules(package.__path__):
            if module.name != "base" and not module.name.startswith("_"):
                name = f"{self.room}.{module.name}"
                try:
                    found = importlib.import_module(name)
                except Exception as reason:  # a file that somebody dropped in
                    raise _broken(self.noun, name, reason) from reason
                self._collect(_specs(found, self._kind), name)

    def _load_installed(self) -> None:
        for point in entry_points(group=self.room):
            origin = f"{point.name} = {point.value}"
            try:
                specs = list(_specs(point.load(), self._kind))
            except (Exception, SystemExit) as reason:  # another package's code: anything may happen
                self._broken.append(_broken(self.noun, origin, reason))
                continue
            if not specs:
                self._broken.append(_broken(self.noun, origin, f"it holds no {self._kind.__name__}"))
            self._collect(specs, origin)

    def _collect(self, specs: Iterable[Spec], origin: str) -> None:
        for spec in specs:
            known = self._plugins.get(spec.name)
            if known is not None and known is not spec:
                raise DuplicatePlugin(
                    f"two plugins are called {spec.name!r}: one from {self._origins[spec.name]}, one from {origin}",
                    "Rename one of them, or uninstall the package that brings it.",
                    room=self.noun,
                    name=spec.name,
                    origins=(self._origins[spec.name], origin),
                )
            self._plugins[spec.name] = spec
            self._origins.setdefault(spec.name, origin)


def first_line(function: Callable[..., object]) -> str:
    """The first line of a function's docstring, which says what the plugin made of it does; "" where it has none.

    Example:
        >>> first_line(first_line)[:35]
        "The first line of a function's docs"
    """
    return (function.__doc__ or "").strip().partition("\n")[0].strip()


def html_of(result: object) -> str | None:
    """How a notebook shows a result: what the display for its class draws.

    Args:
        result: Of any class.
    Returns:
        HTML; None where no display is for that class.
    """
    displays, name = DISPLAYS.registry, type(result).__name__
    drawn: str | None = displays.get(name).draw(result) if name in displays else None
    return drawn


def add_files(paths: Iterable[str | os.PathLike[str]]) -> None:
    """Make plugin files of the user's own known to this process and those it starts.

    Args:
        paths: Python files; those that were named before stay.
    """
    known = list(filter(None, os.environ.get(ENVIRONMENT_VARIABLE, "").split(os.pathsep)))
    named = [*known, *(path for path in [os.fspath(one) for one in paths] if path not in known)]
    if named:
        os.environ[ENVIRONMENT_VARIABLE] = os.pathsep.join(named)


def load_file(path: Path) -> ModuleType:
    """Import a plugin file by its path, once.

    Args:
        path: A Python file of the user's own.
    Raises:
        BrokenPlugin: It is not there, or it fails when imported.
    """
    # A dot in the name of a module would make it a part of a package that does not exist.
    stem = re.sub(r"\W", "_", path.stem)
    name = f"{FILE_MODULE_PREFIX}{stem}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise _broken("plugin", str(path), "not a Python file: its name must end in .py")
    if not path.is_file():
        raise _broken("plugin", str(path), "there is no such file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as reason:  # the user's own code: anything may happen
        sys.modules.pop(name, None)
        raise _broken("plugin", str(path), reason) from reason
    return module


def _specs(target: object, kind: type[Spec]) -> Iterator[Spec]:
    if _is_a(target, kind):
        yield target
    elif isinstance(target, ModuleType):
        for name, value in vars(target).items():
            if name.startswith("_"):
                continue
            for one in value if isinstance(value, tuple | list) else (value,):
                if _is_a(one, kind):
                    yield one


def plugin_from(origin: str, name: str, kind: type[Spec]) -> Spec:
    """One plugin alone, from where a registry of another process found it: no other is imported.

    Args:
        origin: As `Registry.origin` gives it.
        name: Its name.
        kind: The class of the spec objects of its room.
    Raises:
        UnknownPlugin: It is not there any more.
    """
    point, _, value = origin.partition(" = ")
    if value:
        target: Any = EntryPoint(point, value, "").load()
    else:
        target = load_file(Path(origin)) if origin.endswith(".py") else importlib.import_module(origin)
    found = next((one for one in _specs(target, kind) if one.name == name), None)
    if found is None:
        raise UnknownPlugin("plugin", name)
    return found


def _is_a(value: object, kind: type[Spec]) -> TypeGuard[Spec]:
    # Of this very class: an output metric is a metric too, and belongs to its own room alone.
    return type(value) is kind


def _broken(noun: str, origin: str, reason: object) -> BrokenPlugin:
    why = f"{type(reason).__name__}: {reason}" if isinstance(reason, BaseException) else str(reason)
    return BrokenPlugin(
        f"the {noun} from {origin} cannot be loaded ({why})",
        "Correct it or leave it out.",
        room=noun,
        origin=origin,
        reason=why,
    )
