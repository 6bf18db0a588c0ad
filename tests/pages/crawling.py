"""Finds a page for every route by following links, as the people who may see it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from kefu.organisation.models import User

PEOPLE = (
    "manager", "doctor", "consulting", "service", "keeper", "central_keeper", "product_manager", "supervisor", "director", "guide", "admin",
)  # fmt: skip
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)')


@dataclass(frozen=True)
class Page:
    """An address with the route it belongs to, and somebody who may open it."""

    route: str
    url: str
    person: str


def pages(login: Callable[[User], Client]) -> list[Page]:
    """One page of each route that the people of the cast reach from their workbench, in the order of finding.

    Raises AssertionError for a link that does not open for whoever sees it.
    """
    found: dict[str, Page] = {}
    for person in PEOPLE:
        for page in _reached(person, login(User.objects.get(username=person)), found):
            found[page.route] = page
    return list(found.values())


def _reached(person: str, browser: Client, known: dict[str, Page]) -> Iterator[Page]:
    waiting, asked = deque(["/"]), {"/"}
    while waiting:
        url = waiting.popleft()
        route = route_of(url)
        if route is None or (route in known and url != "/"):
            continue
        answer = browser.get(url)
        assert answer.status_code < 400, f"{person} is led to {url}, which answers {answer.status_code}"
        if not is_page(answer):
            continue
        yield Page(route, url, person)
        links = [unescape(link) for link in LINK.findall(answer.content.decode())]
        waiting.extend(link for link in dict.fromkeys(links) if link not in asked)
        asked.update(links)


def route_of(url: str) -> str | None:
    """The route of an address; None for what the house does not serve."""
    try:
        return resolve(url.split("?")[0]).route
    except Resolver404:
        return None


def is_page(answer: HttpResponse) -> bool:
    """Whether a whole page was answered: no file, no fragment, no way on."""
    return answer.status_code == 200 and b"<html" in getattr(answer, "content", b"")[:500]
