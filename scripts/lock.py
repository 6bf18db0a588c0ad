"""`make lock`: pins every package with its hashes. dev.txt first, so that run.txt is a subset of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import environment

REQUIREMENTS = environment.ROOT / "requirements"
UV_PIN = "uv==0.13.8"


def main() -> int:
    """The exit code of the resolver."""
    options = (
        "--universal",
        "--generate-hashes",
        "--no-annotate",
        "--python-version",
        "3.11",
        "--quiet",
        *sys.argv[1:],
    )
    _compile("pyproject.toml", "--group", "test", "--group", "lint", "-o", REQUIREMENTS / "dev.txt", *options)
    _compile("pyproject.toml", "-c", REQUIREMENTS / "dev.txt", "-o", REQUIREMENTS / "run.txt", *options)
    _compile("-", "-o", REQUIREMENTS / "uv.txt", *options, text=UV_PIN)
    return 0


def _compile(*words: object, text: str | None = None) -> None:
    environment_variables = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    uv = shutil.which("uv") or environment.PRIVATE_UV / "bin" / "uv"
    command = [str(word) for word in (uv, "pip", "compile", *words)]
    subprocess.run(command, input=text, text=True, check=True, cwd=environment.ROOT, env=environment_variables)


if __name__ == "__main__":
    sys.exit(main())
