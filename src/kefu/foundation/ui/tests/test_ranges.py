"""A doctor sees at a glance where a value stands."""

from kefu.foundation.ui.ranges import place


def test_a_value_inside_its_range_leaves_room_on_both_sides():
    bar = place(10, 5, 15)
    assert (bar.low, bar.width, bar.at, bar.was) == (18.8, 62.5, 50.0, None)


def test_a_value_above_its_range_stands_right_of_it():
    bar = place(21.6, 5, 15, 16.4)
    assert bar.low + bar.width < bar.was < bar.at < 100


def test_a_range_open_below_begins_at_the_edge():
    assert place(1.2, None, 3).low == 0


def test_a_range_open_above_ends_at_the_edge():
    bar = place(40, 30, None)
    assert bar.low + bar.width == 100


def test_a_value_without_any_range_stands_alone():
    bar = place(4.9, None, None)
    assert (bar.at, bar.width) == (50.0, 0)


def test_zero_without_any_range_does_not_divide_by_nothing():
    assert place(0, None, None).at == 50.0
