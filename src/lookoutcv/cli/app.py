"""The application: every verb, and what they share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lookoutcv.cli.configured import ConfiguredCommand, SettingsChoice, apply_settings
from lookoutcv.cli.groups import config, gate, history, keys, runs
from lookoutcv.cli.log import read as log
from lookoutcv.cli.models import card, evaluate, explain, package, predict, serve, train
from lookoutcv.cli.parameters import takes
from lookoutcv.cli.verbs import (
    baseline,
    compare,
    demo,
    doctor,
    index,
    init,
    measure,
    monitor,
    plugins,
    show,
)
from lookoutcv.configuration.general_settings import GeneralSettings, LogFormat, LogLevel
from lookoutcv.configuration.verbs import Group
from lookoutcv.processes.log_lines import set_up
from lookoutcv.version import __version__

app = typer.Typer(
    name="lookout",
    help="Keeps an eye on computer-vision models: measures images, finds drift, says how bad it is.",
    epilog="Exit codes: 0 fine, 1 data or model, 2 usage or configuration, 3 drift at or above --fail-on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (demo.demo, measure.measure, baseline.baseline, show.show, monitor.monitor, compare.compare, index.index):
    app.command(cls=ConfiguredCommand)(verb)
for verb in (predict.predict, explain.explain, evaluate.evaluate, train.train, card.card, package.package, serve.serve):
    app.command(cls=ConfiguredCommand)(verb)
for verb in (plugins.plugins, doctor.doctor):
    app.command(cls=ConfiguredCommand)(verb)
app.command()(init.init)
app.add_typer(log.group)
app.add_typer(gate.group)
app.add_typer(keys.group)
app.add_typer(runs.group)
app.add_typer(history.group)
app.add_typer(config.group)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lookout {__version__}")
        raise typer.Exit


@app.callback()
@takes(general=Group((GeneralSettings,)))
def everywhere(
    ctx: typer.Context,
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    general: GeneralSettings,
    config_: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The project's settings; unless given, lookout.yaml here or in a folder above.",
        ),
    ] = None,
    no_config: Annotated[
        bool, typer.Option("--no-config", help="Take no settings from a file or the environment.")
    ] = False,
) -> None:
    """What every verb takes, before its name or after."""
    asks_for_help = bool({"--help", "-h"} & set(ctx.obj or ()))
    ctx.obj = SettingsChoice(config_, no_config)
    from_settings = {} if asks_for_help else apply_settings(ctx)
    level = LogLevel(from_settings.get("log_level", general.log_level))
    form = LogFormat(from_settings.get("log_format", general.log_format))
    set_up((LogLevel.debug if debug else level).value, form.value)
    files = [*map(Path, from_settings.get("plugins", ())), *(general.plugin or ())]
    if files:
        from lookoutcv.plugins import add_files

        add_files(files)
