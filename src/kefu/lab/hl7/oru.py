"""What an ORU^R01 says, in the shape it is filed: person, ordered items, results."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from kefu.lab.hl7.ack import is_supported_version
from kefu.lab.hl7.errors import ErrorCode, HL7Error
from kefu.lab.hl7.header import Header
from kefu.lab.hl7.message import Message, Segment
from kefu.lab.hl7.oru_groups import GroupSegments, PersonSegments, ResultSegments, group_segments
from kefu.lab.hl7.people import OruPatient, read_patient
from kefu.lab.hl7.statuses import ResultStatus, observation_status, request_status
from kefu.lab.hl7.timestamps import read_offset, read_time
from kefu.lab.hl7.values import Attachment, read_value

CHINA = ZoneInfo("Asia/Shanghai")
# SPM-11 (table 0369): blind, calibrator, electronic QC, proficiency, control, verifying.
_QC_ROLES = frozenset("BCEFOQV")
# Analysers of several makers put 1 calibration or 2 control into MSH-16, or Q into MSH-11.
_QC_ACKNOWLEDGEMENTS = frozenset({"1", "2"})


@dataclass(frozen=True, slots=True)
class OruResult:
    """One OBX. `raw_value` is OBX-5 as sent (repetitions joined by their separator), `text` is for people.

    `numeric` is None unless the text plainly is a number. Range and flag are the laboratory's, as sent. `deleted`
    means the laboratory took the value back with `""`. `promotes` (OBX-11 `U`) makes the value sent before final.
    """

    set_id: str
    code: str
    name: str
    sub_id: str
    value_type: str
    raw_value: str
    text: str
    comparator: str
    numeric: Decimal | None
    unit: str
    range_text: str
    flag: str
    status_code: str
    status: ResultStatus
    observed_at: datetime | None
    notes: str
    attachment: Attachment | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """Give the single flags of OBX-8."""
        return tuple(filter(None, self.flag.split("~")))

    @property
    def deleted(self) -> bool:
        """Say whether the value was taken back."""
        return self.raw_value == '""'

    @property
    def promotes(self) -> bool:
        """Say whether this only makes the value sent before final."""
        return self.status_code == "U"


@dataclass(frozen=True, slots=True)
class OruGroup:
    """One ordered item with its results. Numbers are text, always: `11545596-0175` is one.

    `placer_number` is ORC-2, else OBR-2; `qc` marks a control or calibration, which never reaches a customer.
    """

    placer_number: str
    filler_number: str
    specimen_number: str
    candidates: tuple[str, ...]
    item_code: str
    item_name: str
    observed_at: datetime | None
    reported_at: datetime | None
    status_code: str
    status: ResultStatus
    results: tuple[OruResult, ...]
    notes: str
    qc: bool

    @property
    def order_number(self) -> str:
        """Give ORC-2, else OBR-2, else OBR-3, else SPM-2; `candidates` has all of them in this order."""
        return self.candidates[0] if self.candidates else ""


@dataclass(frozen=True, slots=True)
class OruReport:
    """All groups of one person in one message; `sent_at` is MSH-7."""

    sending_application: str
    sending_facility: str
    control_id: str
    version: str
    sent_at: datetime | None
    processing_id: str
    patient: OruPatient
    groups: tuple[OruGroup, ...]


def require_oru(header: Header) -> None:
    """Raise `HL7Error` 200, 201 or 203 unless this is an ORU^R01 (trigger optional) of version 2.1 to 2.9."""
    if header.message_type != "ORU":
        raise HL7Error(ErrorCode.MESSAGE_TYPE, "only ORU messages are taken")
    if header.trigger not in ("", "R01"):
        raise HL7Error(ErrorCode.EVENT_CODE, "only the event R01 is taken")
    if not is_supported_version(header.version):
        raise HL7Error(ErrorCode.VERSION, "only versions 2.1 to 2.9 are taken")


def reports_of(message: Message, *, zone: tzinfo = CHINA) -> list[OruReport]:
    """Read an ORU^R01: one report for each person in it, in order; one without person when there is no PID.

    `zone` is that of times without offset, unless MSH-7 carries one. Raises as `require_oru`.
    """
    header = Header.of(message.segments[0].fields, message.separators, message.codec)
    require_oru(header)
    sent = message.get("MSH-7.1")
    reader = _Reader(header, read_offset(sent) or zone)
    return [reader.report(person, read_time(sent, zone)) for person in group_segments(message)]


@dataclass(frozen=True, slots=True)
class _Reader:
    header: Header
    zone: tzinfo

    def report(self, person: PersonSegments, sent_at: datetime | None) -> OruReport:
        header = self.header
        return OruReport(
            sending_application=header.sending_application,
            sending_facility=header.sending_facility,
            control_id=header.control_id,
            version=header.version,
            sent_at=sent_at,
            processing_id=header.processing_id,
            patient=read_patient(person.pid, "\n".join(person.notes)),
            groups=tuple(self.group(group) for group in person.groups),
        )

    def group(self, group: GroupSegments) -> OruGroup:
        request, specimen = group.request, group.specimen
        status_code = _first(request, (25, 1)).upper()
        placer = _first(group.order, (2, 1)) or _first(request, (2, 1)) or _first(group.order_before, (2, 1))
        filler = _first(request, (3, 1)) or _first(group.order, (3, 1))
        specimen_number = _specimen_number(specimen)
        numbers = (placer, _first(request, (2, 1)), filler, specimen_number)
        return OruGroup(
            placer_number=placer,
            filler_number=filler,
            specimen_number=specimen_number,
            candidates=tuple(dict.fromkeys(filter(None, numbers))),
            item_code=_first(request, (4, 1), (4, 4)),
            item_name=_first(request, (4, 2), (4, 5)),
            observed_at=read_time(_first(request, (7, 1)), self.zone),
            reported_at=read_time(_first(request, (22, 1)), self.zone),
            status_code=status_code,
            status=request_status(status_code),
            results=tuple(self.result(result, status_code) for result in group.results),
            notes="\n".join(group.notes),
            qc=self._is_qc(specimen),
        )

    def result(self, result: ResultSegments, request_code: str) -> OruResult:
        segment = result.observation
        value = read_value(segment)
        status_code = _first(segment, (11, 1)).upper()
        return OruResult(
            set_id=_first(segment, (1, 1)),
            code=_first(segment, (3, 1), (3, 4)),
            name=_first(segment, (3, 2), (3, 5), (3, 9)),
            sub_id=_whole(segment, 4),
            value_type=_first(segment, (2, 1)).upper(),
            raw_value=value.raw,
            text=value.text,
            comparator=value.comparator,
            numeric=value.numeric,
            unit=_first(segment, (6, 1), (6, 2)),
            range_text=_whole(segment, 7),
            flag=_flag(segment),
            status_code=status_code,
            status=observation_status(status_code, request_code),
            observed_at=read_time(_first(segment, (14, 1)), self.zone),
            notes="\n".join(result.notes),
            attachment=value.attachment,
        )

    def _is_qc(self, specimen: Segment | None) -> bool:
        role = _first(specimen, (11, 1)).upper()
        dialect = self.header.raw(16) in _QC_ACKNOWLEDGEMENTS or self.header.processing_id == "Q"
        return dialect or role in _QC_ROLES


def _first(segment: Segment | None, *places: tuple[int, int]) -> str:
    """Give the first non-empty of these components; `""` (deleted) counts as empty."""
    if segment is None:
        return ""
    values = (segment.component(field, component).strip() for field, component in places)
    return next((value for value in values if value not in ("", '""')), "")


def _whole(segment: Segment, field: int) -> str:
    text = segment.text(field).strip()
    return "" if text == '""' else text


def _flag(segment: Segment) -> str:
    """OBX-8 as sent, its repetitions joined by `~` whatever the message's own separator is."""
    return "~".join(filter(None, (segment.part_of(raw, 1).strip() for raw in segment.repetitions(8)))).replace('""', "")


def _specimen_number(specimen: Segment | None) -> str:
    """SPM-2: the placer's specimen number, else the laboratory's."""
    if specimen is None:
        return ""
    return specimen.component(2, 1, 1).strip() or specimen.component(2, 2, 1).strip()
