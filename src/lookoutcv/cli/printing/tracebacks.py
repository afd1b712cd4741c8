"""Tracebacks and what else Python prints by itself, without secrets: errors of libraries hold URLs with passwords."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import Any

import typer

from lookoutcv.processes.log_lines import MaskedFormatter
from lookoutcv.secrets import masked

_format_warning = warnings.formatwarning


def print_traceback(error: BaseException) -> None:
    """Print an error with all that it came from, its notes and the errors of a group, on standard error."""
    typer.echo(masked("".join(traceback.format_exception(error))), err=True, nl=False)


def mask_what_python_prints() -> None:
    """From now on, mask errors that nobody catches, in threads and destructors too, warnings, and others' logs."""
    sys.excepthook = _print_uncaught
    threading.excepthook = _print_of_thread
    sys.unraisablehook = _print_unraisable
    warnings.formatwarning = _masked_warning
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(MaskedFormatter())


def _print_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        print_traceback(error)


def _print_of_thread(args: Any) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        typer.echo(f"Exception in thread {args.thread.name if args.thread else '?'}:", err=True)
        print_traceback(args.exc_value)


def _print_unraisable(args: Any) -> None:
    typer.echo(masked(f"{args.err_msg or 'Exception ignored in'}: {args.object!r}"), err=True)
    if args.exc_value is not None:
        print_traceback(args.exc_value)


def _masked_warning(*args: Any, **keywords: Any) -> str:
    return masked(_format_warning(*args, **keywords))
