"""A small chain with the cast's people, enough for a crowd."""

import pytest

from bench.world.chain import Chain, Team
from kefu.customers.models import Source


@pytest.fixture
def chain(cast):
    beijing = Team(cast.bj, (cast.doctor, cast.doctor2), (cast.manager, cast.manager2), cast.director)
    shanghai = Team(cast.sh, (cast.sh_doctor, cast.sh_doctor), (cast.sh_manager, cast.sh_manager), cast.director)
    source = Source.objects.create(code="walk_in", zh="到店", en="Walk-in")
    return Chain(cast, (beijing, shanghai), None, source)
