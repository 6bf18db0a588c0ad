"""The bell as a page."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.foundation.notices import queries
from kefu.foundation.notices.tests.test_bell import tell_of_booking
from kefu.testing.cast import AT


def test_the_doctor_opens_a_notice_and_it_counts_as_read(cast, login):
    (notice,) = tell_of_booking([cast.doctor], link="/appointments/7/")
    page = login(cast.doctor)

    assert "12月3日14:30新增预约：初诊。" in page.get("/notices/").content.decode()
    answer = page.post(f"/notices/{notice.pk}/reading/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/appointments/7/")
    assert queries.unread_count(cast.doctor) == 0
    assert "12月3日" not in page.get("/notices/?show=unread").content.decode()


def test_all_at_once(cast, login):
    for _ in range(3):
        tell_of_booking([cast.doctor])

    answer = login(cast.doctor).post("/notices/readings/", follow=True)

    assert "3 条通知已读。" in answer.content.decode()
    assert queries.unread_count(cast.doctor) == 0


def test_an_empty_bell_says_what_will_come(cast, login):
    assert "没有通知" in login(cast.doctor).get("/notices/").content.decode()


def test_the_bell_of_another_does_not_exist(cast, login):
    (notice,) = tell_of_booking([cast.doctor])

    assert login(cast.doctor2).post(f"/notices/{notice.pk}/reading/").status_code == 404
    assert queries.unread_count(cast.doctor) == 1


def test_a_link_never_leaves_the_house(cast, login):
    (notice,) = tell_of_booking([cast.doctor], link="//elsewhere.example/")

    assert login(cast.doctor).post(f"/notices/{notice.pk}/reading/").headers["Location"] == "/notices/"


def test_the_page_costs_the_same_for_one_notice_and_for_thirty(cast, login):
    page, costs = login(cast.doctor), []
    for more in (1, 29):
        for _ in range(more):
            tell_of_booking([cast.doctor], at=AT)
        page.get("/notices/")
        with CaptureQueriesContext(connection) as queries_made:
            page.get("/notices/")
        costs.append(len(queries_made))

    assert costs[0] == costs[1]


def test_without_login_there_is_no_bell(cast, client):
    assert client.get("/notices/").status_code == 302
