"""A gate's pipeline, written into a project's folder."""

from __future__ import annotations

import os
from pathlib import Path

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, OutputUnwritable, SourceNotFound
from lookoutcv.files.outputs import FileKind, check_output, write_output
from lookoutcv.files.remote import is_url
from lookoutcv.gate_training.pipeline.stages import params_text, stages_text
from lookoutcv.gate_training.samples.sample_folder import make_folder
from lookoutcv.secrets import masked

STAGES_FILE, PARAMS_FILE = "dvc.yaml", "params.yaml"
INCOMING = Path("data", "incoming")
# Git keeps the folders and not what is dropped into them: that is kept by DVC, once it was added.
_IGNORING = b"*\n!.gitignore\n"


def write_pipeline(
    folder: str | os.PathLike[str], *, photos: str | None = None, force: bool = False
) -> tuple[Path, ...]:
    """Write `dvc.yaml`, `params.yaml` and the folders for new samples.

    Args:
        folder: The project's; made where it is not there.
        photos: A folder of sharp photographs of which samples are made; None for drawn patterns.
        force: Replace a `dvc.yaml` and a `params.yaml` that are there.
    Returns:
        The files that were written. A `.gitignore` that is there already is left alone.
    Raises:
        OutputUnwritable: They are there already, or cannot be written.
        SourceNotFound: There is no such folder of photographs.
        ConfigError: The photographs are at a URL.
    Example:
        >>> import tempfile
        >>> [path.name for path in write_pipeline(tempfile.mkdtemp())]
        ['dvc.yaml', 'params.yaml', '.gitignore', '.gitignore']
    """
    place = Path(folder)
    seen = None if photos is None else _seen_from(place, photos)
    texts = {STAGES_FILE: stages_text(seen), PARAMS_FILE: params_text(seen)}
    make_folder(place)
    kinds = {name: FileKind(f"a {name}", lambda path: force) for name in texts}
    for name in texts:
        if os.path.lexists(place / name) and not force:
            raise OutputUnwritable(
                f"{place / name} is there already",
                f"Give another folder, or replace it with {option('force', True)}.",
                path=str(place / name),
            )
        check_output(place / name, kinds[name], force=force)
    written = []
    for name, text in texts.items():
        write_output(place / name, text.encode(), kinds[name], force=force)
        written.append(place / name)
    for kind in ("sharp", "blurred"):
        ignoring = place / INCOMING / kind / ".gitignore"
        make_folder(ignoring.parent)
        if not os.path.lexists(ignoring):
            write_output(ignoring, _IGNORING, FileKind("a .gitignore", lambda path: False))
            written.append(ignoring)
    return tuple(written)


def _seen_from(folder: Path, photos: str) -> str:
    """The photographs' path as the pipeline needs it, which runs in the project's folder."""
    if is_url(photos):
        raise ConfigError(
            f"{option('photos')} is {masked(photos)}, and a pipeline watches files",
            "Fetch them, and give their folder.",
            key="photos",
        )
    if not os.path.exists(photos):
        raise SourceNotFound(f"there is nothing at {photos}", "Give a folder of sharp photographs.", source=photos)
    if set(photos) & set('"$`\\\n'):
        raise ConfigError(
            f"{option('photos')} is {photos!r}, and a shell would read something else",
            "Rename the folder: without quotes, backslashes, backticks and dollar signs.",
            key="photos",
        )
    try:
        return Path(os.path.relpath(photos, folder)).as_posix()
    except ValueError:  # of another drive
        return Path(photos).resolve().as_posix()
