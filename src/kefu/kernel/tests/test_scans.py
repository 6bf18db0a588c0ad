"""What a scanner reads from a pack."""

from datetime import date
from itertools import permutations

import pytest

from kefu.kernel.scans import GROUP_SEPARATOR, Scan, ScanError, ScanFault, is_gtin, read_scan

FISH_OIL = "06901234567892"
END_OF_YEAR = date(2027, 12, 31)
WHOLE = Scan(gtin=FISH_OIL, lot="A12-7", expires_on=END_OF_YEAR)


@pytest.mark.parametrize("order", list(permutations(["0106901234567892", "17271231", "10A12-7"])))
def test_three_identifiers_are_read_in_any_order(order: tuple[str, ...]) -> None:
    text = "".join(part + (GROUP_SEPARATOR if part.startswith("10A") else "") for part in order)
    assert read_scan(text) == WHOLE
    assert read_scan(f"]d2{text}") == WHOLE


@pytest.mark.parametrize("order", list(permutations(["(01)06901234567892", "(17)271231", "(10)A12-7"])))
def test_what_is_printed_under_the_symbol_may_be_typed(order: tuple[str, ...]) -> None:
    assert read_scan("".join(order)) == WHOLE


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("6901234567892", FISH_OIL),
        (" 6901234567892\r\n", FISH_OIL),
        ("16901234567899", "16901234567899"),
        ("６９０１２３４５６７８９２", FISH_OIL),
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
    ],
)
def test_a_plain_number_is_the_same_article_in_every_length(text: str, gtin: str) -> None:
    assert read_scan(text) == Scan(gtin=gtin)


@pytest.mark.parametrize(
    ("rest", "made_on", "expires_on", "count"),
    [
        ("1126030117270600", date(2026, 3, 1), date(2027, 6, 30), None),
        ("15270600", None, date(2027, 6, 30), None),
        ("1727063015270101", None, date(2027, 6, 30), None),
        (f"3012{GROUP_SEPARATOR}17270630", None, date(2027, 6, 30), 12),
        ("", None, None, None),
    ],
)
def test_dates_and_counts_come_along(
    rest: str, made_on: date | None, expires_on: date | None, count: int | None
) -> None:
    scan = Scan(gtin=FISH_OIL, made_on=made_on, expires_on=expires_on, count=count)
    assert read_scan(f"01{FISH_OIL}{rest}") == scan


def test_a_case_says_what_lies_in_it() -> None:
    assert read_scan(f"02{FISH_OIL}3712") == Scan(gtin=FISH_OIL, count=12)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ScanFault.EMPTY),
        ("   ", ScanFault.EMPTY),
        ("9" * 201, ScanFault.TOO_LONG),
        ("6901234567890", ScanFault.CHECK_DIGIT),
        ("ABC-17", ScanFault.UNREADABLE),
        ("10A12-7", ScanFault.UNREADABLE),
        ("(01)0690123456789(17)271231", ScanFault.UNREADABLE),
        ("0106901234567892 17271331", ScanFault.UNREADABLE),
        ("https://example.com/", ScanFault.UNREADABLE),
    ],
)
def test_what_is_no_article_is_said_to_be_none(text: str, fault: ScanFault) -> None:
    with pytest.raises(ScanError) as refused:
        read_scan(text)
    assert refused.value.code is fault


def test_a_trade_number_has_a_fitting_check_digit() -> None:
    assert is_gtin("6901234567892")
    assert not is_gtin("6901234567890")
    assert not is_gtin("690123456789")
    assert not is_gtin("６９０１２３４５６７８９２")
