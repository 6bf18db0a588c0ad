"""Sees to the programs and libraries that no Python package brings: `run` needs Pango, `test` a browser as well.

Root on Debian gets what is missing by apt-get; anybody else is told the one command. Standard library only.
"""

import ctypes
import glob
import os
import shutil
import subprocess
import sys

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
PROGRAMS = {"chromium": "chromium", "pdftotext": "poppler-utils", "zbarimg": "zbar-tools"}
CJK_FONTS = ("/usr/share/fonts/**/NotoSansCJK*", "/usr/local/share/fonts/**/NotoSansCJK*")


def main() -> int:
    """Exit code 3 when something is missing and can't be installed here."""
    packages = missing(sys.argv[1])
    if not packages:
        return 0
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.stderr.write(f"kefu: missing on this machine; run: sudo {' '.join(command)}\n")
        return 3
    sys.stderr.write(f"kefu: installing {' '.join(packages)}\n")
    return 0 if _apt_get("update") and _apt_get(*command[1:]) and not missing(sys.argv[1]) else _failed(command)


def missing(purpose: str) -> list[str]:
    """The Debian packages to install for `run` or `test`."""
    packages = [package for library, package in LIBRARIES.items() if not _loads(library)]
    if purpose == "test":
        packages += [package for program, package in PROGRAMS.items() if not shutil.which(program)]
        if not any(glob.glob(pattern, recursive=True) for pattern in CJK_FONTS):  # noqa: PTH207  an absolute pattern
            packages.append("fonts-noto-cjk")
    return packages


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _apt_get(*words: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", *words]
    # apt is talkative even when quiet; its words matter only when it fails
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode == 0


def _failed(command: list[str]) -> int:
    sys.stderr.write(f"kefu: could not install everything; run: {' '.join(command)}\n")
    return 3


if __name__ == "__main__":
    sys.exit(main())
