"""`lookout plugins`: every plugin there is, room by room, and where it comes from."""

from __future__ import annotations

from typing import Any

import typer

from lookoutcv.cli.parameters import JsonOption


def plugins(as_json: JsonOption = False) -> None:
    """List metrics, sources, model formats and heads, adapters of results and report formats: shipped and your own."""
    from lookoutcv.adapters import registry as adapters
    from lookoutcv.cli.printing.tables import print_json
    from lookoutcv.metrics import registry as metrics
    from lookoutcv.models.formats.base import registry as model_formats
    from lookoutcv.models.heads.base import registry as heads
    from lookoutcv.plugins import Registry
    from lookoutcv.reports.formats.base import registry as formats
    from lookoutcv.sources import registry as sources

    rooms: dict[str, Registry[Any]] = {
        "metrics": metrics,
        "sources": sources,
        "model formats": model_formats,
        "heads": heads,
        "adapters": adapters,
        "report formats": formats,
    }
    if as_json:
        print_json(
            {
                title: [{"name": p.name, "summary": p.summary, "origin": room.origin(p.name)} for p in room]
                for title, room in rooms.items()
            }
        )
        return
    for title, room in rooms.items():
        typer.secho(f"{title} ({len(room.names())})", bold=True)
        for plugin in room:
            origin = room.origin(plugin.name)
            own = "" if origin.startswith("lookoutcv.") else f"  [{origin}]"
            quiet = "  (on request)" if getattr(plugin, "default", True) is False else ""
            typer.echo(f"  {plugin.name:28} {plugin.summary}{quiet}{own}")
        for broken in room.broken():
            typer.secho(f"  broken: {broken}", fg="red")
