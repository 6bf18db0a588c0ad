"""The demo: a chain with its people, stock and customers, made by the same actions as everything else. The first start tells twelve
stories; `kefu demo` plays a whole year.

Never in production: its passwords are published in `logins.json`.
"""

from kefu.config.demo.command import add_arguments, main
from kefu.config.demo.loading import load, load_if_empty

__all__ = ["add_arguments", "load", "load_if_empty", "main"]
