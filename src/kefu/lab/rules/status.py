"""The status of an order, read off its facts. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """The codes of the statuses, in the order in which an order passes them."""

    TESTS_ORDERED = "tests_ordered"
    SIGNED = "signed"
    CUSTOMER_SAMPLING = "customer_sampling"
    RESAMPLING = "resampling"
    TESTING = "testing"
    REPORT_UNDER_REVIEW = "report_under_review"
    REPORT_RELEASED = "report_released"
    REVIEWS_COMPLETE = "reviews_complete"
    PAPER_IN_PREPARATION = "paper_in_preparation"
    PAPER_ISSUED = "paper_issued"
    REPORT_INTERPRETED = "report_interpreted"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Facts:
    """What has happened to an order and still counts. `resampling`: at least one sample has to be taken again."""

    cancelled: bool = False
    signed: bool = False
    kit_issued: bool = False
    resampling: bool = False
    testing: bool = False
    report_arrived: bool = False
    released: bool = False
    overall: bool = False
    paper: bool = False
    handed_over: bool = False
    interpreted: bool = False


def stage(facts: Facts) -> Stage:
    """The furthest fact decides, except that a cancelled order is nothing else, and a sample taken again shows until all are in."""
    if facts.cancelled:
        return Stage.CANCELLED
    passed = [
        (facts.interpreted, Stage.REPORT_INTERPRETED),
        (facts.handed_over, Stage.PAPER_ISSUED),
        (facts.paper, Stage.PAPER_IN_PREPARATION),
        (facts.overall, Stage.REVIEWS_COMPLETE),
        (facts.released, Stage.REPORT_RELEASED),
        (facts.resampling, Stage.RESAMPLING),
        (facts.report_arrived, Stage.REPORT_UNDER_REVIEW),
        (facts.testing, Stage.TESTING),
        (facts.kit_issued, Stage.CUSTOMER_SAMPLING),
        (facts.signed, Stage.SIGNED),
    ]
    return next((code for happened, code in passed if happened), Stage.TESTS_ORDERED)
