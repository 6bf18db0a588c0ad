"""Sizes as they are typed."""

import pytest

from bench.sizes import Size, parse_sizes


def test_sizes_are_read_smallest_first_and_once():
    assert parse_sizes("100k, 10K,1m,10k") == [Size(10_000, "10k"), Size(100_000, "100k"), Size(1_000_000, "1m")]


@pytest.mark.parametrize("text", ["", ",", "many", "10kk", "-5k", "500", "11m"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match=r"size|between"):
        parse_sizes(text)
