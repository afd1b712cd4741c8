"""A single image file or URL."""

import fsspec

from lookoutcv.sources import open_source


def test_a_file(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    source = open_source(path)
    (ref,) = source
    assert (ref.id, ref.label, source.count(), source.single) == ("a.jpg", None, 1, True)
    assert ref.load() == str(path)


def test_a_url_without_its_secrets():
    with fsspec.open("memory://file/a.jpg", "wb") as file:
        file.write(b"x")
    source = open_source("https://me:secret@host/folder/a.jpg?signature=x")
    (ref,) = source
    assert (ref.id, source.name) == ("a.jpg", "https://host/folder/a.jpg")
    assert ref.load() == "https://me:secret@host/folder/a.jpg?signature=x"


def test_the_key_of_an_object_is_told_whole():
    for key in ("a#1.jpg", "a?b.jpg"):
        (ref,) = open_source(f"s3://bucket/folder/{key}")
        assert (ref.id, ref.load()) == (key, f"s3://bucket/folder/{key}")
