"""The guardian process: prints the DSN, then holds the server until standard input ends.

Arguments: home, database, and `fast` or `durable`.
"""

import signal
import sys
from pathlib import Path

from kefu.config.embedded.errors import EmbeddedError
from kefu.config.embedded.leases import running


def main(home: Path, database: str, *, fast: bool) -> int:
    """Exit code 3 when the server can't be started."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with running(home, database=database, fast=fast) as dsn:
            sys.stdout.write(f"{dsn}\n")
            sys.stdout.flush()
            sys.stdin.read()
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], fast=sys.argv[3] == "fast"))
