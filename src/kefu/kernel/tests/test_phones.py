"""Contact numbers as customers and colleagues write them, and why some are not accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.phones import Phone, PhoneError, PhoneFault, PhoneKind, mask, normalise, parse, show, tail
from kefu.kernel.tests.settings import QUICK

MOBILES = st.builds(lambda second, rest: f"1{second}{rest:09}", st.integers(3, 9), st.integers(0, 10**9 - 1))


@pytest.mark.parametrize(
    "text",
    [
        "13812346021", " 138 1234 6021 ", "138-1234-6021", "138－1234－6021", "１３８１２３４６０２１",
        "+8613812346021",
        "+86 138 1234 6021", "＋86-138-1234-6021", "008613812346021", "0086 138 1234 6021", "86 138 1234 6021",
        "(+86) 138 1234 6021", "138.1234.6021", "\u202d13812346021\u202c",
    ],
)  # fmt: skip
def test_one_mobile_in_every_spelling(text: str) -> None:
    assert parse(text) == Phone("13812346021", PhoneKind.MOBILE)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("020-66778899", "02066778899"), ("(020) 6677 8899", "02066778899"), ("（010）66778899", "01066778899"),
        ("0755 66778899", "075566778899"), ("0898-6677889", "08986677889"), ("+86 10 6677 8899", "01066778899"),
        ("+86 755 6677 8899", "075566778899"), ("+86 (020) 66778899", "02066778899"),
        ("020-66778899转801", "02066778899-801"), ("010-66778899-801", "01066778899-801"),
        ("0755-6677-8899", "075566778899"), ("020-66778899 分机 8", "02066778899-8"),
        ("0755-66778899 ext. 12", "075566778899-12"),
    ],
)  # fmt: skip
def test_landlines_with_area_code_are_contact_numbers(text: str, stored: str) -> None:
    phone = parse(text)
    assert (str(phone), phone.kind) == (stored, PhoneKind.LANDLINE)
    assert normalise(stored) == stored


@pytest.mark.parametrize(
    ("text", "stored"),
    [("+852 6123 4567", "+85261234567"), ("00852-61234567", "+85261234567"), ("+1 650 253 0000", "+16502530000")],
)
def test_numbers_abroad_keep_their_country_code(text: str, stored: str) -> None:
    assert parse(text) == Phone(stored, PhoneKind.FOREIGN)


def fault(text: str, *, allow_demo: bool = False) -> tuple[PhoneFault, PhoneKind, int, int]:
    with pytest.raises(PhoneError) as refused:
        parse(text, allow_demo=allow_demo)
    return refused.value.code, refused.value.kind, refused.value.actual, refused.value.expected


def test_a_short_mobile_can_be_answered_with_both_counts() -> None:
    code, _, actual, expected = fault("1381234")
    assert (code, f"手机号要 {expected} 位，现在 {actual} 位") == (PhoneFault.TOO_SHORT, "手机号要 11 位，现在 7 位")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", (PhoneFault.EMPTY, PhoneKind.MOBILE, 0, 11)),
        (" - ", (PhoneFault.EMPTY, PhoneKind.MOBILE, 0, 11)),
        ("138123460211", (PhoneFault.TOO_LONG, PhoneKind.MOBILE, 12, 11)),
        ("1381234602", (PhoneFault.TOO_SHORT, PhoneKind.MOBILE, 10, 11)),
        ("12812346021", (PhoneFault.BAD_PREFIX, PhoneKind.MOBILE, 11, 11)),
        ("23812346021", (PhoneFault.BAD_PREFIX, PhoneKind.MOBILE, 11, 11)),
        ("1381234602I", (PhoneFault.BAD_CHARACTER, PhoneKind.MOBILE, 10, 11)),
        ("没有电话", (PhoneFault.BAD_CHARACTER, PhoneKind.MOBILE, 0, 11)),
        ("13812346021/13912346021", (PhoneFault.BAD_CHARACTER, PhoneKind.MOBILE, 22, 11)),
        ("66778899", (PhoneFault.NO_AREA_CODE, PhoneKind.LANDLINE, 8, 0)),
        ("6677889", (PhoneFault.NO_AREA_CODE, PhoneKind.LANDLINE, 7, 0)),
        ("020-6677889", (PhoneFault.TOO_SHORT, PhoneKind.LANDLINE, 10, 11)),
        ("020-667788990", (PhoneFault.TOO_LONG, PhoneKind.LANDLINE, 12, 11)),
        ("0755-667788", (PhoneFault.TOO_SHORT, PhoneKind.LANDLINE, 10, 0)),
        ("0755-06677889", (PhoneFault.BAD_LANDLINE, PhoneKind.LANDLINE, 12, 0)),
        ("13812346021转8", (PhoneFault.TOO_LONG, PhoneKind.MOBILE, 12, 11)),
        ("+852 123", (PhoneFault.BAD_FOREIGN, PhoneKind.FOREIGN, 6, 0)),
        ("+999 1234567", (PhoneFault.BAD_FOREIGN, PhoneKind.FOREIGN, 10, 0)),
    ],
)
def test_why_a_number_is_not_accepted(text: str, why: tuple[PhoneFault, PhoneKind, int, int]) -> None:
    assert fault(text) == why


@pytest.mark.parametrize("text", ["10000000001", "100 0000 6021", "010-00000000"])
def test_demonstration_numbers_only_where_they_are_allowed(text: str) -> None:
    assert fault(text)[0] is PhoneFault.DEMO
    assert str(parse(text, allow_demo=True)) == text.replace(" ", "").replace("-", "")


def test_allowing_demonstration_numbers_allows_nothing_else() -> None:
    assert fault("10000100001", allow_demo=True)[0] is PhoneFault.BAD_PREFIX
    assert fault("0755-00000000", allow_demo=True)[0] is PhoneFault.BAD_LANDLINE


@pytest.mark.parametrize(
    ("stored", "masked", "shown"),
    [
        ("13812346021", "138 **** 6021", "138 1234 6021"),
        ("10000000001", "100 **** 0001", "100 0000 0001"),
        ("02066778899", "020 **** 8899", "020-6677 8899"),
        ("075566778899", "0755 **** 8899", "0755-6677 8899"),
        ("02066778899-801", "020 **** 8899", "020-6677 8899 转 801"),
        ("+85261234567", "+852 **** 4567", "+852 6123 4567"),
        ("1234", "****", "1234"),
        ("", "****", ""),
    ],
)
def test_masked_and_shown(stored: str, masked: str, shown: str) -> None:
    assert (mask(stored), show(stored)) == (masked, shown)


def test_a_caller_is_found_by_the_tail_of_the_number() -> None:
    assert tail("13812346021") == "6021"
    assert tail("13812346021", 6) == "346021"
    assert tail("02066778899-801") == "8899"
    assert tail("13812346021", 0) == ""


@QUICK
@given(MOBILES)
def test_every_mobile_is_its_own_stored_form_and_masking_hides_four_digits(mobile: str) -> None:
    assert normalise(mobile) == normalise(show(mobile)) == normalise(f"+86 {mobile}") == mobile
    assert mask(mobile) == f"{mobile[:3]} **** {mobile[7:]}"


@QUICK
@given(st.text(max_size=24) | st.text("0123456789+-() 转x#８", max_size=24))
def test_any_text_is_either_read_for_good_or_refused_with_a_reason(text: str) -> None:
    try:
        stored = normalise(text, allow_demo=True)
    except PhoneError as refused:
        assert refused.code in PhoneFault
    else:
        assert normalise(stored, allow_demo=True) == stored
