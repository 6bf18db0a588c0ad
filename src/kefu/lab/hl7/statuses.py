"""What OBX-11 and OBR-25 mean. Two different HL7 tables: a letter may be valid in one only."""

from enum import StrEnum


class ResultStatus(StrEnum):
    """How far a result or an ordered item is, in our words."""

    PENDING = "pending"
    PARTIAL = "partial"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    NOT_ASKED = "not_asked"
    UNKNOWN = "unknown"

    @property
    def is_reportable(self) -> bool:
        """Say whether a value with this status may go into a report."""
        return self in (ResultStatus.FINAL, ResultStatus.CORRECTED)


# HL7 table 0085.
OBSERVATION_STATUSES: dict[str, ResultStatus] = {
    "A": ResultStatus.CORRECTED,  # amended on new information
    "B": ResultStatus.CORRECTED,  # appended
    "C": ResultStatus.CORRECTED,
    "D": ResultStatus.WITHDRAWN,  # deletes the observation
    "F": ResultStatus.FINAL,
    "I": ResultStatus.PENDING,  # specimen in laboratory
    "N": ResultStatus.NOT_ASKED,
    "O": ResultStatus.PENDING,  # order detail only
    "P": ResultStatus.PRELIMINARY,
    "R": ResultStatus.PRELIMINARY,  # entered, not verified
    "S": ResultStatus.PRELIMINARY,  # partial
    "U": ResultStatus.FINAL,  # the preliminary value sent before is final; no value comes with it
    "V": ResultStatus.FINAL,  # verified
    "W": ResultStatus.WITHDRAWN,  # was posted wrongly, for example to another person
    "X": ResultStatus.CANCELLED,  # cannot be obtained
}

# HL7 table 0123. Y and Z answer queries and say nothing about a result.
REQUEST_STATUSES: dict[str, ResultStatus] = {
    "A": ResultStatus.PARTIAL,
    "C": ResultStatus.CORRECTED,
    "F": ResultStatus.FINAL,
    "I": ResultStatus.PENDING,
    "M": ResultStatus.PRELIMINARY,  # corrected, not final
    "N": ResultStatus.PENDING,
    "O": ResultStatus.PENDING,
    "P": ResultStatus.PRELIMINARY,
    "R": ResultStatus.PRELIMINARY,
    "S": ResultStatus.PENDING,
    "X": ResultStatus.CANCELLED,
    "Y": ResultStatus.UNKNOWN,
    "Z": ResultStatus.UNKNOWN,
}


def request_status(code: str) -> ResultStatus:
    """Translate OBR-25. Empty counts as final: those laboratories send nothing before it is; a doctor reviews all."""
    return REQUEST_STATUSES.get(code, ResultStatus.UNKNOWN) if code else ResultStatus.FINAL


def observation_status(code: str, request_code: str) -> ResultStatus:
    """Translate OBX-11. Empty follows OBR-25, where a partly finished item means its sent values are final."""
    if code:
        return OBSERVATION_STATUSES.get(code, ResultStatus.UNKNOWN)
    inherited = request_status(request_code)
    return ResultStatus.FINAL if inherited is ResultStatus.PARTIAL else inherited
