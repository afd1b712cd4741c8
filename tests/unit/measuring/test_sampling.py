"""A seeded sample of a source."""

from collections import Counter

import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.measuring.sampling import sample
from lookoutcv.sources import open_source

SOURCE = open_source([f"{i}.jpg" for i in range(200)])


def ids(source):
    return [ref.id for ref in source]


def test_the_same_seed_gives_the_same_images_in_the_sources_order():
    drawn = ids(sample(SOURCE, 20, seed=3))
    assert drawn == ids(sample(SOURCE, 20, seed=3))
    assert drawn == [i for i in ids(SOURCE) if i in set(drawn)]
    assert len(drawn) == len(set(drawn)) == sample(SOURCE, 20, seed=3).count() == 20
    assert drawn != ids(sample(SOURCE, 20, seed=4))


def test_the_order_of_listing_does_not_matter():
    backwards = open_source([f"{i}.jpg" for i in reversed(range(200))])
    assert set(ids(sample(backwards, 20))) == set(ids(sample(SOURCE, 20)))


def test_samples_nest():
    assert set(ids(sample(SOURCE, 10, 5))) < set(ids(sample(SOURCE, 50, 5)))


def test_all_are_taken_where_there_are_fewer():
    assert ids(sample(SOURCE, 1000)) == ids(SOURCE)
    assert sample(SOURCE, 1000).count() == 200
    assert (ids(sample(open_source([]), 5)), sample(open_source([]), 5).count()) == ([], 0)


def test_every_image_is_drawn_equally_often():
    counts = Counter(i for seed in range(1000) for i in ids(sample(open_source(list("abcdefgh")), 2, seed)))
    assert len(counts) == 8
    assert all(abs(n - 250) < 5 * 14 for n in counts.values())  # 5 standard deviations of a binomial


def test_labels_are_kept_and_odd_seeds_taken(tmp_path):
    for name in ("cat/1.jpg", "dog/1.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    assert {ref.label for ref in sample(open_source(tmp_path), 2, seed=-1)} == {"cat", "dog"}
    assert len(ids(sample(SOURCE, 3, seed=2**80))) == 3


def test_a_sample_of_none_is_refused():
    with pytest.raises(ConfigError, match="at least 1"):
        sample(SOURCE, 0)
