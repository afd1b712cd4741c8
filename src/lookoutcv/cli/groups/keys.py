"""`lookout keys`: who may ask a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.configured import ConfiguredCommand
from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.service.service_settings import KeyAddSettings, KeyListSettings, KeyRemoveSettings, KeysPlaceSettings


@verb("keys add")
def add(settings: KeyAddSettings, place: KeysPlaceSettings) -> None:
    """Make a key and print it; what it can be told is declared in `service.service_settings`."""
    import lookoutcv as lo

    typer.echo(lo.AccessKeys(place.keys).add(settings.name, scopes=settings.scopes or ["predict"]))
    typer.echo(f"This is the key of {settings.name}. Keep it: {place.keys} holds only its hash.", err=True)


@verb("keys list")
def list_(settings: KeyListSettings, place: KeysPlaceSettings) -> None:
    """Print who has a key."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.tables import plain, print_json, print_table

    found = lo.AccessKeys(place.keys).entries()
    if settings.as_json:
        print_json([{"name": one.name, "scopes": list(one.scopes), "created": one.created} for one in found])
        return
    rows = [(plain(one.name), plain(", ".join(one.scopes)), plain(one.created)) for one in found]
    print_table(("name", "scopes", "created"), rows)


@verb("keys remove")
def remove(settings: KeyRemoveSettings, place: KeysPlaceSettings) -> None:
    """Let a key open nothing any more."""
    import lookoutcv as lo

    lo.AccessKeys(place.keys).remove(settings.name)
    typer.echo(f"Removed the key of {settings.name}")


group = typer.Typer(name="keys", help="Who may ask a service: keys, and what each allows.", no_args_is_help=True)
group.command("add", cls=ConfiguredCommand)(add)
group.command("list", cls=ConfiguredCommand)(list_)
group.command("remove", cls=ConfiguredCommand)(remove)
