"""A run has a server and a database of its own, and nothing but `make bench` starts one."""

import os
import subprocess
from pathlib import Path

import django
import pytest

from bench import run
from bench.databases import name_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(monkeypatch):
    """The environment of somebody whose own system runs beside it."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ |= {"DATABASE_URL": "postgresql://own/kefu", "KEFU_HOME": "/srv/kefu", "KEFU_ENV": "production"}
    monkeypatch.setattr(django, "setup", lambda: None)
    return os.environ


def test_whatever_is_set_it_works_on_its_own_database(environment):
    run._prepare_django("postgresql://bench")
    assert environment["DATABASE_URL"] == "postgresql://bench"
    assert environment["KEFU_HOME"] == str(run.HOME) == str(ROOT / "build" / "bench")
    assert environment["KEFU_ENV"] == "demo"
    assert name_of("10k") == "bench_10k"


@pytest.mark.parametrize("target", ["run", "test", "check", "lint", "soak", "demo"])
def test_no_other_target_measures(target):
    told = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "bench.run" not in told
    assert "bench" not in (ROOT / ".ci" / "run").read_text()


def test_the_target_measures_the_sizes_asked_for():
    command = ["make", "-n", "bench", "SIZES=10k"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "-m bench.run --sizes 10k" in told
