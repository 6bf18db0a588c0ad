"""HL7 v2 as laboratories really send it: reading, acknowledging, and carrying it over MLLP.

Plain Python, no database, no clock. `read` turns received bytes into messages, `reports_of` turns an ORU into what can
be filed, `build_ack` answers. Both public libraries lose data silently (LF messages, Chinese escapes), hence our own.
"""

from kefu.lab.hl7.ack import AckCode, build_ack
from kefu.lab.hl7.errors import ErrorCode, HL7Error
from kefu.lab.hl7.header import Header, header_of
from kefu.lab.hl7.message import Message, Segment, parse
from kefu.lab.hl7.oru import OruGroup, OruReport, OruResult, reports_of
from kefu.lab.hl7.people import OruPatient
from kefu.lab.hl7.reading import ReadMessage, read
from kefu.lab.hl7.statuses import ResultStatus

__all__ = [
    "AckCode",
    "ErrorCode",
    "HL7Error",
    "Header",
    "Message",
    "OruGroup",
    "OruPatient",
    "OruReport",
    "OruResult",
    "ReadMessage",
    "ResultStatus",
    "Segment",
    "build_ack",
    "header_of",
    "parse",
    "read",
    "reports_of",
]
