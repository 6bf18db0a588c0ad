"""Conditions on what somebody reaches, put together."""

from django.db.models import Q

from kefu.foundation.access.conditions import any_of
from kefu.organisation.models import Node
from kefu.testing.cast import Cast


def test_any_of_some_conditions_forgets_none_without_limits(cast: Cast) -> None:
    def codes(*conditions: Q) -> set[str]:
        return set(Node.objects.filter(any_of(*conditions), code__in=["HQ", "BJ", "SH"]).values_list("code", flat=True))

    assert codes() == set()
    assert codes(Q(code="BJ"), Q(pk__in=[])) == {"BJ"}
    assert codes(Q(code="BJ"), Q(code="SH")) == {"BJ", "SH"}
    assert codes(Q(code="BJ"), Q()) == codes(Q()) == {"HQ", "BJ", "SH"}
