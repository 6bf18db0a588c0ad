"""What everybody signs before the account opens."""

import pytest
from django.urls import reverse

from kefu.administration.choices import Prohibition

URL = reverse("administration:undertaking")


@pytest.mark.req("SEC-002", part="undertaking")
def test_the_undertaking_forbids_four_things_by_name_and_says_when_it_was_signed(cast, login):
    for person in (cast.manager, cast.keeper, cast.service):
        page = login(person).get(URL).content.decode()
        for words in ("私自使用客户资料", "推销与客户需要无关的产品", "误导客户", "损害公司形象"):
            assert words in page
        assert f"{person.name} {person.job_number}" in page and "2026-01-05" in page
    assert len(Prohibition.choices) == 4
    assert URL in login(cast.admin).get(reverse("administration:users")).content.decode()
