"""Before approval a report is for the consulting department; afterwards for the doctor and health manager concerned (LAB-008, SEC-004)."""

import pytest

from kefu.customers.models import TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.files.policies import may_see
from kefu.lab.models import Report
from kefu.lab.queries.reports import panel_for
from kefu.organisation.choices import Level, RoleScope
from kefu.organisation.models import Function, Role, RoleCell, User

CLOSED = (
    "doctor",
    "doctor2",
    "manager",
    "manager2",
    "service",
    "supervisor",
    "director",
    "keeper",
    "admin",
    "guide",
    "sh_doctor",
    "sh_manager",
)


def opens(login, user, *paths):
    browser = login(user)
    return [browser.get(path).status_code for path in paths]


@pytest.mark.req("SEC-004", part="unapproved reports")
@pytest.mark.req("SEC-004", part="own customers")
@pytest.mark.req("LAB-008")
def test_who_can_open_a_report_before_and_after_approval(story, journeys, login, program):
    story.arrive(values={"FPG": "6.66"})
    report = story.report("T-GLU")
    pages = (f"/reports/{report.pk}/", f"/reports/review/{report.pk}/", "/reports/review/")
    for name in CLOSED:
        user = getattr(journeys, name)
        assert not Report.objects.readable_by(user).exists(), name
        assert set(opens(login, user, *pages)) <= {403, 404}, name
        assert program(user)("get", f"reports/rep_{report.pk}").status_code in (403, 404), name
        assert not may_see(user, "lab.report", report.pk), name
    assert opens(login, journeys.consulting, *pages) == [200, 200, 200]
    assert "6.66" in program(journeys.consulting)("get", f"reports/rep_{report.pk}").content.decode()
    story.approve("T-GLU")
    for name in CLOSED:
        user = getattr(journeys, name)
        expected = name in ("doctor", "manager")
        assert Report.objects.readable_by(user).exists() == expected, name
        assert (opens(login, user, pages[0]) == [200]) == expected, name
        assert (program(user)("get", f"reports/rep_{report.pk}").status_code == 200) == expected, name
    assert "6.66" in login(journeys.doctor).get(pages[0]).content.decode()


@pytest.mark.req("SEC-004", part="unapproved reports")
def test_no_list_page_search_or_timeline_tells_what_an_unapproved_report_says(story, journeys, login, program):
    story.arrive(values={"FPG": "6.66"})
    number, customer = story.order.number, story.order.customer_id
    for name in ("doctor", "manager", "service", "director"):
        browser = login(getattr(journeys, name))
        for path in (
            f"/customers/{customer}/",
            f"/customers/{customer}/lab/",
            f"/search/?q={number}",
            f"/lab-orders/{story.order.pk}/",
            "/notices/",
            "/",
        ):
            assert "6.66" not in browser.get(path, follow=True).content.decode(), (name, path)
    told = program(journeys.doctor)("get", f"lab-orders/ord_{story.order.pk}")
    assert told.json()["reports"] == [
        {"id": f"rep_{report.pk}", "kind": "item", "status": "arrived"} for report in Report.objects.order_by("pk")
    ]
    assert "6.66" not in told.content.decode()


def test_service_agents_see_only_that_a_report_exists(story, journeys, login):
    story.release(values={"FPG": "6.66"})
    story.write("血糖偏高，少吃甜食。")
    rows = panel_for(story.order.customer, journeys.service).rows
    assert [(row.named, row.url) for row in rows] == [(False, "")] * 3
    page = login(journeys.service).get(f"/customers/{story.order.customer_id}/").content.decode()
    assert (f"收到检验报告，检测单 {story.order.number}" in page, "6.66" in page, "少吃甜食" in page) == (
        True,
        False,
        False,
    )
    reports = TimelineLine.objects.filter(customer=story.order.customer, kind="report")
    assert all("糖代谢" not in line.item for line in reports)
    own = panel_for(story.order.customer, journeys.manager).rows
    assert all(row.url for row in own)


def test_the_overall_report_opens_for_the_manager_once_it_is_written(story, journeys):
    story.release()
    overall = story.overall()

    def readers():
        people = (journeys.doctor, journeys.consulting, journeys.manager, journeys.service, journeys.doctor2)
        return [Report.objects.readable_by(user).filter(pk=overall.pk).exists() for user in people]

    assert readers() == [True, True, False, False, False]
    story.write()
    assert readers() == [True, True, True, False, False]


def test_every_look_is_in_the_trail(story, journeys, login):
    story.arrive()
    story.approve()
    login(journeys.doctor).get(f"/reports/{story.report('T-GLU').pk}/")
    looks = AuditEntry.objects.filter(code="lab.report.read")
    assert [(look.by, look.customer_id, look.subject_id) for look in looks] == [
        (journeys.doctor, story.order.customer_id, story.report("T-GLU").pk)
    ]


def test_a_customer_who_moves_to_another_doctor_takes_the_reports_along(story, journeys):
    from kefu.customers.actions import assign_owner

    story.release()
    customer = story.order.customer
    assign_owner(
        customer=customer,
        doctor=journeys.doctor2,
        health_manager=journeys.manager,
        reason="转医生",
        by=journeys.director,
        at=story.at(3),
    )
    assert not Report.objects.readable_by(journeys.doctor).exists()
    assert Report.objects.readable_by(journeys.doctor2).filter(kind="item").count() == 2


@pytest.mark.req("LAB-008")
def test_who_reads_everywhere_and_sees_resting_customers_reads_every_report(story, journeys):
    role = Role.objects.get(code="consulting")
    Role.objects.filter(pk=role.pk).update(scope=RoleScope.ALL)
    deciding = Function.objects.get(code="customer_assignment")
    RoleCell.objects.update_or_create(role=role, function=deciding, defaults={"level": Level.ACT})
    story.arrive()
    reader = User.objects.get(pk=journeys.consulting.pk)
    assert Report.objects.readable_by(reader).count() == Report.objects.count() > 0
    story.approve()
    overall = story.overall()
    assert Report.objects.readable_by(reader).filter(pk=overall.pk).exists()
