"""Where a journey stands, from its history alone."""

from hypothesis import given
from hypothesis import strategies as st

from kefu.journey.rules import Fact, NodeRule, may_pass, standing

NODES = [
    NodeRule("archive", 10, "archive_created"),
    NodeRule("consultation", 20, "consulted"),
    NodeRule("tests_ordered", 30, "tests_ordered"),
    NodeRule("purchase", 40, "product_ordered"),
    NodeRule("followup", 50, "in_followup", repeats=True),
]


def test_a_journey_walks_its_nodes_in_order() -> None:
    now = standing(NODES, [Fact("started", "archive")])
    assert (now.current, now.status_code) == ("archive", "")
    now = standing(NODES, [Fact("started", "archive"), Fact("done", "archive"), Fact("done", "consultation")])
    assert (now.current, now.status_code) == ("tests_ordered", "consulted")


def test_an_extra_status_shows_until_the_next_step() -> None:
    facts = [Fact("done", "archive"), Fact("marked", "consultation", "under_review")]
    assert standing(NODES, facts).status_code == "under_review"
    assert standing(NODES, [*facts, Fact("done", "consultation")]).status_code == "consulted"


def test_a_node_inserted_later_does_not_call_back_who_is_beyond_it() -> None:
    inserted = sorted([*NODES, NodeRule("abnormal", 15, "told")], key=lambda node: node.order)
    assert standing(inserted, [Fact("done", "archive"), Fact("done", "consultation")]).current == "tests_ordered"
    assert standing(inserted, [Fact("done", "archive")]).current == "abnormal"


def test_a_correction_takes_back_everything_from_its_node_on() -> None:
    facts = [Fact("done", code) for code in ("archive", "consultation", "tests_ordered")]
    now = standing(NODES, [*facts, Fact("corrected", "consultation")])
    assert (now.current, now.status_code, now.passed) == ("consultation", "archive_created", {"archive"})


def test_a_skipped_node_counts_as_passed_and_a_repeating_one_never_ends() -> None:
    facts = [Fact("done", code) for code in ("archive", "consultation", "tests_ordered")]
    now = standing(NODES, [*facts, Fact("skipped", "purchase", "skipped")])
    assert (now.current, now.status_code, now.skipped) == ("followup", "skipped", {"purchase"})
    now = standing(
        NODES, [*facts, Fact("skipped", "purchase", "skipped"), Fact("done", "followup"), Fact("done", "followup")]
    )
    assert (now.current, now.status_code) == ("followup", "in_followup")


def test_gates_open_at_their_node_or_from_then_on() -> None:
    assert [may_pass("now", 20, current) for current in (10, 20, 30, None)] == [False, True, False, False]
    assert [may_pass("reached", 20, current) for current in (10, 20, 30, None)] == [False, True, True, True]


FACTS = st.lists(
    st.builds(
        Fact,
        st.sampled_from(["done", "skipped", "corrected", "marked"]),
        st.sampled_from([node.code for node in NODES]),
        st.just("x"),
    ),
    max_size=12,
)


@given(FACTS)
def test_the_current_node_is_never_one_that_was_passed_unless_it_repeats(facts: list[Fact]) -> None:
    now = standing(NODES, facts)
    repeating = {node.code for node in NODES if node.repeats}
    assert now.current is None or now.current not in now.passed or now.current in repeating


@given(FACTS, st.sampled_from([node for node in NODES if not node.repeats]))
def test_after_a_correction_its_node_is_current(facts: list[Fact], node: NodeRule) -> None:
    earlier = [Fact("done", other.code) for other in NODES if other.order < node.order and not other.repeats]
    assert standing(NODES, [*earlier, *facts, Fact("corrected", node.code)]).passed <= {
        other.code for other in NODES if other.order < node.order
    }
    assert standing(NODES, [*earlier, Fact("done", node.code), Fact("corrected", node.code)]).current == node.code
