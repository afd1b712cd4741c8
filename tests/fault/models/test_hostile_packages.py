"""Packages that attack whoever opens them, and ZIPs of them that lie."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import lookoutcv as lo
from damage import damage
from lookoutcv.errors import CorruptFile, UnreadableSource, UnsafeArchive
from lookoutcv.files.archives import member_pieces, members
from lookoutcv.models import package_at
from tiny_packages import declared, hand_packed, zipped


def archive_with(folder: Path, path: Path, *more: tuple[str, bytes]) -> Path:
    """A package as a ZIP, with further entries of any name."""
    zipped(folder, path)
    with zipfile.ZipFile(path, "a") as archive:
        for name, content in more:
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


@pytest.mark.parametrize("name", ["../../evil.txt", "/tmp/evil.txt", "C:\\evil.txt", "a\\..\\..\\evil.txt"])
def test_a_zip_whose_names_lead_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = archive_with(hand_packed(tmp_path / "p"), tmp_path / "p.zip", (name, b"evil"))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UnsafeArchive):
        lo.open_model(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "p")
    (folder / "model.onnx").write_bytes(bytes(100 << 20))
    with pytest.raises(UnsafeArchive, match="expands more than"):
        lo.open_model(zipped(declared(folder), tmp_path / "p.zip"))


def test_an_entry_larger_than_it_states_is_not_unpacked_further(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "p")
    (folder / "model.onnx").write_bytes(bytes(30 << 20))
    path = zipped(declared(folder), tmp_path / "p.zip")
    data = bytearray(path.read_bytes())
    at = data.index(b"model.onnx", data.index(b"PK\1\2")) - 46
    struct.pack_into("<I", data, at + 24, 1000)
    path.write_bytes(data)
    (member,) = (one for one in members(path) if one.name == "model.onnx")
    with pytest.raises(UnsafeArchive, match="beyond the size it states"):
        for _ in member_pieces(member):
            pass
    with pytest.raises(CorruptFile, match="has 1,000 bytes"):
        lo.open_model(path)


def test_pieces_of_a_damaged_member_are_told(tmp_path: Path) -> None:
    content = np.random.default_rng(0).bytes(3 << 20)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = tmp_path / f"{method}.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("a", content)
        (member,) = members(path)
        assert b"".join(member_pieces(member)) == content
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        with pytest.raises(UnreadableSource, match="corrupt archive"):
            list(member_pieces(member))


def test_a_link_out_of_a_package_gives_nothing_away(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "p")
    secret = tmp_path / "secret"
    secret.write_bytes(b"x" * (folder / "model.card.yaml").stat().st_size)
    (folder / "model.card.yaml").unlink()
    (folder / "model.card.yaml").symlink_to(secret)
    with pytest.raises(CorruptFile, match="is not what was packed"):
        lo.open_model(folder)


def test_labels_of_any_form_never_become_paths(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "p")
    card = folder / "model.card.yaml"
    card.write_text(
        card.read_text().replace("[red, green, blue]", "['../x', 'con', \"\\u202Eevil\"]"), encoding="utf-8"
    )
    before = sorted(tmp_path.rglob("*"))
    model = lo.open_model(declared(folder))
    assert model.labels == ("../x", "con", "\u202eevil")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_pickle_in_the_place_of_the_model_is_never_loaded(tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self):  # type: ignore[no-untyped-def]
            return (open, (str(tmp_path / "evil"), "w"))

    folder = hand_packed(tmp_path / "p")
    for name in ("model.onnx", "model.pth"):
        (folder / name).write_bytes(pickle.dumps(Evil()))
    for form in (declared(folder), zipped(folder, tmp_path / "p.zip"), declared(folder, model="model.pth")):
        with pytest.raises(lo.LookoutError):
            lo.open_model(form)
    assert not (tmp_path / "evil").exists()


def test_no_damage_ends_in_anything_but_a_plain_error(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "p")
    zipped(folder, tmp_path / "p.zip")
    texts = {name: (folder / name).read_bytes() for name in ("package.json", "model.card.yaml")}
    whole = (tmp_path / "p.zip").read_bytes()
    random = np.random.default_rng(5)
    for number in range(150):
        copy = tmp_path / f"c{number}"
        if number % 3:
            shutil.copytree(folder, copy)
            name = ("package.json", "model.card.yaml")[number % 2]
            (copy / name).write_bytes(damage(texts[name], random))
            if name == "model.card.yaml":
                declared(copy)
        else:
            copy.write_bytes(damage(whole, random))
        with suppress(lo.LookoutError):
            package = package_at(copy)
            if package is not None:
                package.verify()
                package.card  # noqa: B018


def test_ten_thousand_classes_and_names_in_any_script(tmp_path: Path) -> None:
    labels = [f"класс {number} 類別" for number in range(10_000)]
    folder = hand_packed(tmp_path / "p", classes=labels)
    assert json.loads((folder / "package.json").read_text())["classes"] == labels
    package = package_at(folder)
    assert package is not None
    assert package.manifest.classes == labels
