"""Bar and QR codes as inline SVG, drawn in one path, without fonts or images."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from xml.sax.saxutils import quoteattr

from kefu.kernel.scans import is_gtin

QUIET = 10
"""Modules of white that a scanner needs on both sides of a Code128."""
EAN_QUIET = 11
"""The same for an EAN-13, whose left margin is the widest."""


@lru_cache(maxsize=512)
def code128(text: str, *, height: float = 11.0, module: float = 0.3, width: float = 0.0) -> str:
    """A Code128 as SVG, in millimetres; `width` given, the modules are fitted to it. Empty for text it cannot hold.

    Below 0.2 mm a module, ordinary printers and scanners fail: a text that long gets no code rather than an unreadable one.
    """
    if not text or not text.isascii() or not text.isprintable():
        return ""
    import barcode  # takes 40 ms, and most processes never print

    modules: str = barcode.Code128(text).build()[0]
    total = len(modules) + 2 * QUIET
    shown = width or total * module
    if shown / total < 0.2:
        return ""
    return _bars(modules, text, quiet=QUIET, width=shown, height=height)


@lru_cache(maxsize=512)
def ean(gtin: str, *, height: float = 9.0, module: float = 0.33) -> str:
    """The bars of a trade number as SVG: EAN-13 for 13 digits, EAN-8 for 8, ITF-14 for 14; empty for anything else.

    A number kept in 14 digits with a leading zero is drawn as the EAN it was. `module` is the nominal 0.33 mm of the symbology.
    """
    if not (gtin.isascii() and gtin.isdigit()):
        return ""
    import barcode

    shorter = next((gtin[-size:] for size in (8, 13) if len(gtin) > size and not gtin[:-size].strip("0")), gtin)
    kinds = {8: barcode.EAN8, 13: barcode.EAN13, 14: barcode.ITF}
    if len(shorter) not in kinds or not is_gtin(shorter):
        return ""
    modules: str = kinds[len(shorter)](shorter).build()[0].replace("G", "1")
    return _bars(modules, shorter, quiet=EAN_QUIET, width=(len(modules) + 2 * EAN_QUIET) * module, height=height)


def _bars(modules: str, text: str, *, quiet: int, width: float, height: float) -> str:
    total = len(modules) + 2 * quiet
    path, place = [], quiet
    for dark, run in groupby(modules):
        length = len(list(run))
        if dark == "1":
            path.append(f"M{place} 0h{length}v1h-{length}z")
        place += length
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.2f}mm" height="{height:.2f}mm" viewBox="0 0 {total} 1" '
        f'preserveAspectRatio="none" shape-rendering="crispEdges" role="img" aria-label={quoteattr(text)}>'
        f'<path d="{"".join(path)}"/></svg>'
    )


@lru_cache(maxsize=512)
def qr(text: str, *, width: float = 22.0) -> str:
    """A QR code (error correction M) as SVG, `width` millimetres wide with its margin. Empty for empty text."""
    if not text:
        return ""
    import segno

    code = segno.make_qr(text, error="m")
    side = code.symbol_size(border=4)[0]
    path = []
    for row, line in enumerate(code.matrix):
        place = 0
        for dark, run in groupby(line):
            length = len(list(run))
            if dark:
                path.append(f"M{place + 4} {row + 4}h{length}v1h-{length}z")
            place += length
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.2f}mm" height="{width:.2f}mm" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges" role="img" aria-label={quoteattr(text)}><path d="{"".join(path)}"/></svg>'
    )
