"""One bound line to an SMPP centre: a thread of its own reads it, answers what the centre asks and hands answers to who waits."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smpplib import consts, smpp
from smpplib.client import Client
from smpplib.exceptions import ConnectionError as LineLost
from smpplib.exceptions import PDUError, UnknownCommandError

from kefu.foundation.outbox.transports import TransientError

PATIENCE = 10.0  # seconds for an answer
IDLE = 30.0  # seconds of silence after which the line is tried
log = logging.getLogger("kefu.smpp")
logging.getLogger("kefu.smpp.line").setLevel(logging.WARNING)  # below it the library writes numbers and words


@dataclass(frozen=True)
class Centre:
    """Where the centre is and who we are to it."""

    host: str
    port: int
    system_id: str
    password: str
    secure: bool = False


class Refused(Exception):
    """The centre refused the bind: `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(consts.DESCRIPTIONS.get(status, f"status {status}"))
        self.status = status


class Link:
    """Bound as a transceiver from its making until `close` or until the line is lost. Raises Refused, TransientError."""

    def __init__(self, centre: Centre, on_deliver: Callable[[Any], None], *, idle: float = IDLE) -> None:
        self._on_deliver = on_deliver
        self._waiting: dict[int, tuple[threading.Event, list[Any]]] = {}
        self._writing = threading.Lock()
        self._untested = False
        context = ssl.create_default_context() if centre.secure else None
        self._client = Client(
            centre.host, centre.port, timeout=PATIENCE, ssl_context=context, logger_name="kefu.smpp.line",
            allow_unknown_opt_params=True,
        )  # fmt: skip
        self._bind(centre)
        self._client._socket.settimeout(idle)
        self.alive = True
        threading.Thread(target=self._read, name="smpp", daemon=True).start()

    def _bind(self, centre: Centre) -> None:
        try:
            self._client.connect()
            self._client.bind_transceiver(system_id=centre.system_id, password=centre.password)
        except PDUError as error:
            self._client.disconnect()
            raise Refused(int(error.args[1]) if len(error.args) > 1 else -1) from error
        except (LineLost, OSError) as error:
            self._client.disconnect()
            raise TransientError("the SMPP centre is out of reach") from error

    def submit(self, **fields: Any) -> Any:
        """Send one `submit_sm` and answer its response, whatever the status. Raises TransientError when none comes in time."""
        pdu = self._numbered("submit_sm", **fields)
        answered, found = threading.Event(), list[Any]()
        self._waiting[pdu.sequence] = (answered, found)
        try:
            self._write(pdu)
            answered.wait(PATIENCE)
        finally:
            self._waiting.pop(pdu.sequence, None)
        if not found:
            self.close()
            raise TransientError("the SMPP centre does not answer")
        return found[0]

    def close(self) -> None:
        """Give the line up; whoever waits is told at once."""
        self.alive = False
        line = self._client._socket
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("the SMPP line was gone already")
        for answered, _found in list(self._waiting.values()):
            answered.set()

    def _numbered(self, command: str, **fields: Any) -> Any:
        """A PDU with the next number; the library counts without a lock."""
        with self._writing:
            return smpp.make_pdu(command, client=self._client, **fields)

    def _write(self, pdu: Any) -> None:
        try:
            with self._writing:
                self._client.send_pdu(pdu)
        except (LineLost, PDUError, OSError) as error:
            self.close()
            raise TransientError("the SMPP line is lost") from error

    def _read(self) -> None:
        try:
            while self.alive:
                try:
                    pdu = self._client.read_pdu()
                except TimeoutError:
                    self._test()
                    continue
                self._untested = False
                self._take(pdu)
        except (LineLost, PDUError, UnknownCommandError, TransientError, OSError, AttributeError) as error:
            if self.alive:
                log.warning("SMPP line lost: %s", type(error).__name__)
        finally:
            self.close()
            self._client.state = consts.SMPP_CLIENT_STATE_OPEN
            self._client.disconnect()

    def _test(self) -> None:
        """After a long silence ask once; a second silence means that nobody is there."""
        if self._untested:
            raise TransientError("the SMPP centre is silent")
        self._untested = True
        self._write(self._numbered("enquire_link"))

    def _take(self, pdu: Any) -> None:
        if pdu.command == "deliver_sm":
            self._deliver(pdu)
        elif pdu.command == "enquire_link":
            self._answer("enquire_link_resp", pdu)
        elif pdu.command == "unbind":
            self._answer("unbind_resp", pdu)
            self.close()
        elif pdu.sequence in self._waiting:
            answered, found = self._waiting[pdu.sequence]
            found.append(pdu)
            answered.set()

    def _deliver(self, pdu: Any) -> None:
        """The centre forgets a report once we have answered well; what we could not keep it shall tell us again."""
        try:
            self._on_deliver(pdu)
        except Exception:
            log.exception("a delivery report could not be kept")
            self._answer("deliver_sm_resp", pdu, consts.SMPP_ESME_RX_T_APPN)
            return
        self._answer("deliver_sm_resp", pdu)

    def _answer(self, command: str, pdu: Any, status: int = consts.SMPP_ESME_ROK) -> None:
        answer = self._numbered(command, status=status)
        answer.sequence = pdu.sequence
        self._write(answer)
