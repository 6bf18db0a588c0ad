"""The import contracts hold, and a planted violation is caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLANTED = {
    "upward": ("src/kefu/customers/rules.py", "from kefu.lab import choices"),
    "django in rules": ("src/kefu/lab/rules.py", "import django.utils.timezone"),
    "siblings": ("src/kefu/lab/queries/__init__.py", "from kefu.sales import choices"),
    "screen in domain": ("src/kefu/stock/models/__init__.py", "from kefu.stock import urls"),
}


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", ".importlinter", "--no-cache"]
    return subprocess.run(
        command, cwd=root, env={"PYTHONPATH": "src", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_violation_fails(planted: str, tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("static", "locale", "templates", "__pycache__")
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    path, line = PLANTED[planted]
    with (tmp_path / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert _lint(tmp_path).returncode == 1
