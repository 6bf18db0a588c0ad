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
    "upward in foundation": ("src/kefu/foundation/audit/trail.py", "from kefu.foundation.outbox import models"),
    "screen in foundation": ("src/kefu/foundation/files/models.py", "from kefu.foundation.files import urls"),
    "foundation upward": ("src/kefu/foundation/jobs/registry.py", "from kefu.customers import rules"),
    "django in kernel": ("src/kefu/kernel/money.py", "import django.utils.timezone"),
    "package without a floor": ("src/kefu/newcomer/__init__.py", ""),
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
    (tmp_path / path).parent.mkdir(exist_ok=True)
    with (tmp_path / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    found = _lint(tmp_path)
    assert (found.returncode, "BROKEN" in found.stdout or "newcomer" in found.stdout) == (1, True), (
        found.stdout + found.stderr
    )
