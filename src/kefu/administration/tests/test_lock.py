"""A shared desk: lock it, come back to the page one left, or let a colleague in quickly."""

import pytest
from django.test import Client

SECRET = "an honest 2026 phrase"


@pytest.fixture
def desk(cast, settings) -> Client:
    settings.TEST_CLOCK = True
    for user in (cast.manager, cast.guide):
        user.set_password(SECRET)
        user.save(update_fields=["password"])
    client = Client(headers={"X-Kefu-At": cast.at.isoformat()})
    client.post("/login/", {"name": "2004", "password": SECRET})
    return client


def test_a_locked_desk_shows_nothing_and_asks_for_its_person(desk, cast):
    locked = desk.post("/lock/", {"next": "/notices/?show=unread"}, follow=True)

    assert "何示文，已锁屏" in locked.content.decode()
    assert desk.get("/notices/").status_code == 302
    assert desk.get("/login/")["Location"] == "/lock/"


def test_the_person_goes_on_where_he_or_she_was(desk):
    desk.post("/lock/", {"next": "/notices/?show=unread"})

    assert desk.post("/lock/", {"password": "guess"}).status_code == 422
    assert desk.post("/lock/", {"password": SECRET})["Location"] == "/notices/?show=unread"
    assert desk.get("/notices/").status_code == 200


def test_a_colleague_takes_the_desk_and_each_returns_to_his_own_page(desk, cast):
    desk.post("/lock/", {"next": "/notices/"})
    assert desk.post("/login/", {"name": "2006", "password": SECRET})["Location"] == "/"
    assert desk.session["_auth_user_id"] == str(cast.guide.pk)

    lock_page = desk.post("/lock/", {"next": "/handovers/"}, follow=True).content.decode()
    assert "何示远，已锁屏" in lock_page
    assert "?who=2004" in lock_page and "何示文" in lock_page
    assert 'value="2004"' in desk.get("/lock/?who=2004").content.decode()
    assert desk.post("/login/", {"name": "2004", "password": SECRET})["Location"] == "/notices/"


def test_locking_twice_from_two_tabs_is_harmless(desk):
    desk.post("/lock/", {"next": "/notices/"})
    assert desk.post("/lock/", {"next": "/handovers/"}).status_code == 200
    assert desk.post("/lock/", {"password": SECRET})["Location"] == "/notices/"


def test_the_other_tabs_of_the_same_person_keep_their_forms(cast, settings, desk):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    strict.get("/notices/")
    token = strict.cookies["csrftoken"].value
    strict.post("/lock/", {"next": "/notices/", "csrfmiddlewaretoken": token})
    assert strict.post("/lock/", {"password": SECRET, "csrfmiddlewaretoken": token}).status_code == 302
    assert strict.post("/notices/readings/", {"csrfmiddlewaretoken": token}).status_code == 302


def test_whoever_leaves_for_good_leaves_no_lock_behind(desk):
    desk.post("/logout/")
    assert desk.get("/lock/")["Location"] == "/login/"
    assert "登录名或工号" in desk.get("/login/").content.decode()
