"""Pictures kept beside the log."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import ConfigError
from lookoutcv.log.table.log_table import open_table

PIXELS = np.random.default_rng(5).integers(0, 255, (400, 600, 3), dtype=np.uint8)


def png() -> bytes:
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG")
    return file.getvalue()


def rows(place: Path) -> list[dict[str, Any]]:
    found = [row for batch in open_table(place).scan() for row in batch.to_pylist()]
    return sorted(found, key=lambda row: str(row["id"]))


def logged(place: Path, retention: Any, images: int = 4, **call: Any) -> list[dict[str, Any]]:
    with lo.ClassificationLogger("pets/é..", enabled_metrics=[], directory=place, image_retention=retention) as log:
        for number in range(images):
            given: dict[str, Any] = {"flagged": number == 1, **call}
            assert log.log_prediction(PIXELS, "cat", 2.0 if number == 2 else 0.5, f"{number}.png", **given)
            log.flush()  # one at a time, so that each is measured
    return rows(place)


def test_by_default_nothing_is_kept(tmp_path: Path) -> None:
    assert [row["retained_image"] for row in logged(tmp_path, "none")] == [None] * 4
    assert not (tmp_path / "_retained_images").exists()


def test_what_is_flagged_is_kept_as_a_thumbnail(tmp_path: Path) -> None:
    found = logged(tmp_path, "flagged")
    assert [row["flagged"] for row in found] == [False, True, True, False]  # a confidence of 2 is a problem
    assert [row["retained_image"] is not None for row in found] == [False, True, True, False]
    place = tmp_path / found[1]["retained_image"]
    assert place.is_relative_to(tmp_path / "_retained_images")
    with Image.open(place) as picture:
        assert picture.size == (320, 213)


def test_all_and_a_share(tmp_path: Path) -> None:
    assert all(row["retained_image"] for row in logged(tmp_path / "all", "all"))
    none = logged(tmp_path / "none", lo.ImageRetention("sampled", share=0.0))
    assert [row["retained_image"] is not None for row in none] == [False, True, True, False]
    assert all(row["retained_image"] for row in logged(tmp_path / "every", lo.ImageRetention("sampled", share=1.0)))


def test_a_full_picture_is_the_file_as_it_was_given(tmp_path: Path) -> None:
    given = png()
    file = tmp_path / "a.png"
    file.write_bytes(given)
    settings = lo.ImageRetention("all", form="full")
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path / "log", image_retention=settings) as log:
        for number, image in enumerate((given, str(file), PIXELS)):
            assert log.log_prediction(image, "cat", 0.5, str(number))
            log.flush()
    as_bytes, as_path, as_array = (tmp_path / "log" / row["retained_image"] for row in rows(tmp_path / "log"))
    assert as_bytes.suffix == as_path.suffix == ".png"
    assert as_bytes.read_bytes() == as_path.read_bytes() == given
    with Image.open(as_array) as picture:
        assert (picture.format, picture.size) == ("JPEG", (600, 400))


def test_the_budget_of_a_day_is_kept(tmp_path: Path) -> None:
    found = logged(tmp_path, lo.ImageRetention("all", form="full", bytes_a_day=1_200_000), images=4)
    kept = [tmp_path / row["retained_image"] for row in found if row["retained_image"]]
    assert 0 < len(kept) < 4
    assert sum(path.stat().st_size for path in kept) <= 1_200_000


def test_a_picture_that_cannot_be_kept_costs_no_row(tmp_path: Path) -> None:
    (tmp_path / "_retained_images").write_text("in the way")
    found = logged(tmp_path, "all")
    assert [row["retained_image"] for row in found] == [None] * 4
    assert "the image was not retained" in found[0]["problems"][0]


def test_pictures_wait_in_the_spool_of_an_object_store_and_are_sent(tmp_path: Path) -> None:
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        options = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
            "AWS_S3_ALLOW_UNSAFE_RENAME": "true",
        }
        import boto3

        client = boto3.client(
            "s3",
            endpoint_url=options["AWS_ENDPOINT_URL"],
            aws_access_key_id="a",
            aws_secret_access_key="b",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket="logs")
        with lo.ClassificationLogger(
            "m",
            enabled_metrics=[],
            directory="s3://logs/cars",
            spool=tmp_path,
            storage_options=options,
            image_retention=lo.ImageRetention("all", form="full"),
        ) as log:
            assert log.log_prediction(png(), "cat", 0.5, "a.png")
            assert log.flush()
        (row,) = [r for batch in open_table("s3://logs/cars", options).scan() for r in batch.to_pylist()]
        stored = client.get_object(Bucket="logs", Key=f"cars/{row['retained_image']}")["Body"].read()
        assert stored == png()
        assert not list((tmp_path / "_retained_images").rglob("*.png"))
    finally:
        server.stop()


def test_a_logger_is_pickled_with_its_retained_images(tmp_path: Path) -> None:
    import pickle

    settings = lo.ImageRetention("sampled", share=0.5)
    log = lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path, image_retention=settings)
    with log, pickle.loads(pickle.dumps(log)) as again:
        assert again._job.image_retention == settings


def test_settings_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        lo.ClassificationLogger("m", directory=tmp_path, image_retention="some")  # type: ignore[arg-type]
    for settings in ({"form": "large"}, {"share": 2.0}, {"share": "all"}, {"bytes_a_day": -1}, {"bytes_a_day": "1GB"}):
        with pytest.raises(ConfigError):
            lo.ImageRetention("all", **settings)
