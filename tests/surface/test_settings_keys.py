"""The law of declared settings: each is a parameter of a verb, a key of the schema, a variable and an argument."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, is_typeddict

import pytest
import typer.main

import lookoutcv as lo
from lookoutcv.cli.app import app
from lookoutcv.configuration.general_settings import GeneralSettings
from lookoutcv.configuration.project_schema import project_schema
from lookoutcv.configuration.project_settings import load_config
from lookoutcv.configuration.verbs import LOG_ROWS, MEASURING, PICTURING, REPORTING, VERBS, Verb
from lookoutcv.measuring.predictions.model_source import ModelLike
from lookoutcv.models.opener import CardLike
from lookoutcv.monitoring.monitor import Rules
from lookoutcv.reports.index_page import ReportLike
from lookoutcv.settings.declared_parameters import Parameter, declared_parameters
from lookoutcv.settings.effective import variable_of
from lookoutcv.settings.json_schema import json_schema
from lookoutcv.settings.schema import dotted
from lookoutcv.settings.time_range import SpanLike

SCHEMA = project_schema()
# These make or explain settings, or need none.
UNCONFIGURED = {"init", "config", "demo", "doctor", "plugins", "runs", "show"}
# Texts that are words and no places. One that may name a file or folder is declared with `place=True`, so that a
# settings file's relative paths hold from any folder.
WORDS = {
    "mlflow",
    "mlflow.uri",
    "experiment",
    "run_name",
    "register",
    *("metrics", "batch_by", "group_by", "device", "set", "fail_on", "log_level", "log_format", "title", "redact"),
    *("model_name", "package.name", "model_version", "licence"),
    *("train.models", "augment", "budget"),
    *("explain.classes", "explain.method", "explain.layer", "explain.layout"),
    *("gate.judges", "gate.camera", "gate.variant", "gate.backbone", "gate.kinds", "gate.strengths", "gate.nuisances"),
    *("on_reject", "rejects"),
    *("serve.models", "serve.shadow", "serve.thresholds", "serve.host", "keys.name", "keys.scopes"),
    "version",
    "last",
    "since",
    "until",
    "tag",
    "id",
    "sql",
    "what",
    "by",
    *("history.model", "history.name", "history.severity", "history.kind"),
    "log.model",
    "older_than",
    "max_size",
    "grace",
    "log.image",
}
# What a verb does with its result, or what is folded into another argument: no function takes it under that name.
ONLY_VERBS = {
    *("as_json", "html", "fail_on", "interactive", "template", "logo", "no_cache", "no_inference", "set_", "force"),
    *("output", "explain_share"),
}


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    def below(group: object, above: str) -> Iterator[tuple[str, typer.core.TyperCommand]]:
        for name, command in group.commands.items():  # type: ignore[attr-defined]
            path = f"{above} {name}".strip()
            if path not in UNCONFIGURED:
                if hasattr(command, "commands"):
                    yield from below(command, path)
                else:
                    yield path, command

    return below(typer.main.get_command(app), "")


COMMANDS = dict(commands())
VERB = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)


def test_every_verb_that_takes_settings_is_declared() -> None:
    assert set(COMMANDS) == set(VERBS)


@VERB
def test_every_declared_setting_is_a_parameter_of_its_verb(verb: Verb) -> None:
    shown = {one.name: one for one in COMMANDS[verb.name].params if one.name != "help"}
    assert [*shown] == [one.name for one in verb.parameters]
    for declared in verb.parameters:
        parameter = shown[declared.name]
        assert getattr(parameter, "help", None) == declared.setting.help
        assert parameter.required == declared.required
        assert plain(parameter.default) == plain(declared.default), declared.name
        assert parameter.nargs == (-1 if declared.key.many and declared.setting.positional else 1)
        flags = {flag for text in declared.flags for flag in text.split("/")}
        assert {*parameter.opts, *parameter.secondary_opts} == (flags or {declared.name})


def plain(value: object) -> object:
    return value.value if isinstance(value, enum.Enum) else None if value == [] else value


@VERB
def test_the_help_of_a_verb_is_its_summary(verb: Verb) -> None:
    assert COMMANDS[verb.name].help == verb.summary


@VERB
def test_every_declared_setting_is_a_key_and_a_variable(verb: Verb) -> None:
    properties = json_schema(SCHEMA)["properties"]
    variables = {variable_of(section, key) for section, key in SCHEMA.all_keys()}
    places = SCHEMA.verbs[verb.name]
    assert set(places) == {one.name for one in verb.parameters if one.in_file}
    for declared in (one for one in verb.parameters if one.in_file):
        for section, name in places[declared.name]:
            assert name in properties[section]["properties"]
            key = SCHEMA.sections[section].keys[name]
            assert variable_of(section, key) in variables
        section, name = places[declared.name][0]
        assert SCHEMA.sections[section].keys[name].kind == declared.key.kind


@pytest.mark.parametrize("name", [name for name in VERBS if " " not in name])
def test_every_declared_setting_is_an_argument_of_the_function(name: str) -> None:
    parameters = inspect.signature(getattr(lo, name)).parameters
    options = lo.Options.__annotations__ if "options" in parameters else {}
    for declared in VERBS[name].parameters:
        if declared.name in ONLY_VERBS and declared.name not in parameters:
            continue
        assert declared.name in {*parameters, *options}, declared.name
        default = parameters[declared.name].default if declared.name in parameters else inspect.Parameter.empty
        # A function takes images anyhow where a verb takes none, and it writes a file only where one is named.
        if default is not inspect.Parameter.empty and declared.name != "output":
            assert default == declared.default, declared.name


# What a filter or a method calls by another name, and what only a verb has: where the log is, and how to print.
LOG_NAMES = {"logged": "model", "named": "model", "tag": "tags", "image": "images", "files": "sources"}
ONLY_LOG_VERBS = {"directory", "as_json", "as_csv", "follow"}
# A verb prints a hundred rows; a function returns them all.
LOG_DEFAULTS = {("log query", "limit"): None}


@pytest.mark.parametrize("name", [name for name in VERBS if name.startswith("log ")])
def test_every_declared_setting_of_the_log_is_an_argument_of_its_method(name: str) -> None:
    verb = name.removeprefix("log ")
    method = getattr(lo.PredictionLog, "import_" if verb == "import" else verb)
    parameters = inspect.signature(method).parameters
    filters = {field.name for field in dataclasses.fields(lo.LogFilter)} if "filters" in parameters else set()
    for declared in VERBS[name].parameters:
        if declared.name not in ONLY_LOG_VERBS:
            argument = LOG_NAMES.get(declared.name, declared.name)
            assert argument in {*parameters, *filters}, declared.name
            default = parameters[argument].default if argument in parameters else inspect.Parameter.empty
            if default not in (inspect.Parameter.empty, ()):
                assert default == LOG_DEFAULTS.get((name, declared.name), declared.default), declared.name


# How the API calls what it takes for a declared type.
API_WORDS = {str: {"str", "Any"}, Path: {"PathLike", "Path", "Any"}, int: {"int"}, float: {"float"}, bool: {"bool"}}
# What it calls by a name of its own.
ALIASES = {"CardLike": CardLike, "ModelLike": ModelLike, "ReportLike": ReportLike, "Rules": Rules, "SpanLike": SpanLike}


def api_type(verb: str, name: str) -> str | None:
    """What the API's signature says of an argument; None where it has none of that name."""
    owner: Any = lo.PredictionLog if verb.startswith("log ") else lo
    function = getattr(owner, {"log import": "import_"}.get(verb, verb.removeprefix("log ")), None)
    parameters = {} if function is None else inspect.signature(function).parameters
    if name in parameters:
        return inspect.formatannotation(parameters[name].annotation).strip("'")
    if "options" in parameters and name in lo.Options.__annotations__:
        hint = get_args(lo.Options.__annotations__[name])[0]
        return str(getattr(hint, "__forward_arg__", None) or inspect.formatannotation(hint))
    return None


@pytest.mark.parametrize("name", VERBS)
def test_every_declared_setting_has_a_type_that_the_function_takes(name: str) -> None:
    for declared in VERBS[name].parameters:
        argument = LOG_NAMES.get(declared.name, declared.name) if name.startswith("log ") else declared.name
        hint = api_type(name, argument)
        if hint is None or declared.name in ONLY_VERBS:
            continue
        meant = [str(ALIASES[word]) for word in re.findall(r"\w+", hint) if word in ALIASES]
        words = set(re.findall(r"\w+", " ".join([hint, *meant])))
        declared_type = str if issubclass(declared.type, enum.Enum) else declared.type
        assert words & API_WORDS[declared_type], (declared.name, declared.type, hint)
        if declared.key.many:
            assert words & {"Sequence", "Iterable", "Mapping", "Any", "list"}, (declared.name, hint)


def test_what_chooses_rows_is_what_a_filter_has() -> None:
    names = {LOG_NAMES.get(one.name, one.name) for one in LOG_ROWS.parameters()}
    assert names - {"directory"} == {field.name for field in dataclasses.fields(lo.LogFilter)}


@pytest.mark.parametrize("declared", declared_parameters(lo.Options), ids=lambda one: one.name)
def test_an_option_is_described_where_it_is_declared(declared: Parameter) -> None:
    if declared.name not in ONLY_VERBS:
        assert f"{declared.name}: {declared.setting.help[:20]}" in (inspect.getdoc(lo.Options) or "")


def callbacks(group: typer.Typer, above: str = "") -> Iterator[tuple[str, Any]]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield f"{above} {command.name or command.callback.__name__}".strip(), command.callback
    for below in group.registered_groups:
        assert below.typer_instance is not None
        yield from callbacks(below.typer_instance, str(below.typer_instance.info.name))


@pytest.mark.parametrize("name", [name for name, _ in callbacks(app) if name in VERBS])
def test_a_verb_receives_what_the_table_says(name: str) -> None:
    """The annotations of a verb's function name the classes that it is handed."""
    callback = dict(callbacks(app))[name]
    handed = [hint for parameter, hint in callback.handler.__annotations__.items() if parameter != "return"]
    first = [group.declarations[0] for group in VERBS[name].groups]
    # Several `TypedDict`s are handed over as `Options`.
    assert handed == ["Options" if is_typeddict(one) else one.__name__ for one in first]


def test_what_every_verb_takes_is_declared_too() -> None:
    assert app.registered_callback is not None
    assert app.registered_callback.callback is not None
    shown = inspect.signature(app.registered_callback.callback).parameters
    for declared in declared_parameters(GeneralSettings):
        assert declared.name in shown
        assert SCHEMA.top[declared.key.name] == declared.key
    assert set(SCHEMA.top) == {"plugins", "log_level", "log_format"}


def test_shared_groups_are_in_sections_of_their_own() -> None:
    monitor, baseline = SCHEMA.verbs["monitor"], SCHEMA.verbs["baseline"]
    measuring = {one.name for one in MEASURING.parameters()}
    for declared in (*PICTURING.parameters(), *REPORTING.parameters()):
        if declared.in_file:
            assert monitor[declared.name][-1][0] in ("measure", "model", "gate", "report"), declared.name
            if declared.name in measuring:
                assert baseline[declared.name][-1] == monitor[declared.name][-1]


def test_a_verbs_own_output_is_not_the_reports() -> None:
    assert SCHEMA.verbs["baseline"]["output"] == (("baseline", "output"),)
    assert SCHEMA.verbs["monitor"]["output"] == (("monitor", "output"), ("report", "output"))


def test_every_text_is_a_place_or_words() -> None:
    texts = {dotted(section, key.name): key for section, key in SCHEMA.all_keys() if key.kind == "string"}
    undecided = [
        path for path, key in texts.items() if not key.place and not {path, key.name} & WORDS and not key.choices
    ]
    assert undecided == [], "declare it with place=True, or name it in WORDS here"


def test_every_key_says_what_it_is() -> None:
    assert [dotted(section, key.name) for section, key in SCHEMA.all_keys() if not key.help] == []


def test_variables_have_one_meaning() -> None:
    names = [variable_of(section, key) for section, key in SCHEMA.all_keys()]
    assert len(names) == len(set(names))


def test_defaults_are_right_values() -> None:
    for section, key in SCHEMA.all_keys():
        if key.default is not None:
            assert key.problem_in(key.default) is None, dotted(section, key.name)


def test_declarations_and_settings_load_no_command_line_and_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "lookout.yaml").write_text("monitor: {source: today, fail_on: high}\nmeasure: {workers: 2}\n")
    script = (
        "import json, sys\n"
        "from lookoutcv import load_config\n"
        "settings = load_config('lookout.yaml')\n"
        "loaded = [name for name in ('typer', 'click', 'numpy', 'cv2', 'pyarrow') if name in sys.modules]\n"
        "arguments = settings.monitor\n"
        "arguments.pop('cache', None)\n"
        "print(json.dumps([loaded, 'typer' in sys.modules, any('lookoutcv.cli' in m for m in sys.modules), arguments]))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], False, False, {"source": "today", "workers": 2}]


def test_settings_of_programs_name_arguments_only(tmp_path: Path) -> None:
    path = tmp_path / "lookout.yaml"
    path.write_text("measure: {metrics: noise, cache: false}\nmodel: {device: cpu}\nreport: {html: r.html}\n")
    settings = load_config(path)
    assert settings.measure == {"metrics": "noise", "cache": False, "device": "cpu"}
    assert settings.value("report.html") == str(tmp_path / "r.html")


def test_a_declaration_must_not_postpone_its_annotations() -> None:
    postponed: Any = type("Postponed", (), {"__annotations__": {"size": "Annotated[int, Setting('Its side.')]"}})
    with pytest.raises(TypeError, match="must not postpone"):
        declared_parameters(postponed)
    assert get_args(lo.Options.__annotations__["workers"])[0] == int | None
