"""Limits that are SQL files."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def statement(name: str) -> str:
    """The statement of `<name>.sql`, without the comment that says what it includes."""
    lines = (HERE / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
