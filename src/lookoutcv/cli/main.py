"""The command `lookout`: its verbs, what they share, and what errors look like to a person."""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lookoutcv.cli.configured import Chosen, ConfiguredCommand, take_over
from lookoutcv.cli.log import read as log
from lookoutcv.cli.printing.log_lines import LogFormat, LogLevel, set_up
from lookoutcv.cli.verbs import (
    baseline,
    card,
    compare,
    config,
    demo,
    doctor,
    evaluate,
    index,
    init,
    measure,
    monitor,
    plugins,
    predict,
    show,
)
from lookoutcv.errors import LookoutError
from lookoutcv.version import __version__

INTERRUPTED = 130
_VALUED = ("--log-level", "--log-format", "--plugin", "--config")
_FLAGS = ("--debug", "--no-config")

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
for verb in (predict.predict, evaluate.evaluate, card.card, plugins.plugins, doctor.doctor):
    app.command(cls=ConfiguredCommand)(verb)
app.command()(init.init)
app.add_typer(log.group)
app.add_typer(config.group)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lookout {__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    ctx: typer.Context,
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    log_level: Annotated[LogLevel, typer.Option(help="How much to log on standard error.")] = LogLevel.warning,
    log_format: Annotated[LogFormat, typer.Option(help="Log lines for people or for programs.")] = LogFormat.text,
    plugin: Annotated[
        list[Path] | None, typer.Option(help="A Python file with metrics of your own; may be repeated.")
    ] = None,
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
    ctx.obj = Chosen(config_, no_config)
    told = {} if asks_for_help else take_over(ctx, app)
    level, form = told.get("log_level", log_level), told.get("log_format", log_format)
    set_up(LogLevel.debug if debug else LogLevel(level), LogFormat(form))
    plugin = [*map(Path, told.get("plugins", ())), *(plugin or ())]
    if plugin:
        from lookoutcv.plugins import add_files

        add_files(plugin)


def main(arguments: list[str] | None = None) -> int:
    """Run a command line.

    Args:
        arguments: Without the program's name; None for the process's own.
    Returns:
        The exit code: 0 fine, 1 data or model, 2 usage or configuration, 3 drift at or above --fail-on.
    """
    arguments = _hoisted(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments
    try:
        code = int(app(arguments, prog_name="lookout", standalone_mode=False, obj=arguments) or 0)
        # Typer turns Ctrl-C into this code, or into Abort, depending on its version.
        return _stopped() if code == INTERRUPTED else code
    except LookoutError as error:
        if debug:
            raise
        typer.echo(f"lookout: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except BrokenPipeError:
        # The reader of our output went away (`lookout ... | head`): not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _usage(error, debug)


def _hoisted(arguments: list[str]) -> list[str]:
    """The same command line with the options of `everywhere` before the verb, wherever they were typed."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _FLAGS or word.startswith(tuple(f"{option}=" for option in _VALUED)):
            front.append(word)
        elif word in _VALUED:
            front += [word, *itertools.islice(words, 1)]
        else:
            rest.append(word)
    return front + rest


def _stopped() -> int:
    typer.echo("lookout: stopped; nothing half-written is left behind.", err=True)
    return INTERRUPTED


def _usage(error: Exception, debug: bool) -> int:
    if hasattr(error, "show") and hasattr(error, "exit_code"):  # click's own errors, whichever click typer brings
        error.show()
        return int(error.exit_code)
    if debug:
        raise error
    typer.echo(
        f"lookout: an error that should not happen: {type(error).__name__}: {error}. "
        "Run the command again as `lookout --debug ...` and report what it prints.",
        err=True,
    )
    return 1


def run() -> None:
    """The entry point of the installed command."""
    # Arrow's own allocator keeps what was freed: 24 MB more after 40,000 images. It is chosen when Arrow is imported.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # Our matrices are small: beside other work a second thread of the linear algebra spins for 500 ms of a 2 ms task.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
