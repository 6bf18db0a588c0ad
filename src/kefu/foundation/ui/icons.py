"""The drawings of the icons, read once from icons.tsv."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

FALLBACK = "point"
logger = logging.getLogger(__name__)


@cache
def drawings() -> dict[str, str]:
    """SVG bodies by icon name."""
    lines = Path(__file__).with_name("icons.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if not line.startswith("#"))


def drawing(name: str) -> str:
    """The body of one icon; a name that configuration made up becomes a point and a line in the log."""
    found = drawings().get(name)
    if found is None:
        logger.warning("no icon named %r", name)
        return drawings()[FALLBACK]
    return found
