"""Who reaches what: the shipped matrix on a small chain."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from kefu.foundation.access.checks import allowed, require
from kefu.foundation.access.queries import access_of, colleagues_with
from kefu.foundation.access.rules import Needed, Permission, grants
from kefu.kernel.errors import Forbidden, OutOfScope
from kefu.organisation.models import StandIn, User
from kefu.testing.cast import Cast


class StoryPermission(Permission):
    """Two rights of the shipped matrix, asked for by the stories below."""

    OPEN_ARCHIVE = "story:archive:view"
    REVIEW_REPORT = "story:report:review"
    CONFIGURE = "story:configuration:change"
    TAKE_ON = "story:contact:register"


grants(
    {
        StoryPermission.OPEN_ARCHIVE: ("customer_archive", Needed.VIEW),
        StoryPermission.REVIEW_REPORT: ("report_review", Needed.ACT),
        StoryPermission.CONFIGURE: ("configuration", Needed.ACT),
        StoryPermission.TAKE_ON: ("contact_reveal", Needed.ACT),
    }
)


@dataclass
class Person:
    """A customer as the access layer sees one."""

    node_id: int
    owner_ids: frozenset[int] = field(default_factory=frozenset)
    pool_right: Permission | None = None


@pytest.mark.req("SEC-001", part="scope")
def test_each_role_reaches_exactly_its_places(cast: Cast) -> None:
    mine = Person(cast.bj.pk, frozenset({cast.doctor.pk, cast.manager.pk}))
    assert allowed(cast.doctor, StoryPermission.OPEN_ARCHIVE, customer=mine)
    assert allowed(cast.consulting, StoryPermission.OPEN_ARCHIVE, customer=mine)
    assert allowed(cast.director, StoryPermission.OPEN_ARCHIVE, customer=mine)
    with pytest.raises(OutOfScope):
        require(cast.doctor2, StoryPermission.OPEN_ARCHIVE, customer=mine)
    with pytest.raises(OutOfScope):
        require(cast.sh_manager, StoryPermission.OPEN_ARCHIVE, customer=mine)
    with pytest.raises(Forbidden):
        require(cast.keeper, StoryPermission.OPEN_ARCHIVE, customer=mine)
    with pytest.raises(Forbidden):
        require(cast.manager, StoryPermission.REVIEW_REPORT, customer=mine)


def test_nobodys_customer_is_the_managers_of_the_centre_and_no_doctors(cast: Cast) -> None:
    pool = Person(cast.bj.pk, pool_right=StoryPermission.TAKE_ON)
    assert allowed(cast.manager2, StoryPermission.OPEN_ARCHIVE, customer=pool)
    assert not allowed(cast.sh_manager, StoryPermission.OPEN_ARCHIVE, customer=pool)
    assert not allowed(cast.doctor, StoryPermission.OPEN_ARCHIVE, customer=pool)
    sent = Person(cast.bj.pk, frozenset({cast.doctor.pk}), pool_right=StoryPermission.TAKE_ON)
    assert allowed(cast.doctor, StoryPermission.OPEN_ARCHIVE, customer=sent)
    assert not allowed(cast.doctor2, StoryPermission.OPEN_ARCHIVE, customer=sent)


def test_nobodys_customer_without_a_pool_is_nobodys(cast: Cast) -> None:
    assert not allowed(cast.manager, StoryPermission.OPEN_ARCHIVE, customer=Person(cast.bj.pk))


def test_a_stand_in_sees_the_absent_colleagues_customers_only_while_accepted(cast: Cast) -> None:
    mine = Person(cast.bj.pk, frozenset({cast.doctor.pk}))
    from django.utils import timezone

    now = timezone.now()
    row = StandIn.objects.create(
        absent=cast.doctor,
        substitute=cast.doctor2,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=8),
        reason="病假",
    )
    assert not allowed(cast.doctor2, StoryPermission.OPEN_ARCHIVE, customer=mine)
    row.accepted_at = now
    row.save()
    assert allowed(User.objects.get(pk=cast.doctor2.pk), StoryPermission.OPEN_ARCHIVE, customer=mine)


def test_a_leaver_reaches_nothing(cast: Cast) -> None:
    cast.admin.is_active = False
    assert not allowed(cast.admin, StoryPermission.CONFIGURE)


def test_next_in_turn_are_the_holders_at_the_centre_or_above(cast: Cast) -> None:
    assert set(colleagues_with("health_manager", cast.bj.pk)) == {cast.manager, cast.manager2}
    assert set(colleagues_with("consulting", cast.bj.pk)) == {cast.consulting}
    assert access_of(cast.consulting).has_role("consulting", cast.sh.pk)
