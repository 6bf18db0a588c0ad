"""MLLP: HL7 messages over TCP, framed as 0x0B message 0x1C 0x0D."""

from kefu.lab.hl7.mllp.client import MllpClient
from kefu.lab.hl7.mllp.framer import Frame, FrameKind, Framer, frame
from kefu.lab.hl7.mllp.server import MllpServer

__all__ = ["Frame", "FrameKind", "Framer", "MllpClient", "MllpServer", "frame"]
