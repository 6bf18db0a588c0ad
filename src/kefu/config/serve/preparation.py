"""Brings database, static files and first data up to date, in a program of its own that ends before the others start."""

import os
import subprocess
import sys
from pathlib import Path

from kefu.config.serve.programs import preparation
from kefu.config.serve.stopping import Stop
from kefu.config.serve.supervisor import GRACE_SECONDS, TICK_SECONDS, StartFailure


def prepare_in_child(home: Path, stop: Stop) -> bool:
    """True when all is prepared, False when `stop` was set meanwhile; raises StartFailure."""
    spec = preparation(home)
    with subprocess.Popen(
        spec.command,
        env=os.environ | spec.environment,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        start_new_session=True,
    ) as program:
        while program.poll() is None:
            if stop.wait(TICK_SECONDS):
                _end(program)
                return False
        if program.returncode:
            raise StartFailure("The database could not be prepared; see the messages above.")
    return True


def _end(program: subprocess.Popen[bytes]) -> None:
    program.terminate()
    try:
        program.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
