"""A window that looks at a page as people do who see badly, stand with a telephone in the hand, or read only Chinese."""

import re
from datetime import datetime

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from tests.pages.visits import Visit

from kefu.testing.browser import PHONE, WIDE, Desk

KEYS = re.compile(
    r"(?<![\w/.-])[a-z]+(?:_[a-z]+)+\b|(?<![\w/.-])[a-z]+(?:\.[a-z_]+){2,}\b|%\(\w+\)|\b(?:None|undefined|NaN)\b"
)
AXE = """async ([within, how]) => {
  const found = await axe.run(within ?? document, { resultTypes: ["violations"], preload: false, ...how });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${html.slice(0, 200)} ${failureSummary.replace(/\\s+/g, " ")}`));
}"""
# WCAG 2.2 AA's size of targets has to be asked for; orientation would have axe fetch all style sheets again on each page.
RULES = {"rules": {"target-size": {"enabled": True}, "css-orientation-lock": {"enabled": False}}}
# Landmarks and headings of a whole page; what stands in its frame is the same on all pages of one person.
PAGE_RULES = {"runOnly": [
    "bypass", "document-title", "heading-order", "html-has-lang", "landmark-no-duplicate-banner", "landmark-no-duplicate-contentinfo",
    "landmark-no-duplicate-main", "landmark-one-main", "landmark-unique", "page-has-heading-one", "region",
]}  # fmt: skip
BESIDE_THE_FRAME = {"exclude": [[".kf-side"], [".kf-sheet"]]}
# What a narrow window can change; names, roles, order and colours are those of the wide page.
PHONE_RULES = {"runOnly": ["target-size", "scrollable-region-focusable", "link-in-text-block", "meta-viewport"]}
WIDTHS = "() => [document.documentElement.scrollWidth, innerWidth]"
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map((one) => one.outerHTML.slice(0, 160))"""
WORDS = """() => {
  const words = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest("script, code, [translate=no]")) words.push(walker.currentNode.data);
  return words.join("\\n");
}"""


class Window:
    """One browser window in which different people look at pages, one after the other."""

    def __init__(self, browser: Browser, url: str, at: datetime) -> None:
        self.desk, self._axe = Desk(browser, url, at), Axe().axe_script
        self._frames = set[tuple[str, ...]]()

    def faults(self, visit: Visit, *, theme: str = "light") -> list[str]:
        """What is wrong with a page, first at a desk, then on a telephone."""
        page, desk = self.desk.page, self.desk
        self._resize(WIDE)
        self._enter(visit, theme)
        page.evaluate(self._axe)
        faults = [f"key: {word}" for word in KEYS.findall(page.evaluate(WORDS))]
        faults += self._wide_faults((theme, *sorted(visit.cookies.values()))) + self._overflow()
        self._resize(PHONE)
        faults += [f"on a telephone {found}" for found in page.evaluate(AXE, [None, PHONE_RULES]) + self._overflow()]
        faults += desk.complaints
        desk.complaints.clear()
        return faults

    def _wide_faults(self, frame: tuple[str, ...]) -> list[str]:
        """The first page of a person is looked at whole, the others beside their frame."""
        if frame not in self._frames:
            self._frames.add(frame)
            return self.desk.page.evaluate(AXE, [None, RULES])
        return self.desk.page.evaluate(AXE, [None, PAGE_RULES]) + self.desk.page.evaluate(
            AXE, [BESIDE_THE_FRAME, RULES]
        )

    def _overflow(self) -> list[str]:
        wide, shown = self.desk.page.evaluate(WIDTHS)
        return [f"{wide} px wide, because of {self.desk.page.evaluate(TOO_WIDE)}"] if wide > shown else []

    def _resize(self, size: tuple[int, int]) -> None:
        self.desk.page.set_viewport_size({"width": size[0], "height": size[1]})

    def _enter(self, visit: Visit, theme: str) -> None:
        """Open the page as the visitor; nobody is sent elsewhere."""
        cookies = {"kf_theme": theme} | visit.cookies
        self.desk.context.clear_cookies()
        self.desk.context.add_cookies([{"name": k, "value": v, "url": self.desk.url} for k, v in cookies.items()])
        status = self.desk.open(visit.url)
        assert (status, self.desk.page.url) == (200, self.desk.url + visit.url)
