"""Where an installation listens, from the environment."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from kefu.config.errors import MissingPrerequisite

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  only translated, never a default


@dataclass(frozen=True)
class Endpoint:
    """A host and a TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def local(self) -> "Endpoint":
        """The same, as this machine reaches it when it listens everywhere."""
        return Endpoint(WILDCARDS.get(self.host, self.host), self.port)

    def accepts(self) -> bool:
        """Whether somebody listens there."""
        try:
            socket.create_connection((self.local.host, self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def require_free(self, variable: str) -> None:
        """Raises MissingPrerequisite when we could not listen there; `variable` is the setting that moves us."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise MissingPrerequisite(
                    f"Cannot listen on {self}: {error.strerror}. Stop what uses it, or set {variable}."
                ) from error


@dataclass(frozen=True)
class Addresses:
    """The web pages and the laboratory line (MLLP carries no password, so it stays on this machine unless told)."""

    web: Endpoint
    mllp: Endpoint

    @property
    def url(self) -> str:
        """What to type into a browser on this machine."""
        return f"http://{self.web.local}"

    def require_free(self) -> None:
        """Raises MissingPrerequisite for the first address in use."""
        self.web.require_free("KEFU_PORT")
        self.mllp.require_free("KEFU_MLLP_PORT")


def addresses(environment: Mapping[str, str] = os.environ) -> Addresses:
    """KEFU_HOST, KEFU_PORT, KEFU_MLLP_HOST, KEFU_MLLP_PORT, or 127.0.0.1:8000 and 127.0.0.1:2575."""
    return Addresses(
        web=Endpoint(environment.get("KEFU_HOST") or "127.0.0.1", _port(environment, "KEFU_PORT", 8000)),
        mllp=Endpoint(environment.get("KEFU_MLLP_HOST") or "127.0.0.1", _port(environment, "KEFU_MLLP_PORT", 2575)),
    )


def _port(environment: Mapping[str, str], variable: str, default: int) -> int:
    value = environment.get(variable) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise MissingPrerequisite(f"{variable}={value} is not a port number between 1 and 65535.")
    return int(value)
