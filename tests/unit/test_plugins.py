import importlib
import os
import shutil
import sys
import threading
from pathlib import Path

import pytest

import lookoutcv.metrics
from lookoutcv.errors import BrokenPlugin, DuplicatePlugin, UnknownPlugin
from lookoutcv.metrics import Metric, base
from lookoutcv.outputs import OutputMetric
from lookoutcv.plugins import (
    ENVIRONMENT_VARIABLE,
    FILE_MODULE_PREFIX,
    METRICS,
    OUTPUT_METRICS,
    ROOMS,
    Registry,
    Room,
    html_of,
    load_file,
)

METRIC = """
from lookoutcv.grids import linear
from lookoutcv.metrics import metric

@metric({name!r}, unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
def density(view):
    "Share of smoke."
    return 0.25
"""


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith((FILE_MODULE_PREFIX, "room_of_", "smoke_", "tests_of_")):
            del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def room(tmp_path, request) -> Path:
    """A copy of the metrics room, importable under a name of its own."""
    name = f"room_of_{request.node.name.split('[')[0]}"
    folder = tmp_path / name
    shutil.copytree(Path(lookoutcv.metrics.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    return folder


def registry_of(room: Path) -> Registry[Metric]:
    return Registry(Room(room.name, "metric", "metrics"), Metric)


def empty_registry(tmp_path: Path, name: str = "room_of_nothing") -> Registry[Metric]:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    return Registry(Room(name, "metric", "metrics"), Metric)


def plugin_file(tmp_path: Path, text: str = METRIC.format(name="smoke.density"), name: str = "smoke.py") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def install(site: Path, package: str, group: str, module: str, points: str) -> None:
    """What an installer leaves behind: a module, and a dist-info folder with its entry points."""
    site.mkdir(exist_ok=True)
    (site / f"{package}.py").write_text(module)
    info = site / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{points}\n")
    sys.path.insert(0, str(site))
    importlib.invalidate_caches()


# Files of the room


def test_a_file_dropped_into_the_room_is_a_plugin(room):
    (room / "smoke.py").write_text(METRIC.format(name="smoke.density"))
    registry = registry_of(room)
    assert registry.get("smoke.density").summary == "Share of smoke."
    assert registry.origin("smoke.density") == f"{room.name}.smoke"
    assert set(registry.names()) == {*lookoutcv.metrics.registry.names(), "smoke.density"}


def test_base_and_names_with_an_underscore_are_not(room):
    (room / "_draft.py").write_text("raise RuntimeError")
    (room / "base.py").write_text("raise RuntimeError")
    (room / "__init__.py").write_text("")
    assert "exposure.contrast" in registry_of(room)


def test_a_broken_file_of_the_room_is_named_each_time(room):
    (room / "smoke.py").write_text("import nothing_of_that_name")
    registry = registry_of(room)
    for _ in range(2):
        with pytest.raises(BrokenPlugin, match=rf"the metric from {room.name}.smoke cannot be loaded") as caught:
            registry.names()
    assert "ModuleNotFoundError" in caught.value.fields["reason"]


def test_two_files_that_claim_one_name_are_told_apart_each_time(room):
    (room / "smoke.py").write_text(METRIC.format(name="exposure.contrast"))
    registry = registry_of(room)
    for _ in range(2):
        with pytest.raises(DuplicatePlugin, match=r"two plugins are called 'exposure\.contrast'") as caught:
            registry.names()
    assert caught.value.fields["origins"] == (f"{room.name}.exposure", f"{room.name}.smoke")


def test_lists_and_tuples_of_plugins_are_found_and_private_ones_left(tmp_path, monkeypatch):
    text = METRIC.format(name="smoke.density") + "_hidden = density\nmany = [_hidden]\ndel density\n"
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(plugin_file(tmp_path, text)))
    assert empty_registry(tmp_path).names() == ["smoke.density"]


# Asking


def test_asking_for_a_name():
    registry = lookoutcv.metrics.registry
    assert [m.name for m in registry] == sorted(registry.names())
    assert "exposure.contrast" in registry
    assert "exposure.nothing" not in registry
    assert registry.origin("exposure.contrast") == "lookoutcv.metrics.exposure"
    for ask in (registry.get, registry.origin):
        with pytest.raises(UnknownPlugin, match=r"no metric is called 'exposure.contrst'\. Did you mean") as caught:
            ask("exposure.contrst")
        assert caught.value.fields["nearest"][0] == "exposure.contrast"


def test_a_plugin_may_ask_the_registry_while_it_is_imported(tmp_path, monkeypatch):
    registry = Registry(METRICS, Metric)
    monkeypatch.setattr(base, "registry", registry)
    text = "from lookoutcv.metrics import base\nothers = [base.registry.get('noise.sigma')]\n"
    path = plugin_file(tmp_path, text + METRIC.format(name="smoke.density"))
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(path))
    assert {"smoke.density", "noise.sigma"} <= set(registry.names())


def test_threads_that_ask_at_once_all_see_everything(room):
    (room / "smoke.py").write_text("import time\ntime.sleep(0.1)\n" + METRIC.format(name="smoke.density"))
    registry, seen = registry_of(room), []
    threads = [threading.Thread(target=lambda: seen.append("smoke.density" in registry)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 4


# Files of the user's own


def test_a_file_named_in_the_environment_is_a_plugin_also_when_named_later(tmp_path, monkeypatch):
    registry = empty_registry(tmp_path)
    assert registry.names() == []
    path = plugin_file(tmp_path)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(path))
    assert registry.names() == ["smoke.density"]
    assert registry.origin("smoke.density") == str(path)


def test_several_files_and_empty_places_between_them(tmp_path, monkeypatch):
    paths = [plugin_file(tmp_path, METRIC.format(name=f"smoke.{n}"), f"smoke-{n}.v2.py") for n in ("one", "two")]
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, os.pathsep.join(["", str(paths[0]), "", str(paths[1])]))
    assert empty_registry(tmp_path).names() == ["smoke.one", "smoke.two"]


def test_a_file_is_imported_once_under_a_name_of_its_own(tmp_path):
    first = plugin_file(tmp_path, "value = 1", "my.plug-in.py")
    (tmp_path / "other").mkdir()
    second = plugin_file(tmp_path / "other", "value = 2", "my.plug-in.py")
    assert load_file(first) is load_file(tmp_path / "other" / ".." / "my.plug-in.py")
    assert (load_file(first).value, load_file(second).value) == (1, 2)
    name = load_file(first).__name__
    assert name.startswith(FILE_MODULE_PREFIX)
    assert name.isidentifier()


def test_the_same_file_named_twice_is_one_plugin(tmp_path, monkeypatch):
    path = plugin_file(tmp_path)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, os.pathsep.join([str(path), str(tmp_path / "." / "smoke.py")]))
    monkeypatch.chdir(tmp_path)
    registry = empty_registry(tmp_path)
    assert registry.names() == ["smoke.density"]
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "smoke.py")
    assert registry.names() == ["smoke.density"]


def test_a_file_may_build_on_a_shipped_metric(tmp_path, monkeypatch):
    text = "from lookoutcv.metrics.exposure import contrast\n" + METRIC.format(name="smoke.density")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(plugin_file(tmp_path, text)))
    registry = Registry(METRICS, Metric)
    assert "smoke.density" in registry
    assert registry.origin("exposure.contrast") == "lookoutcv.metrics.exposure"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1/0", "ZeroDivisionError"),
        ("def", "SyntaxError"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit"),
    ],
)
def test_a_broken_file_is_named_with_the_reason_each_time(tmp_path, monkeypatch, text, reason):
    path = plugin_file(tmp_path, text)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(path))
    registry = empty_registry(tmp_path)
    before = set(sys.modules)
    for _ in range(2):
        with pytest.raises(BrokenPlugin, match="cannot be loaded") as caught:
            registry.names()
        assert str(path) in str(caught.value)
        assert reason in caught.value.fields["reason"]
    assert not [name for name in set(sys.modules) - before if name.startswith(FILE_MODULE_PREFIX)]


def test_a_corrected_file_is_read_again(tmp_path, monkeypatch):
    path = plugin_file(tmp_path, "1/0")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(path))
    registry = empty_registry(tmp_path)
    with pytest.raises(BrokenPlugin):
        registry.names()
    path.write_text(METRIC.format(name="smoke.density"))
    assert registry.names() == ["smoke.density"]


@pytest.mark.parametrize("name", ["gone.py", "smoke.txt"])
def test_a_file_that_is_not_there_or_not_python(tmp_path, name):
    if name == "smoke.txt":
        plugin_file(tmp_path, name=name)
    with pytest.raises(BrokenPlugin, match="cannot be loaded"):
        load_file(tmp_path / name)


# Installed packages


def test_an_installed_package_brings_plugins(tmp_path):
    registry = empty_registry(tmp_path)
    install(
        tmp_path / "site",
        "smoke_alarm",
        registry.room,
        METRIC.format(name="smoke.density"),
        "everything = smoke_alarm\nsame_one = smoke_alarm:density",
    )
    assert registry.names() == ["smoke.density"]
    assert registry.origin("smoke.density") in ("everything = smoke_alarm", "same_one = smoke_alarm:density")
    assert registry.broken() == []


def test_a_broken_installed_plugin_is_left_out_and_reported(tmp_path):
    registry = empty_registry(tmp_path)
    site = tmp_path / "site"
    install(site, "smoke_alarm", registry.room, METRIC.format(name="smoke.density"), "good = smoke_alarm")
    install(site, "smoke_broken", registry.room, "1/0", "bad = smoke_broken")
    install(site, "smoke_quits", registry.room, "raise SystemExit", "quits = smoke_quits")
    install(site, "smoke_empty", registry.room, "density = 3", "none = smoke_empty:density\ngone = smoke_empty:haze")
    assert registry.names() == ["smoke.density"]
    reasons = {error.fields["origin"]: error.fields["reason"] for error in registry.broken()}
    assert reasons["bad = smoke_broken"].startswith("ZeroDivisionError")
    assert reasons["quits = smoke_quits"].startswith("SystemExit")
    assert reasons["none = smoke_empty:density"] == "it holds no Metric"
    assert reasons["gone = smoke_empty:haze"].startswith("AttributeError")
    assert len(reasons) == len(registry.broken()) == 4
    assert all(isinstance(error, BrokenPlugin) for error in registry.broken())


def test_an_installed_plugin_cannot_take_a_name_that_is_taken(tmp_path):
    install(
        tmp_path / "site",
        "smoke_thief",
        "lookoutcv.metrics",
        METRIC.format(name="exposure.contrast"),
        "thief = smoke_thief",
    )
    with pytest.raises(DuplicatePlugin, match="uninstall the package that brings it") as caught:
        Registry(METRICS, Metric).names()
    assert caught.value.fields["origins"] == ("lookoutcv.metrics.exposure", "thief = smoke_thief")


# Rooms


def test_a_spec_belongs_to_the_room_of_its_very_class(tmp_path, monkeypatch):
    text = (
        "from lookoutcv.grids import linear\nfrom lookoutcv.outputs import output_metric\n"
        "@output_metric('output.one', task='detection', unit='1', range=(0, 1), grid=linear(0, 1, 9), source='ours',\n"
        "               rises='more', falls='less')\ndef one(view):\n    'One.'\n    return 1.0\n"
    )
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(plugin_file(tmp_path, text)))
    assert "output.one" in Registry(OUTPUT_METRICS, OutputMetric)
    assert "output.one" not in Registry(METRICS, Metric), "although an output metric is a metric"


def test_no_two_rooms_are_one():
    for part in ("package", "noun", "title"):
        assert len({getattr(room, part) for room in ROOMS}) == len(ROOMS)


def test_what_has_no_display_is_shown_by_its_text():
    assert html_of(object()) is None
    assert html_of(3) is None
