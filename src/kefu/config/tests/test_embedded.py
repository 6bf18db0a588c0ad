"""The embedded server on a laptop: it starts, keeps its data through the worst, and never outlives its last user."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kefu.config.embedded import Cluster, EmbeddedError, guarded, leased, placement, running
from kefu.config.embedded.residue import processes_in

SOURCES = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a path that is long, has spaces and Chinese; made once, a cluster costs a second."""
    path = tmp_path_factory.mktemp("客服 资料 " + "x" * 100)
    for parent in (path, *path.parents[:2]):
        parent.chmod(0o711)  # pytest's directories are private; the server may run under another account
    yield path
    Cluster(path, fast=True).stop()


def test_a_new_home_gets_a_server_a_database_and_chinese_trigrams(home: Path) -> None:
    with running(home, fast=True) as dsn, psycopg.connect(dsn) as connection:
        connection.execute("create extension pg_trgm")
        row = connection.execute("select current_database(), cardinality(show_trgm('张三丰'))").fetchone()
    assert row == ("kefu", 4)
    assert not Cluster(home, fast=True).answers()


def test_data_survives_a_killed_postmaster(home: Path) -> None:
    cluster = Cluster(home, fast=True)
    with leased(cluster):
        with psycopg.connect(cluster.dsn("postgres")) as connection:
            connection.execute("set synchronous_commit = on")  # a fast server may lose the last moment
            connection.execute("create table kept as select 42 as answer")
        os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        _wait_until(lambda: not processes_in(cluster.data))
        assert not cluster.answers()
        cluster.start()
        with psycopg.connect(cluster.dsn("postgres")) as connection:
            assert connection.execute("select answer from kept").fetchone() == (42,)


def test_a_lock_file_with_the_number_of_a_stranger_does_not_stop_the_start(home: Path) -> None:
    cluster = Cluster(home, fast=True)
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getppid()}\n{cluster.data}\n0\n5432\n{cluster.socket}\n\n\n")
    with leased(cluster):
        assert cluster.answers()


def test_the_last_user_to_leave_stops_the_server(home: Path) -> None:
    cluster = Cluster(home, fast=True)
    with leased(cluster):
        with leased(Cluster(home, fast=True)):
            assert cluster.answers()
        assert cluster.answers()
    assert not cluster.answers()


def test_the_server_stops_when_its_guarded_user_is_killed(home: Path) -> None:
    script = "import sys, pathlib; from kefu.config.embedded import guarded\n" + (
        "with guarded(pathlib.Path(sys.argv[1])) as dsn: print(dsn, flush=True); sys.stdin.read()"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", script, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
    )
    with user:
        assert user.stdout and user.stdout.readline().startswith("postgresql://")
        cluster = Cluster(home, fast=True)
        assert cluster.answers()
        user.kill()
    _wait_until(lambda: not processes_in(cluster.data))


def test_a_guarded_user_that_ends_normally_leaves_nothing(home: Path) -> None:
    with guarded(home) as dsn, psycopg.connect(dsn) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert processes_in(Cluster(home, fast=True).data) == []


def test_data_of_another_major_version_is_refused_with_the_way_out(home: Path) -> None:
    cluster = Cluster(home)
    stored = cluster.data / "PG_VERSION"
    kept = stored.read_text()
    stored.write_text("13\n")
    try:
        with pytest.raises(EmbeddedError, match=r"belongs to PostgreSQL 13, .* is version \d\d\. .* EMBEDPG_BIN"):
            cluster.start()
    finally:
        stored.write_text(kept)


def test_a_server_that_can_not_start_shows_the_end_of_its_log(home: Path) -> None:
    cluster = Cluster(home)
    configuration = cluster.data / "postgresql.conf"
    kept = configuration.read_text()
    configuration.write_text(kept + "no_such_setting = 1\n")
    try:
        with pytest.raises(EmbeddedError, match=r"did not start(.|\n)*no_such_setting"):
            cluster.start()
    finally:
        configuration.write_text(kept)


def test_an_absent_server_names_every_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EMBEDPG_BIN", str(tmp_path))
    with pytest.raises(EmbeddedError, match=r"apt-get install postgresql.*EMBEDPG_BIN.*DATABASE_URL"):
        Cluster(tmp_path / "home")


def test_a_socket_directory_of_somebody_else_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(home, fast=True)
    stranger = home / "socket"
    stranger.mkdir(exist_ok=True)
    (stranger / "file").touch()
    monkeypatch.setattr(placement.os, "geteuid", lambda: 4242)
    with pytest.raises(EmbeddedError, match="belongs to another user"):
        placement.own_directory(stranger, None)
    assert cluster.socket != stranger


def test_a_home_that_the_account_can_not_enter_has_its_data_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        assert placement.place_data(tmp_path / "home") == tmp_path / "home" / "postgres"
        return
    monkeypatch.setattr(placement, "SERVICE_ROOT", Path("/srv/elsewhere"))
    tmp_path.chmod(0o700)
    placed = placement.place_data(tmp_path / "home")
    assert placed.is_relative_to("/srv/elsewhere")
    assert placed == placement.place_data(tmp_path / "home")


def _wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "waited too long"
        time.sleep(0.02)
