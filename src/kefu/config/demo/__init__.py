"""The demo world: a chain with its people, stock and twelve customers, made by the same actions as everything else.

Never in production: its passwords are published in `logins.json`.
"""

from kefu.config.demo.command import main
from kefu.config.demo.loading import load, load_if_empty

__all__ = ["load", "load_if_empty", "main"]
