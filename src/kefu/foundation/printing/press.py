"""HTML to PDF. WeasyPrint takes seconds to import and fonts long to configure, so both happen once per process."""

from __future__ import annotations

import atexit
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.request import url2pathname

from kefu.foundation.printing.registry import Size

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent
FONTS = HERE.parent / "ui" / "static" / "ui" / "fonts"
FACES = """
@font-face { font-family: "Kefu Print"; font-weight: 400; src: url("NotoSansSC-Regular.ttf"); }
@font-face { font-family: "Kefu Print"; font-weight: 700; src: url("NotoSansSC-Bold.ttf"); }
"""
_lock = Lock()
"""Pango's font map is not made for two threads."""


def write_pdf(html: str, size: Size) -> bytes:
    """A PDF of a whole HTML document. Opens no address but files of the package."""
    with _lock:
        press = _press()
        document = press["html"](string=html, base_url=PACKAGE.as_uri() + "/", url_fetcher=press["fetcher"])
        content: bytes = document.write_pdf(font_config=press["fonts"], stylesheets=press[size])
    return content


@lru_cache(maxsize=1)
def _press() -> Mapping[str, Any]:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    for url in re.findall(r'url\("(.+?)"\)', FACES):
        (FONTS / url).stat()  # WeasyPrint would pass over a missing font and print with whatever the system has
    fonts, fetcher = FontConfiguration(), _fetcher()
    faces = CSS(string=FACES, base_url=FONTS.as_uri() + "/", font_config=fonts, url_fetcher=fetcher)

    def style(name: str) -> Any:
        return CSS(string=(HERE / "style" / name).read_text(), font_config=fonts, url_fetcher=fetcher)

    common = style("common.css")
    return {
        "html": HTML,
        "fonts": fonts,
        "fetcher": fetcher,
        "A4": [faces, common, style("a4.css")],
        "label": [faces, common, style("label.css")],
    }


atexit.register(_press.cache_clear)
"""The font configuration removes its temporary folder while the interpreter still stands."""


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher

    class OnlyOurs(URLFetcher):  # type: ignore[misc]
        """Files of the package and data URLs; a template cannot reach the network or the rest of the disk."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if url.startswith("file:"):
                path = Path(url2pathname(url.partition("?")[0].removeprefix("file://"))).resolve()
                if not path.is_relative_to(PACKAGE):
                    raise ValueError(f"outside the package: {url}")
            elif not url.startswith("data:"):
                raise ValueError(f"not a file of the package: {url}")
            return super().fetch(url, headers)

    return OnlyOurs(allowed_protocols={"file", "data"})
