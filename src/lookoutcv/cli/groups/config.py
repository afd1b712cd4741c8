"""`lookout config`: the project's settings checked, shown, and described for editors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.configured import SettingsChoice
from lookoutcv.cli.parameters import JsonOption
from lookoutcv.errors import UsageError
from lookoutcv.secrets import masked
from lookoutcv.settings.declaration import FORCE_HELP
from lookoutcv.settings.effective import EffectiveSettings
from lookoutcv.settings.setting_value import Problem

# Lines by which a schema of ours is known: its dialect, and its title.
_SCHEMA_HEAD = 3
FileArgument = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help="The settings; unless given, lookout.yaml here or in a folder above."),
]


def check(context: typer.Context, file: FileArgument = None, as_json: JsonOption = False) -> None:
    """Say everything that is wrong with the settings: keys, types, places, model, metrics, policy; then exit with 2."""
    from lookoutcv.cli.printing.nobody_reads import ending_with
    from lookoutcv.cli.printing.tables import print_json
    from lookoutcv.plugins import add_files, load_file
    from lookoutcv.project.check_project import check_project, problems_from

    effective = _effective(context, file)
    plugins = effective.values.get(("", "plugins"))
    broken: list[Problem] = []
    if plugins is not None:
        broken = problems_from(plugins, "plugins", lambda: [load_file(Path(one)) for one in plugins.value])
        if not broken:
            add_files(plugins.value)
    problems = check_project(effective, broken)
    with ending_with(UsageError.exit_code if problems else 0):
        if as_json:
            print_json([{"place": p.place, "key": p.key, "problem": p.message, "nearest": p.nearest} for p in problems])
        elif problems:
            typer.echo("\n".join(map(str, problems)))
        else:
            typer.echo(f"{effective.path or 'The environment'}: {len(effective.values)} settings, all right.")


def show(
    context: typer.Context,
    file: FileArgument = None,
    everything: Annotated[bool, typer.Option("--all", help="Show what holds by default too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the settings in force, and where each is from: a line of the file, the environment, or the default."""
    from lookoutcv.cli.printing.tables import print_json
    from lookoutcv.settings.schema import dotted
    from lookoutcv.settings.setting_value import in_words

    effective = _effective(context, file)
    rows: list[dict[str, Any]] = []
    for section, key in effective.schema.all_keys():
        setting = effective.values.get((section, key.name))
        if setting is not None:
            value = _shown(setting.value if setting.written is None else setting.written)
            rows.append({"key": dotted(section, key.name), "value": value, "from": setting.origin})
        elif everything and key.default is not None and key.name in effective.schema.primary_keys(section):
            rows.append({"key": dotted(section, key.name), "value": key.default, "from": "default"})
    if as_json:
        print_json({"file": effective.path, "settings": rows})
        return
    width = max((len(f"{row['key']}: {in_words(row['value'])}") for row in rows), default=0)
    for row in rows:
        typer.echo(f"{row['key']}: {in_words(row['value'])}".ljust(min(width, 60)) + f"  # {row['from']}")
    if not rows:
        typer.echo("Nothing is set: the defaults hold. `lookout init` writes a settings file.")


def _shown(value: Any) -> Any:
    """The value for people, in its own form."""
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return masked(value) if isinstance(value, str) else value


def schema(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it to this file; unless given, it is printed.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=FORCE_HELP)] = False,
) -> None:
    """Print the JSON Schema of the settings file, by which editors complete and check it."""
    from lookoutcv.files.endings import check_ending
    from lookoutcv.files.outputs import marked, write_output

    if output is None:
        typer.echo(schema_text(), nl=False)
    else:
        check_ending(output, "a JSON Schema", [".json"])
        text = schema_text()
        # A schema of another version begins with the same lines.
        kind = marked("the JSON Schema", re.escape("\n".join(text.splitlines()[:_SCHEMA_HEAD])))
        write_output(output, text.encode(), kind, force=force)
        typer.echo(f"Wrote {output}. First line of the settings: # yaml-language-server: $schema={output}")


def schema_text() -> str:
    """The JSON Schema as a file holds it."""
    from lookoutcv.configuration.project_schema import project_schema
    from lookoutcv.settings.json_schema import json_schema

    return json.dumps(json_schema(project_schema()), indent=2, ensure_ascii=False) + "\n"


def _effective(context: typer.Context, file: Path | None) -> EffectiveSettings:
    from lookoutcv.configuration.project_schema import project_schema
    from lookoutcv.settings.effective import effective_settings

    choice: SettingsChoice = context.obj
    effective = SettingsChoice(file or choice.file, choice.no_config).read()
    return effective_settings(project_schema(), None) if effective is None else effective


group = typer.Typer(name="config", help="Check, show and describe the project's settings.", no_args_is_help=True)
group.command()(check)
group.command()(show)
group.command()(schema)
