"""Pages of the steps that modules above complete. Steps of modules below have the pages of their gates."""

from __future__ import annotations

from collections.abc import Callable

_pages: dict[str, Callable[[int], str]] = {}


def step_page(completed_by: str, url: Callable[[int], str]) -> None:
    """Say where a step is done that an event completes; `url(customer_id)` gives the address."""
    _pages[completed_by] = url


def page_of(completed_by: str) -> Callable[[int], str] | None:
    """Where the step is done that an event completes, if a module has said so."""
    return _pages.get(completed_by)
