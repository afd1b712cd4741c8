"""`lookout plugins`: every plugin there is, room by room, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from lookoutcv.cli.parameters import JsonOption

if TYPE_CHECKING:
    from lookoutcv.plugins import Plugin, Registry


def plugins(as_json: JsonOption = False) -> None:
    """List every plugin, shipped and your own, room by room: metrics, sources, heads, report formats ..."""
    from lookoutcv.cli.printing.tables import print_json
    from lookoutcv.plugins import ROOMS

    if as_json:
        print_json({room.title: [_row(plugin, room.registry) for plugin in room.registry] for room in ROOMS})
        return
    for room in ROOMS:
        registry = room.registry
        typer.secho(f"{room.title} ({len(registry.names())})", bold=True)
        for plugin in registry:
            origin = registry.origin(plugin.name)
            own = "" if origin.startswith("lookoutcv.") else f"  [{origin}]"
            on_request = "  (on request)" if getattr(plugin, "default", True) is False else ""
            typer.echo(f"  {plugin.name:28} {plugin.summary}{on_request}{own}")
        for broken in registry.broken():
            typer.secho(f"  broken: {broken}", fg="red")


def _row(plugin: Plugin, registry: Registry[Any]) -> dict[str, str]:
    return {"name": plugin.name, "summary": plugin.summary, "origin": registry.origin(plugin.name)}
