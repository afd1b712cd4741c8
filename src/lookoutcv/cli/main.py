"""The command `lookout`: a command line run, and what errors look like to a person. Its verbs are in `app`."""

from __future__ import annotations

import errno
import itertools
import os
import sys

import typer

from lookoutcv.calls.option_names import on_a_command_line
from lookoutcv.cli.app import app
from lookoutcv.cli.printing.nobody_reads import let_standard_error_go_unread
from lookoutcv.cli.printing.tracebacks import mask_what_python_prints, print_traceback
from lookoutcv.cli.what_to_type import what_to_type
from lookoutcv.errors import LookoutError, OutputUnwritable
from lookoutcv.processes.log_lines import left_as_found
from lookoutcv.secrets import hide_secrets_of, masked

INTERRUPTED = 130
_VALUED = ("--log-level", "--log-format", "--plugin", "--config")
_FLAGS = ("--debug", "--no-config")


def main(arguments: list[str] | None = None) -> int:
    """Run a command line. The package's log is left as it was found.

    Args:
        arguments: Without the program's name; None for the process's own.
    Returns:
        The exit code: 0 fine, 1 data or model, 2 usage or configuration, 3 drift at or above --fail-on.
    """
    with left_as_found():
        return _answered(sys.argv[1:] if arguments is None else arguments)


def _answered(arguments: list[str]) -> int:
    arguments = _hoisted(arguments)
    debug = "--debug" in arguments
    for word in arguments:
        hide_secrets_of(word)
    code = 0
    try:
        with on_a_command_line():
            code = int(app(arguments, prog_name="lookout", standalone_mode=False, obj=arguments) or 0)
        sys.stdout.flush()  # here, and not while the interpreter ends: a full device then has no sentence
        # Typer turns Ctrl-C into this code, or into Abort, depending on its version.
        return _stopped() if code == INTERRUPTED else code
    except LookoutError as error:
        if debug:
            print_traceback(error)
        else:
            typer.echo(f"lookout: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except BrokenPipeError:
        # The reader of our output went away (`lookout ... | head`): not an error of ours.
        _print_no_more()
        return code
    except SystemExit as end:  # Typer's answer to a pipe that was closed
        if not isinstance(end.__context__, BrokenPipeError):
            raise
        _print_no_more()
        return 0
    except Exception as error:
        return _usage(error, debug, arguments)


def _hoisted(arguments: list[str]) -> list[str]:
    """The same command line with the options of `app.everywhere` before the verb, wherever they were typed."""
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


def _print_no_more() -> None:
    """What could not be printed is not tried again while the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _no_room(error: OSError) -> int:
    typer.echo(
        f"lookout: the output cannot be written ({error.strerror}). Free some space, or write elsewhere.", err=True
    )
    _print_no_more()
    return OutputUnwritable.exit_code


def _usage(error: Exception, debug: bool, arguments: list[str]) -> int:
    if hasattr(error, "show") and hasattr(error, "exit_code"):  # click's own errors, whichever click typer brings
        vars(error)["message"] = masked(str(getattr(error, "message", "")))
        error.show()
        typer.echo(f"lookout: {masked(what_to_type(error, typer.main.get_command(app), arguments))}", err=True)
        return int(error.exit_code)
    if debug:
        print_traceback(error)
        return 1
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return _no_room(error)
    typer.echo(
        f"lookout: an error that should not happen: {type(error).__name__}: {masked(str(error))}. "
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
    let_standard_error_go_unread()
    mask_what_python_prints()
    # Not `main`: what is logged while the process ends still comes as the line that was asked for.
    sys.exit(_answered(sys.argv[1:]))
