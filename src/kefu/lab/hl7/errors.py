"""Why a message cannot be accepted, in the codes of HL7 table 0357."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """ERR-3 codes (HL7 table 0357) used in our answers."""

    SEGMENT_SEQUENCE = "100"
    REQUIRED_FIELD = "101"
    DATA_TYPE = "102"
    TABLE_VALUE = "103"
    MESSAGE_TYPE = "200"
    EVENT_CODE = "201"
    PROCESSING_ID = "202"
    VERSION = "203"
    UNKNOWN_KEY = "204"
    DUPLICATE_KEY = "205"
    RECORD_LOCKED = "206"
    APPLICATION = "207"


# The display text of table 0357, sent as ERR-3.2.
ERROR_TEXTS: dict[ErrorCode, str] = {
    ErrorCode.SEGMENT_SEQUENCE: "Segment sequence error",
    ErrorCode.REQUIRED_FIELD: "Required field missing",
    ErrorCode.DATA_TYPE: "Data type error",
    ErrorCode.TABLE_VALUE: "Table value not found",
    ErrorCode.MESSAGE_TYPE: "Unsupported message type",
    ErrorCode.EVENT_CODE: "Unsupported event code",
    ErrorCode.PROCESSING_ID: "Unsupported processing id",
    ErrorCode.VERSION: "Unsupported version id",
    ErrorCode.UNKNOWN_KEY: "Unknown key identifier",
    ErrorCode.DUPLICATE_KEY: "Duplicate key identifier",
    ErrorCode.RECORD_LOCKED: "Application record locked",
    ErrorCode.APPLICATION: "Application internal error",
}


class HL7Error(Exception):
    """The message cannot be read or is not one we take; the sender is answered AR with `code`.

    `message` is English, for the sender's engineers, and never quotes the content of the message.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
