"""The database narrows down whom a free time suits, the rules decide: both say the same, or somebody would wait for ever unseen."""

from datetime import datetime, time, timedelta
from itertools import product

from kefu.appointments.choices import Channel, PartOfDay, WaitState
from kefu.appointments.models import WaitlistEntry
from kefu.appointments.models.waitlist import FreeTime
from kefu.appointments.queries.waitlist import longing
from kefu.appointments.tests.scene import FIRST, TUESDAY, person
from kefu.testing.cast import SHANGHAI, Cast

HOURS = [time(0), time(8, 30), time(11, 59), time(12), time(14), time(17, 30), time(18), time(23, 59)]
PARTS: list[list[PartOfDay]] = [[], [PartOfDay.MORNING], [PartOfDay.AFTERNOON], list(PartOfDay)[1:]]
DAYS = [TUESDAY + timedelta(days=n) for n in range(-1, 3)]


def test_the_database_and_the_rules_find_the_same_people(cast: Cast) -> None:
    customer, ended = person(cast), WaitState.EXPIRED  # so that one person may have many
    entries = WaitlistEntry.objects.bulk_create(
        WaitlistEntry(customer=customer, type_id=FIRST, node=cast.bj, doctor=doctor, first=TUESDAY, last=last, parts=parts,
                      hour=hour, channel=Channel.PHONE, state=ended, since=cast.at, by=cast.manager)
        for doctor, last, parts, hour in product(
            [None, cast.doctor, cast.doctor2], [TUESDAY, TUESDAY + timedelta(days=1)], PARTS, [None, time(8, 30), time(14)]
        )
    )  # fmt: skip
    suited = 0
    for day, hour, doctor in product(DAYS, HOURS, [cast.doctor, cast.doctor2]):
        start = datetime.combine(day, hour, SHANGHAI)
        found = set(
            WaitlistEntry.objects.fitting([FreeTime(FIRST, doctor.pk, start, True)]).values_list("pk", flat=True)
        )
        assert found == {one.pk for one in entries if longing(one).suits(start, doctor.pk)}, (start, doctor)
        suited += len(found)
    assert len(entries) == 72 and suited > 200
