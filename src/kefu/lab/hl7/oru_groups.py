"""Which segment of an ORU belongs to which person, item and result."""

from dataclasses import dataclass, field

from kefu.lab.hl7.message import Message, Segment


@dataclass(slots=True)
class ResultSegments:
    """An OBX and the notes that follow it."""

    observation: Segment
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class GroupSegments:
    """ORC, OBR, SPM and the results of one item; `order_before` is the ORC of an earlier item of the person."""

    order: Segment | None = None
    request: Segment | None = None
    order_before: Segment | None = None
    specimen: Segment | None = None
    results: list[ResultSegments] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class PersonSegments:
    """A PID with everything up to the next PID."""

    pid: Segment | None = None
    groups: list[GroupSegments] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def group_segments(message: Message) -> list[PersonSegments]:
    """Sort the segments of an ORU by person and item, in order, at least one person.

    Forgiving where laboratories differ: no PID, OBX without OBR, one ORC for several OBR, SPM before or after.
    """
    sorter = _Sorter()
    for segment in message.segments:
        sorter.take(segment)
    people = [person for person in sorter.people if person.pid or person.groups]
    for person in people:
        person.groups = [group for group in person.groups if group.request or group.results]
    return people or [PersonSegments()]


class _Sorter:
    def __init__(self) -> None:
        self._person = PersonSegments()
        self.people = [self._person]
        self._group: GroupSegments | None = None
        self._order: Segment | None = None
        self._notes: list[str] = []

    def take(self, segment: Segment) -> None:
        match segment.name:
            case "PID":
                self._take_person(segment)
            case "ORC":
                self._take_order(segment)
            case "OBR":
                self._take_request(segment)
            case "SPM":
                self._take_specimen(segment)
            case "OBX":
                self._take_result(segment)
            case "NTE":
                self._notes.append("\n".join(map(segment.unescape, segment.repetitions(3))))

    def _take_person(self, pid: Segment) -> None:
        self._person = PersonSegments(pid=pid)
        self.people.append(self._person)
        self._group = self._order = None
        self._notes = self._person.notes

    def _take_order(self, order: Segment) -> None:
        group = self._group
        if group is None or group.order or group.request or group.results:
            group = self._open_group()
        group.order = self._order = order
        self._notes = group.notes

    def _take_request(self, request: Segment) -> None:
        group = self._group
        if group is None or group.request or group.results:
            group = self._open_group()
            group.order_before = self._order
        group.request = request
        self._notes = group.notes

    def _take_specimen(self, specimen: Segment) -> None:
        group = self._group or self._open_group()
        group.specimen = group.specimen or specimen
        self._notes = group.notes

    def _take_result(self, observation: Segment) -> None:
        group = self._group or self._open_group()
        result = ResultSegments(observation)
        group.results.append(result)
        self._notes = result.notes

    def _open_group(self) -> GroupSegments:
        self._group = GroupSegments()
        self._person.groups.append(self._group)
        return self._group
