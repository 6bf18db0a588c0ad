"""Template tags of the screens: icons, money, moments, clocks, cards. Loaded everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kefu.foundation.sentences.saying import speak
from kefu.foundation.ui import wording
from kefu.foundation.ui.icons import drawing
from kefu.foundation.ui.ranges import place
from kefu.foundation.ui.rules import ClockView
from kefu.kernel.money import show
from kefu.kernel.phones import mask

register = template.Library()
register.filter("said", speak)  # a reason that may be a sentence's code
STATIC = Path(__file__).resolve().parent.parent / "static" / "ui"


@register.simple_tag
def icon(name: str, size: str = "", label: object = "") -> SafeString:
    """An outline icon; decoration unless it has a `label`."""
    body = mark_safe(drawing(str(name)))  # noqa: S308, our own file
    small = " icon-sm" if size == "sm" else ""
    if label:
        return format_html(
            '<svg class="icon{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', small, label, body
        )
    return format_html('<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', small, body)


@register.filter
def money(amount: Decimal | int | None) -> str:
    """¥5,350.00; nothing for None."""
    return "" if amount is None or amount == "" else show(amount)


@register.filter
def masked_phone(number: object) -> str:
    """138 **** 6021."""
    return mask(str(number)) if number else ""


@register.simple_tag(takes_context=True)
def when(context: template.Context, value: date | None, day: bool = False, timed: bool = False) -> SafeString | str:
    """今天 14:30, with the absolute moment on hover. `day` leaves the time out, `timed` always tells it."""
    if value is None:
        return ""
    told = wording.when(value, moment(context), timed=False if day else (timed or None))
    exact = timezone.localtime(value) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}" title="{}">{}</time>', exact.isoformat(), wording.full(value), told)


@register.simple_tag(takes_context=True)
def date_words(context: template.Context, value: date) -> str:
    """3月12日, never 今天."""
    return wording.date_words(value, moment(context))


@register.simple_tag(takes_context=True)
def left(context: template.Context, due: datetime, started: datetime | None = None) -> str:
    """还有 12 分, 超时 1 小时 05 分."""
    return wording.clock(due, started, moment(context)).words


@register.simple_tag(takes_context=True)
def clock(context: template.Context, due: datetime, started: datetime | None = None, **how: Any) -> ClockView:
    """A ClockView for ui/clock.html: `{% clock due started as c %}`; see rules.clock for the rest."""
    return wording.clock(due, started, moment(context), **how)


@register.simple_block_tag(takes_context=True)
def card(context: template.Context, content: str, title: object = "", **inputs: object) -> SafeString:
    """A card around what belongs together: title, note, url and verb of a link, flush, label, tone."""
    engine = context.template.engine if context.template else template.engines["django"].engine  # type: ignore[attr-defined]
    slug = f"card-{crc32(str(title).encode()):x}" if title else ""
    values = {"title": title, "body": content, "slug": slug, **inputs}
    return engine.get_template("ui/card.html").render(context.new(values))


@register.inclusion_tag("ui/range.html")
def range_bar(
    value: float, low: float | None, high: float | None, was: float | None = None, tone: str = "", words: object = ""
) -> dict[str, object]:
    """A result in its reference range, see ranges.place."""
    return {"bar": place(value, low, high, was), "tone": tone, "words": words}


@register.simple_tag
def phrase_book() -> dict[str, str]:
    """What the behaviours say in the browser, in the reader's language."""
    return wording.browser_words()


@register.simple_tag(takes_context=True)
def asset(context: template.Context, name: str) -> str:
    """Address of one of our static files; by file URL when the context says `pdf`, for the PDF writer."""
    return f"{STATIC.as_uri()}/{name}" if context.get("pdf") else static(f"ui/{name}")


@register.filter
def behaviour_files(names: str) -> list[str]:
    """Addresses, below static, of the named behaviours."""
    return [f"ui/js/{name}.js" for name in names.split()]


@register.simple_tag(takes_context=True)
def moment_iso(context: template.Context) -> str:
    """The time that counts on this page, so that the browser counts from it and not from its own clock."""
    return timezone.localtime(moment(context)).isoformat(timespec="seconds")


def moment(context: template.Context) -> datetime:
    """The time that counts on this page: the frame's, the context's, the request's, else the clock."""
    frame = context.get("frame")
    told = frame.get("now") if isinstance(frame, Mapping) else getattr(frame, "now", None)
    told = told or context.get("now") or getattr(context.get("request"), "at", None)
    return told if isinstance(told, datetime) else timezone.now()
