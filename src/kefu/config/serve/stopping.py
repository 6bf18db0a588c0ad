"""The wish to stop."""

import time


class Stop:
    """Set once, by a signal or a chore, and asked on every round.

    A signal's handler runs in the middle of whatever the main thread does, a wait included; the lock of a
    threading.Event would then be held by the thread that asks for it again.
    """

    def __init__(self) -> None:
        self._wanted = False

    def set(self) -> None:
        """From now on everything shall stop."""
        self._wanted = True

    def is_set(self) -> bool:
        """Whether everything shall stop."""
        return self._wanted

    def wait(self, seconds: float) -> bool:
        """Rest for so long unless everything shall stop already; answers whether it shall."""
        if not self._wanted:
            time.sleep(seconds)
        return self._wanted
