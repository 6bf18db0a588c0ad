"""The directory that holds an installation's data."""

import os
from pathlib import Path


def kefu_home() -> Path:
    """KEFU_HOME, or .kefu in the current directory; absolute. `./kefu` sets it to the checkout's own."""
    return Path(os.environ.get("KEFU_HOME") or ".kefu").resolve()


def make_home(home: Path) -> None:
    """Makes the directory, closed to others; root lets the database server's account pass through, not look."""
    if not home.exists():
        home.mkdir(parents=True)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)
