"""What a new installation brings along."""

from kefu.customers.content import load
from kefu.customers.models import Source


def test_the_shipped_sources_are_loaded_once_and_edits_are_kept(cast):
    assert load(by=cast.system, at=cast.at) == 6
    Source.objects.filter(code="walk_in").update(zh="上门")
    assert load(by=cast.system, at=cast.at) == 0
    assert Source.objects.get(code="walk_in").zh == "上门"
