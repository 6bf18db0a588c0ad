"""Codes that a scanner can read, or none."""

from kefu.foundation.printing.codes import code128, qr


def test_a_number_becomes_bars_with_white_on_both_sides():
    svg = code128("12345678")
    assert 'viewBox="0 0 99 1"' in svg, "4 pairs, start, check and stop: 79 modules, and 10 of white on each side"
    assert '<path d="M10 0h2v1h-2z' in svg
    assert 'width="29.70mm"' in svg
    assert 'aria-label="12345678"' in svg


def test_what_code128_cannot_hold_gets_no_bars():
    assert code128("样本 7") == ""
    assert code128("") == ""
    assert code128("a\nb") == ""


def test_bars_too_fine_to_scan_are_not_drawn():
    assert code128("A" * 40, width=55) == ""
    assert code128("BJ-20261123-0007", width=55) != ""


def test_markup_in_the_text_stays_text():
    assert '<b>"' not in code128('<b>"')
    assert "<script>" not in qr('"><script>alert(1)</script>')


def test_qr_has_its_margin_and_takes_chinese():
    svg = qr("客服")
    assert 'viewBox="0 0 29 29"' in svg
    assert '<path d="M4 4h7v1h-7z' in svg
    assert qr("") == ""
