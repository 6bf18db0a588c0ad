"""The supervisor with small fake programs in place of web server, worker and laboratory line."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kefu.config.errors import MissingPrerequisite
from kefu.config.serve import supervisor as supervisor_module
from kefu.config.serve.addresses import Addresses, Endpoint, addresses
from kefu.config.serve.caller import caught, stop_with_make
from kefu.config.serve.children import Child, Spec, restart_delay
from kefu.config.serve.leftovers import leftovers, mark, stop_leftovers
from kefu.config.serve.stopping import Stop
from kefu.config.serve.supervisor import StartFailure, Supervisor


def script(name: str, code: str, *arguments: object) -> Spec:
    return Spec(name, (sys.executable, "-S", "-c", code, *map(str, arguments)))


SOURCES = Path(__file__).parents[3]
SLEEPER = "import time; time.sleep(60)"
NOTES = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
STUBBORN = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open(sys.argv[1], 'w').close(); time.sleep(60)"


def pids(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().split()] if notes.exists() else []


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "waited too long"
        time.sleep(0.01)


def test_ready_is_said_once_and_stopping_ends_every_child(tmp_path: Path) -> None:
    stop, said, notes = Stop(), [], tmp_path / "notes"
    specs = [script("web", NOTES, notes), script("worker", NOTES, notes)]

    def ready() -> None:
        said.append("ready")
        stop.set()

    Supervisor(specs, healthy=lambda: len(pids(notes)) == 2).run(stop, on_ready=ready)
    assert said == ["ready"]
    assert [alive(pid) for pid in pids(notes)] == [False, False]


STORM = """
import os, signal, threading, time
from kefu.config.serve.command import stop_on_signals
from kefu.config.serve.stopping import Stop
stop = Stop()
stop_on_signals(stop)
def rain():
    for _ in range(4000):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0)
storm = threading.Thread(target=rain)
storm.start()
while storm.is_alive():
    stop.wait(0.0001)
"""


def test_signals_that_come_in_crowds_do_not_hold_the_stop_up() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STORM], timeout=60, check=False, env=os.environ | {"PYTHONPATH": str(SOURCES)}
    )
    assert done.returncode == 0


def test_a_killed_child_comes_back(tmp_path: Path) -> None:
    stop, notes = Stop(), tmp_path / "notes"
    killed = []

    def kill_once() -> None:
        if len(pids(notes)) == 1 and not killed:
            killed.append(pids(notes)[0])
            os.kill(killed[0], signal.SIGKILL)
        if len(pids(notes)) == 2:
            stop.set()

    supervisor = Supervisor([script("web", NOTES, notes)], healthy=lambda: True, chores=(kill_once,))
    supervisor.run(stop, on_ready=lambda: None)
    first, second = pids(notes)
    assert killed == [first]
    assert not alive(second)


def test_a_child_that_never_starts_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kefu.config.serve.children.FIRST_DELAY", 0.001)
    supervisor = Supervisor([script("mllp", "raise SystemExit(7)")], healthy=lambda: False)
    with pytest.raises(StartFailure, match=r"^mllp does not start"):
        supervisor.run(Stop(), on_ready=lambda: None)


def test_a_child_that_ignores_sigterm_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supervisor_module, "GRACE_SECONDS", 0.1)
    stop, notes = Stop(), tmp_path / "deaf"
    supervisor = Supervisor([script("web", STUBBORN, notes)], healthy=notes.exists)
    began = time.monotonic()
    supervisor.run(stop, on_ready=stop.set)
    assert supervisor.children[0].has_stopped()
    assert time.monotonic() - began < 5


def test_restarts_come_more_and_more_slowly() -> None:
    assert [restart_delay(failures) for failures in (1, 2, 3, 6, 7, 50)] == [0.5, 1, 2, 16, 30, 30]


def test_a_child_that_lived_long_starts_with_a_clean_record() -> None:
    child = Child(script("web", "raise SystemExit(1)"))
    child.attend(0.0)
    wait_until(lambda: child.has_stopped())
    child.failures = 6
    child.attend(61.0)
    assert child.failures == 1


def test_a_grandchild_does_not_survive_its_parent(tmp_path: Path) -> None:
    notes = tmp_path / "grandchild"
    code = (
        "import os, sys, time\nif os.fork() == 0:\n    open(sys.argv[1], 'w').write(str(os.getpid()))\n"
        "    time.sleep(60)\nelse:\n    time.sleep(0.2)"
    )
    child = Child(script("web", code, notes))
    child.attend(0.0)
    wait_until(lambda: notes.exists() and notes.read_text() != "" and child.has_stopped())
    grandchild = int(notes.read_text())
    assert alive(grandchild)
    child.attend(1.0)
    wait_until(lambda: not alive(grandchild))


def test_children_of_a_killed_supervisor_are_found_and_stopped(tmp_path: Path) -> None:
    orphan = subprocess.Popen([sys.executable, "-S", "-c", SLEEPER], env=os.environ | mark(tmp_path))
    stranger = subprocess.Popen([sys.executable, "-S", "-c", SLEEPER], env=os.environ | mark(tmp_path / "other"))
    try:
        wait_until(lambda: leftovers(tmp_path) == [orphan.pid])
        threading.Thread(target=orphan.wait).start()
        assert stop_leftovers(tmp_path) == 1
        assert leftovers(tmp_path) == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_busy_port_is_refused_with_the_setting_that_moves_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        taken = busy.getsockname()[1]
        free = Endpoint("127.0.0.1", 1)
        with pytest.raises(MissingPrerequisite, match=f"127.0.0.1:{taken}: .* set KEFU_PORT"):
            Addresses(Endpoint("127.0.0.1", taken), free).require_free()
        assert Endpoint("0.0.0.0", taken).accepts()


def test_addresses_come_from_the_environment() -> None:
    assert (str(addresses({}).web), str(addresses({}).mllp)) == ("127.0.0.1:8000", "127.0.0.1:2575")
    where = addresses({"KEFU_HOST": "0.0.0.0", "KEFU_PORT": "9000", "KEFU_MLLP_PORT": "9001"})
    assert (where.url, str(where.mllp)) == ("http://127.0.0.1:9000", "127.0.0.1:9001")
    assert Addresses(Endpoint("::", 80), where.mllp).url == "http://[::1]:80"


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(MissingPrerequisite, match=f"KEFU_MLLP_PORT={port} is not a port"):
        addresses({"KEFU_MLLP_PORT": port})


def test_make_that_waits_for_us_after_a_signal_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Stop()
    states = iter([{signal.SIGINT}, {signal.SIGINT}, set()])
    monkeypatch.setattr("kefu.config.serve.caller.caught", lambda process: next(states))
    monkeypatch.setenv("MAKELEVEL", "1")
    attend = stop_with_make(stop)
    attend()
    assert not stop.is_set()
    attend()
    assert stop.is_set()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux only")
def test_the_handlers_of_a_process_are_read_from_proc() -> None:
    kept = signal.signal(signal.SIGHUP, lambda *_: None)
    try:
        assert signal.SIGHUP in caught(os.getpid())
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        assert signal.SIGHUP not in caught(os.getpid())
    finally:
        signal.signal(signal.SIGHUP, kept)
