"""Every place that removes, renames or overwrites files, and why what it touches is ours; a new one must say so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import lookoutcv

SOURCE = Path(lookoutcv.__file__).parent
REMOVING = {"unlink", "rmtree", "rmdir", "remove_all", "removedirs", "ftruncate", "rm", "rm_file", "vacuum", "move"}
WRITING = {"write_bytes", "write_text", "open_atomic", "rename", "pipe_file", "sink_csv", "sink_parquet"}
# Methods of lists and of our own objects are called so too; of `os`, `shutil` and `pathlib` only these count.
OF_MODULES = {("os", "remove"), ("os", "replace"), ("os", "truncate"), ("shutil", "copy"), ("shutil", "copyfile")}

PLACES = {
    "demo/photographs.py": "in a folder that `demo/story` has claimed",
    "demo/story.py": "a folder that was empty, or says that the demo made it; its own photographs by their names",
    "files/atomic.py": "its own temporary file, by a name of chance; the target, which `files/outputs` has looked at",
    "files/keyed_store.py": "a file with its own mark in the head, and what SQLite keeps beside it",
    "files/outputs.py": "a target that is no input, and is new, empty, of our kind, or given up with --force",
    "files/storage.py": "an object that `log/buffer/send_images` names, for a picture of its own",
    "gate_training/samples/sample_folder.py": "samples that its own table of before names, PNGs where samples lie",
    "log/buffer/commit.py": "segments by their names, in the folder of a writer whose lock is held",
    "log/buffer/image_retention.py": "a picture under a name that no other writer has",
    "log/buffer/journal.py": "journals that it made itself, new (xb)",
    "log/buffer/segments.py": "the segment that it made a moment ago, new (xb), and its own half frame",
    "log/buffer/send_images.py": "pictures by their names, once they are in the store; folders that are empty",
    "log/buffer/spool.py": "its own lock, and its folder if that is empty then",
    "log/reading/query.py": "its own temporary file; a target that `files/outputs` has looked at; rows for itself",
    "log/table/files.py": "only paths that `log/table/own_files` knows: the one place that frees files of a log",
    "log/upkeep/erase.py": "old files through `log/table/files`; damaged segments by their names",
    "log/upkeep/vacuum.py": "Delta Lake is only asked (dry_run); removal goes through `log/table/files`",
    "log/writing/replay.py": "journals by their names, in the folder of a writer whose lock is held",
    "gate/save_gate.py": "files of the gate that lay in the folder, by the names that gates give, beside our gate.json",
    "gate/screening.py": 'the user\'s own images, to the folder that on_reject="move" names, over no other file',
    "measuring/engines/process_pool.py": "notes in its own temporary folder",
    "prediction_log.py": "hands `vacuum` on",
    "processes/confined_process.py": "its own temporary folder and memory",
    "processes/confinement.py": "a group of processes that it made, and a setting of its own process",
    "models/packages/package.py": "a file that it unpacks, in a temporary folder of its own",
    "processes/held_places.py": "temporary files and folders by the names that it gives, that no process holds",
    "training/packing/given_model.py": "files of a package that is being made, in the folder aside",
    "training/packing/int8_model.py": "a file of its own, in the folder aside of a package that is being made",
    "training/packing/pack_fitted.py": "files of a package that is being made, in the folder aside",
    "training/packing/wrap_model.py": "files of a package that is being made, in the folder aside",
    "training/packing/package_builder.py": "its own folder aside, which it holds; with --force a package, no more",
    "training/run_folder.py": "files of a run by their names, and its checkpoints, in the folder that it has claimed",
    "training/fitting/features.py": "a file named by what it holds, among the checkpoints of a run",
    "training/fitting/epochs/checkpoints.py": "checkpoints by their names, in the folder of a run",
    "tracking/tracked_run.py": "a file in a temporary folder of its own, on its way to MLflow",
    "processes/shared_tensors.py": "a file in memory that it made",
    "service/access/access_keys.py": "a file that `entries` has read as keys of ours, or that was new or empty",
    "cli/log/upkeep.py": "hands `vacuum` on",
}


def _calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name) and function.id in REMOVING | WRITING:
            yield function.id
        if isinstance(function, ast.Attribute):
            owner = function.value.id if isinstance(function.value, ast.Name) else ""
            # A table of Arrow or polars is renamed with a mapping, and a column: no file.
            if function.attr in (REMOVING | WRITING) - {"rename"} or (owner, function.attr) in OF_MODULES:
                yield function.attr
            if function.attr == "rename" and owner in {"os", "path", "hidden", "target"}:
                yield "rename"


def test_every_place_that_removes_or_overwrites_is_known() -> None:
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if any(_calls(ast.parse(path.read_text("utf-8"))))
    }
    assert found == set(PLACES), "say in PLACES why what it touches is ours"


def test_what_a_person_asked_for_is_written_in_one_place() -> None:
    importing = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.ImportFrom) else []
            if {"write_bytes", "open_atomic"} & set(names):
                importing.add(path.relative_to(SOURCE).as_posix())
    assert importing == {
        "files/outputs.py",
        "log/buffer/image_retention.py",
        # Keys are added to a file that was read as one of keys just before.
        "service/access/access_keys.py",
        # In the folder that a run has claimed: what a person named is the folder.
        "training/run_folder.py",
        "training/fitting/features.py",
    }
