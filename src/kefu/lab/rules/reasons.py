"""Why a message of a laboratory waits for a person, and what the sender is told. Plain Python."""

from __future__ import annotations

from enum import StrEnum

from kefu.lab.hl7 import ErrorCode


class Reason(StrEnum):
    """Why nothing of a message was filed. The first two groups wait for a person; the last was refused outright."""

    UNKNOWN_ORDER = "unknown_order"
    OTHER_PERSON = "other_person"
    ORDERS_DIFFER = "orders_differ"
    ORDER_CANCELLED = "order_cancelled"
    NOT_CHECKED_IN = "not_checked_in"
    TOO_EARLY = "too_early"
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_ANALYTE = "unknown_analyte"
    UNKNOWN_STATUS = "unknown_status"
    REPEATED = "repeated"
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    NO_RESULTS = "no_results"
    QUALITY_CONTROL = "quality_control"
    UNREADABLE = "unreadable"
    OVERSIZE = "oversize"


ANSWERS: dict[Reason, tuple[ErrorCode, str]] = {
    Reason.UNKNOWN_ORDER: (ErrorCode.UNKNOWN_KEY, "no such order"),
    Reason.OTHER_PERSON: (ErrorCode.UNKNOWN_KEY, "the person is not the one the order was placed for"),
    Reason.ORDERS_DIFFER: (ErrorCode.UNKNOWN_KEY, "the numbers of one item belong to different orders"),
    Reason.ORDER_CANCELLED: (ErrorCode.APPLICATION, "the order was cancelled"),
    Reason.NOT_CHECKED_IN: (ErrorCode.APPLICATION, "no accepted sample has been recorded for this item yet"),
    Reason.TOO_EARLY: (ErrorCode.APPLICATION, "the order is not waiting for results"),
    Reason.UNKNOWN_ITEM: (ErrorCode.TABLE_VALUE, "OBR-4 is not an item of this order"),
    Reason.UNKNOWN_ANALYTE: (ErrorCode.TABLE_VALUE, "OBX-3 is not an analyte of this item"),
    Reason.UNKNOWN_STATUS: (ErrorCode.TABLE_VALUE, "the result status is not known"),
    Reason.REPEATED: (ErrorCode.DUPLICATE_KEY, "the same observation occurs twice without different OBX-4"),
    Reason.NOTHING_TO_CONFIRM: (ErrorCode.UNKNOWN_KEY, "there is no earlier value that this status could make final"),
    Reason.NO_RESULTS: (ErrorCode.REQUIRED_FIELD, "the message contains no results"),
    Reason.QUALITY_CONTROL: (ErrorCode.APPLICATION, "quality control results are not filed for customers"),
    Reason.OVERSIZE: (ErrorCode.APPLICATION, "the message is too large"),
}
"""ERR-3 and the text for the sender's engineers; an unreadable message carries the text of what could not be read."""
