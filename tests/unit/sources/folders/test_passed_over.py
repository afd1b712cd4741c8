"""Trees of files, whatever they are packed in: what is not read is counted, how folders are read can be said."""

import io
import os
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.errors import ConfigError
from lookoutcv.sources import notes_of, open_source

FILES = (
    "cat/1.png",
    "dog/1.png",
    ".cat/1.png",
    "dog/.2.png",
    "._1.png",
    "__MACOSX/dog/._1.png",
    ".DS_Store",
    ".git/HEAD",
)
NESTED = ("hall/ok/1.png", "hall/nok/1.png", "yard/ok/1.png")
KINDS = ("folder", "zip", "tar", "storage")


def png():
    held = io.BytesIO()
    Image.fromarray(np.arange(768, dtype=np.uint8).reshape(16, 16, 3)).save(held, "png")
    return held.getvalue()


def packed(kind, folder, names, data=b"x"):
    """The same files as each kind of tree, as what the user types."""
    if kind == "folder":
        for name in names:
            (folder / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "tree" / name).write_bytes(data)
        return str(folder / "tree")
    if kind == "zip":
        with zipfile.ZipFile(folder / "tree.zip", "w") as archive:
            for name in names:
                archive.writestr(name, data)
        return str(folder / "tree.zip")
    if kind == "tar":
        with tarfile.open(folder / "tree.tar", "w") as archive:
            for name in names:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        return str(folder / "tree.tar")
    import fsspec

    prefix = f"memory://{folder.name}/tree"
    for name in names:
        fsspec.filesystem("memory").pipe_file(f"/{folder.name}/tree/{name}", data)
    return prefix


@pytest.mark.parametrize("kind", KINDS)
def test_hidden_images_are_counted_and_what_the_system_keeps_is_not(kind, tmp_path):
    source = open_source(packed(kind, tmp_path, FILES))
    assert [ref.label for ref in source] == ["cat", "dog"]
    # A hidden prefix of a storage is not listed.
    hidden = (
        "1 hidden image is not read: dog/.2.png."
        if kind == "storage"
        else "2 hidden images are not read, the first is "
    )
    assert [note.startswith(hidden) for note in notes_of(source)] == [True]


@pytest.mark.parametrize("kind", KINDS)
def test_how_folders_are_read_can_be_said(kind, tmp_path):
    place = packed(kind, tmp_path, NESTED)
    assert {ref.label for ref in open_source(place)} == {None}
    (note,) = notes_of(open_source(place))
    assert "?labels=parent" in note
    read = open_source(f"{place}?labels=parent")
    assert [(ref.id, ref.label) for ref in read] == [
        ("hall/nok/1.png", "nok"),
        ("hall/ok/1.png", "ok"),
        ("yard/ok/1.png", "ok"),
    ]
    assert (notes_of(read), read.name) == ((), f"{place}?labels=parent")
    assert {ref.label for ref in open_source(f"{place}?labels=top")} == {"hall", "yard"}
    with pytest.raises(ConfigError, match=r"labels=folder .* is not one of parent, top, none, auto"):
        open_source(f"{place}?labels=folder")


def test_links_and_names_that_come_again_in_a_tar(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for data in (b"first", b"second"):
            member = tarfile.TarInfo("a.png")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for name, kind in (("b.png", tarfile.SYMTYPE), ("c.png", tarfile.LNKTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "a.png"
            archive.addfile(member)
    source = open_source(tmp_path / "a.tar")
    assert [ref.load() for ref in source] == [b"second"]
    assert notes_of(source) == (
        "1 image is not read, since its name comes again behind it: a.png.",
        "2 links are not followed, the first is b.png.",
    )


@pytest.mark.skipif(os.name != "posix", reason="links to folders")
def test_a_folder_that_is_reached_twice_is_read_once_and_told(tmp_path):
    place = packed("folder", tmp_path, ["a/1.png", "b/1.png"])
    os.symlink(tmp_path / "tree" / "a", tmp_path / "tree" / "c")
    source = open_source(place)
    assert [ref.id for ref in source] == ["a/1.png", "b/1.png"]
    assert notes_of(source) == ("1 link is not followed: c.",)


@pytest.mark.parametrize("kind", KINDS)
def test_limits_of_the_run_count_where_they_are_above_and_below_the_defaults(kind, tmp_path):
    """Three sources unpack or fetch images themselves, and asked the defaults only."""
    from lookoutcv.images import limits

    data = png()
    place = packed(kind, tmp_path, ["a.png"], data)
    with pytest.raises(lo.errors.NoImages, match="larger than"):
        lo.baseline(place, metrics=["noise"], cache=False, max_bytes=len(data) - 1)
    # The defaults are too large to exceed in a test.
    object.__setattr__(limits.DEFAULT_LIMITS, "max_bytes", len(data) - 1)
    try:
        assert lo.baseline(place, metrics=["noise"], cache=False, max_bytes=len(data)).profile.count == 1
    finally:
        object.__setattr__(limits.DEFAULT_LIMITS, "max_bytes", limits.Limits().max_bytes)


def test_the_command_tells_it_and_takes_the_option(tmp_path, capsys):
    place = packed("folder", tmp_path, [*NESTED, "hall/ok/.2.png"], png())
    assert main(["baseline", place, "-o", str(tmp_path / "b.parquet"), "--metrics", "noise"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "1 hidden image is not read: hall/ok/.2.png." in told
    assert "?labels=parent" in told
    assert main(["baseline", f"{place}?labels=parent", "-o", str(tmp_path / "b.parquet"), "--metrics", "noise"]) == 0
    assert "?labels=parent behind" not in " ".join(capsys.readouterr().out.split())
    assert set(lo.load(tmp_path / "b.parquet").profile.counts["label"]) == {"ok", "nok"}
