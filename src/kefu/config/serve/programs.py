"""The programs an installation consists of, and how each is started."""

import os
import sys
from pathlib import Path

from kefu.config.serve.addresses import Addresses
from kefu.config.serve.children import Spec
from kefu.config.serve.leftovers import mark

STATIC_SECONDS = 300  # file names carry no version, so a browser may keep one for a few minutes only
MODULE = (sys.executable, "-m", "kefu.config")


def preparation(home: Path) -> Spec:
    """Runs before the others and ends: migrations, static files, first data."""
    return Spec("prepare", (*MODULE, "prepare"), mark(home))


def programs(home: Path, addresses: Addresses) -> list[Spec]:
    """Web server, job worker, laboratory line."""
    line = addresses.mllp
    return [
        Spec("web", _web_command(home, addresses), mark(home) | {"KEFU_POOL": "1"} | _way_out()),
        Spec("worker", (*MODULE, "worker"), mark(home) | _way_out()),
        Spec("mllp", (*MODULE, "mllp", "--host", line.host, "--port", str(line.port)), mark(home)),
    ]


def _way_out() -> dict[str, str]:
    """A demo that has no gateway shows its messages on their page, where a real house would hold them."""
    configured = any(os.environ.get(f"KEFU_SMS_{part}") for part in ("PROFILE", "URL", "KEY"))
    production = os.environ.get("KEFU_ENV") == "production"
    return {} if configured or production else {"KEFU_SMS_PROFILE": "screen"}


def _web_command(home: Path, addresses: Addresses) -> tuple[str, ...]:
    options = {
        "--interface": "asginl",
        "--host": addresses.web.host,
        "--port": str(addresses.web.port),
        "--workers": os.environ.get("KEFU_WEB_PROCESSES", "2"),
        "--workers-kill-timeout": "3",
        "--static-path-route": "/static",
        "--static-path-mount": str(home / "static"),
        "--static-path-expires": str(STATIC_SECONDS),
        "--log-level": "warning",
    }
    words = (word for option in options.items() for word in option)
    return (sys.executable, "-m", "granian", *words, "--no-ws", "kefu.config.asgi:application")
