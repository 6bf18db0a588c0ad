"""A centre that speaks SMPP on this machine. It reads and writes with another library than ours, which so checks every PDU we send."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from smpp.pdu import operations
from smpp.pdu.pdu_encoding import PDUEncoder
from smpp.pdu.pdu_types import CommandId, CommandStatus, EsmClass, EsmClassMode, EsmClassType

ANSWERS = {
    CommandId.bind_transceiver: operations.BindTransceiverResp,
    CommandId.submit_sm: operations.SubmitSMResp,
    CommandId.enquire_link: operations.EnquireLinkResp,
}


class SmsCentre:
    """Remembers all PDUs; `statuses` are given to the next submissions, `silent` ones get no answer at all."""

    def __init__(self, listening: socket.socket) -> None:
        self.port = listening.getsockname()[1]
        self.got: list[object] = []
        self.statuses: list[CommandStatus] = []
        self.bind_status = CommandStatus.ESME_ROK
        self.silent: set[CommandId] = set()
        self.changed = threading.Condition()
        self.lines: list[socket.socket] = []
        self._taken = 0

    @property
    def submitted(self) -> list[operations.SubmitSM]:
        return [pdu for pdu in self.got if pdu.commandId == CommandId.submit_sm]

    def heard(self, command: CommandId, count: int = 1) -> bool:
        """Wait until so many PDUs of the kind have come."""
        with self.changed:
            return self.changed.wait_for(lambda: sum(pdu.commandId == command for pdu in self.got) >= count, timeout=20)

    def report(self, words: str, number: int = 77) -> None:
        """Tell what became of a message."""
        kind = EsmClass(EsmClassMode.DEFAULT, EsmClassType.SMSC_DELIVERY_RECEIPT)
        told = operations.DeliverSM(
            number, source_addr=b"1", destination_addr=b"2", esm_class=kind, short_message=words.encode()
        )
        self.lines[-1].sendall(PDUEncoder().encode(told))

    def ask(self) -> None:
        """Ask whether the other side is there."""
        self.lines[-1].sendall(PDUEncoder().encode(operations.EnquireLink(78)))

    def cut(self) -> None:
        """Lose the line."""
        self.lines[-1].shutdown(socket.SHUT_RDWR)

    def serve(self, line: socket.socket) -> None:
        with line:
            self.lines.append(line)
            while (size := line.recv(4, socket.MSG_WAITALL)) and len(size) == 4:
                rest = line.recv(struct.unpack(">I", size)[0] - 4, socket.MSG_WAITALL)
                pdu = PDUEncoder().decode(BytesIO(size + rest))
                with self.changed:
                    self.got.append(pdu)
                    self.changed.notify_all()
                answer = self._answer(pdu)
                if answer is not None:
                    line.sendall(PDUEncoder().encode(answer))

    def _answer(self, pdu):
        if pdu.commandId in self.silent or pdu.commandId not in ANSWERS:
            return None
        if pdu.commandId == CommandId.submit_sm:
            status = self.statuses.pop(0) if self.statuses else CommandStatus.ESME_ROK
            if status != CommandStatus.ESME_ROK:
                return operations.SubmitSMResp(pdu.seqNum, status=status)
            self._taken += 1
            return operations.SubmitSMResp(pdu.seqNum, message_id=f"c-{self._taken}".encode())
        if pdu.commandId == CommandId.bind_transceiver:
            return operations.BindTransceiverResp(pdu.seqNum, status=self.bind_status, system_id=b"centre")
        return ANSWERS[pdu.commandId](pdu.seqNum)


@contextmanager
def sms_centre() -> Iterator[SmsCentre]:
    """A centre on a port of this machine for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        centre = SmsCentre(listening)
        threading.Thread(target=_accept, args=(listening, centre), daemon=True).start()
        yield centre
        listening.shutdown(socket.SHUT_RDWR)
        for line in centre.lines:
            line.close()


def _accept(listening: socket.socket, centre: SmsCentre) -> None:
    while True:
        try:
            line, _address = listening.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(centre, line), daemon=True).start()


def _serve(centre: SmsCentre, line: socket.socket) -> None:
    try:
        centre.serve(line)
    except OSError:
        return
