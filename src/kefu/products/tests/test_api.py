"""The directories that programs read."""

import pytest

from kefu.foundation.api.actions import issue_token
from kefu.products import content


@pytest.fixture
def ask(cast, client, settings):
    settings.TEST_CLOCK = True
    content.load(by=cast.admin, at=cast.at)

    def get(user, path, **query):
        token = issue_token(user=user, name="test", by=cast.admin, at=cast.at)
        headers = {"Authorization": f"Bearer {token}", "X-Kefu-At": cast.at.isoformat()}
        return client.get(f"/api/v1/{path}", query, headers=headers)

    return get


def test_test_items_and_products_come_with_their_prices(cast, ask):
    first = ask(cast.doctor, "directory/test-items", limit=2).json()
    assert [one["code"] for one in first["items"]] == ["T-ADR", "T-CVR"]
    (general,) = ask(cast.doctor, "directory/test-items", q="T-GEN").json()["items"]
    assert general == {"id": general["id"], "code": "T-GEN", "name": "一般健康检查（血）", "price": "475.00"}
    assert general["id"].startswith("tst_")
    assert first["next"]
    (oil,) = ask(cast.doctor, "directory/products", q="深海").json()["items"]
    assert oil == {"id": oil["id"], "code": "N-014", "name": "深海鱼油软胶囊", "price": "298.00"}
    assert oil["id"].startswith("prd_")
    codes = [one["code"] for one in ask(cast.manager, "directory/products", limit=200).json()["items"]]
    assert (len(codes), "S-K-BLOOD" in codes) == (30, False)


def test_without_the_right_there_is_no_directory(cast, ask):
    assert ask(cast.director, "directory/test-items").status_code == 403
