"""`{% barcode order.number %}`, `{% ean gtin %}` and `{% qr url %}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from kefu.foundation.printing import codes

register = template.Library()


@register.simple_tag
def barcode(text: object, height: float = 11.0, width: float = 0.0) -> SafeString:
    """Code128 as inline SVG, millimetres; nothing for text it cannot hold, so show the number beside it."""
    return mark_safe(codes.code128(str(text or ""), height=height, width=width))  # noqa: S308  the text is quoted in codes


@register.simple_tag
def ean(gtin: object, height: float = 9.0) -> SafeString:
    """The bars of a trade number as inline SVG, millimetres; nothing for text that is none, so show the number beside it."""
    return mark_safe(codes.ean(str(gtin or ""), height=height))  # noqa: S308  only digits are drawn


@register.simple_tag
def qr(text: object, width: float = 22.0) -> SafeString:
    """QR code as inline SVG, `width` millimetres."""
    return mark_safe(codes.qr(str(text or ""), width=width))  # noqa: S308  the text is quoted in codes
