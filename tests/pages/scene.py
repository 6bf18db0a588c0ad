"""What the demo world lacks: drafts, imports, hand-overs and messages that wait, so that every page has something to show."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from django.http import QueryDict
from django.utils import timezone
from tests.pages.customers import visiting
from tests.pages.goods import set_goods

from kefu.administration.actions.invitations import ask_reset
from kefu.administration.actions.passwords import reset_password
from kefu.administration.actions.roles import grant_role
from kefu.administration.actions.stand_ins import offer_stand_in
from kefu.administration.actions.users import change_user
from kefu.appointments.actions import add_extra, join_waitlist, offer
from kefu.appointments.actions import ask as request_visit
from kefu.appointments.asked import Asker, WaitWish, Wish
from kefu.appointments.choices import AppointmentType, Channel
from kefu.appointments.matching import offer_what_is_free
from kefu.appointments.queries.requests import proposals
from kefu.billing.actions import Counted as CountedCash
from kefu.billing.actions import (
    Found,
    ask_refund,
    close_day,
    deduct,
    freeze,
    pay_refund,
    reconcile_week,
    refund_units,
    sell_prepaid,
    take_payment,
    transfer,
)
from kefu.billing.models import Charge
from kefu.customers.actions.closing import close_customer
from kefu.customers.actions.consents import give_consent
from kefu.customers.actions.identity import check_identity
from kefu.customers.actions.leads import create_lead
from kefu.customers.actions.merges import merge_customers
from kefu.customers.actions.moves import prepare_move
from kefu.customers.actions.ownership import offer_customer
from kefu.customers.actions.privacy import approve_privacy, ask_privacy
from kefu.customers.actions.segments import add_segment
from kefu.customers.actions.standing import Classified, track
from kefu.customers.actions.subject_exports import ask_subject_export
from kefu.customers.actions.valuing import value_customers
from kefu.customers.bulk import CUSTOMERS
from kefu.customers.choices import DealState, Demand
from kefu.customers.instructions import CODE
from kefu.customers.models import Customer
from kefu.followup.actions.greetings import write_portion
from kefu.followup.actions.pushes import approve_push, draft_push, run_push
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.approvals.actions import approve, ask
from kefu.foundation.exchange import specs
from kefu.foundation.exchange.mappings import save_mapping
from kefu.foundation.exchange.running import import_file
from kefu.foundation.lists.actions import choose_rows, keep_view, start_run
from kefu.foundation.lists.running import perform
from kefu.foundation.outbox.testing import connected
from kefu.kernel.money import yuan
from kefu.lab.actions.messages import receive
from kefu.lab.models import Order
from kefu.lab.testing_results import oru
from kefu.organisation.models import Node, Role, User
from kefu.organisation.queries import system_user
from kefu.people.actions import add_credential, add_entry, open_departure, set_attributes, share_case
from kefu.people.actions.institutions import add_institution
from kefu.people.models import Doctor
from kefu.questionnaires.actions.versions import start_draft
from kefu.questionnaires.models import Questionnaire
from kefu.surveys.actions import record_response
from kefu.surveys.choices import SurveyChannel

SHEET = "姓名,性别,出生日期,电话,医生工号,健康管理师工号,分中心编码,客户来源,备注\n卫示远,女,1990-02-30,10000000021,2002,2004,BJ-CY,到店,无\n"


def set_scene(at: datetime) -> None:
    """Add it to the loaded demo world."""
    people = {user.username: user for user in User.objects.select_related("node")}
    _questionnaires(people["admin"], at)
    _money(people["manager"], people["director"], at)
    _packages(people["manager"], at)
    _colleagues(people, at)
    _customers(people["manager"], at)
    _two_archives(people["manager"], people["director"], at)
    _privacy(people["manager"], people["director"], at)
    _standing(people["manager"], at)
    _segment(people["manager"], at)
    for moment in (at - timedelta(days=30), at):
        value_customers(by=system_user("system"), at=moment)
    _waitlist(at)
    _territory(people, at)
    _lists(people["director"], people["manager"], at)
    _instruction(people, at)
    _requests(at)
    _survey(people["service"], at)
    _laboratory(at)
    set_goods(at)
    _pushes(people["manager"], User.objects.get(job_number="1005"), at)


def _money(manager: User, director: User, at: datetime) -> None:
    """A part of what a customer owes, in cash; one refund waits, one was paid out, one is agreed."""
    charge = Charge.objects.filter(state="due", customer__health_manager=manager).order_by("pk").first()
    _closed(charge, manager, at - timedelta(days=1))
    payment = take_payment(customer=charge.customer, amount=yuan(charge.amount / 2), method="cash", by=manager, at=at)
    refunds = [ask_refund(payment=payment, amount=yuan(n), reason="少做一项", by=manager, at=at) for n in (1, 2, 3)]
    for refund in refunds[1:]:
        approve(request=refund.request, by=director, at=at)
    pay_refund(refund=refunds[1], method="cash", by=manager, at=at)


def _packages(manager: User, at: datetime) -> None:
    """Lessons used, passed on, given back in part and running low; a week with a difference that waits, and one nobody reconciled."""
    first, second = Customer.objects.filter(health_manager=manager, stage="active").order_by("pk")[:2]
    by, day = {"by": manager, "at": at}, at.date()
    before = at - timedelta(days=8)
    end = day + timedelta(days=180)
    lessons, rest = (
        sell_prepaid(customer=first, item=item, units=12, price=yuan(2400), valid_until=end, by=manager, at=before)
        for item in ("瑜伽私教", "颈肩推拿")
    )
    take_payment(customer=first, amount=yuan(2400), method="cash", charges=[lessons.charge], **by)
    used = {"item": "晨练", "served_by": manager, **by}
    deduct(prepaid=lessons, units=2, on=before.date(), signature="QZ-0012", **used)
    deduct(prepaid=rest, units=1, on=day, **used)
    transfer(prepaid=lessons, to=second, units=5, paper="转课同意书 ZR-03", reason="送给家人", **by)
    refund_units(prepaid=lessons, units=3, reason="搬家", **by)
    freeze(prepaid=rest, starts=day + timedelta(days=1), until=day + timedelta(days=14), reason="出差", **by)
    keeper = User.objects.get(job_number="1023")
    monday = before.date() - timedelta(days=before.date().weekday())
    told = Found(1, "customer", "客户说只上了一节")
    reconcile_week(node=first.node, monday=monday, found={lessons.pk: told}, by=keeper, at=at)
    deduct(prepaid=rest, units=1, on=day - timedelta(days=1), **used)


def _closed(charge: Charge, by: User, at: datetime) -> None:
    """A day counted with a difference, which waits for a second person; the day after is open."""
    payment = take_payment(customer=charge.customer, amount=yuan(1), method="cash", by=by, at=at)
    counted = CountedCash({yuan(100): 3}, {}, left=yuan(200), opening=yuan(200))
    close_day(desk=payment.desk, counted=counted, reason="少找了钱", by=by, at=at)


def _questionnaires(admin: User, at: datetime) -> None:
    for code in ("interview", "visit"):
        start_draft(questionnaire=Questionnaire.objects.get(code=code), by=admin, at=at)


def _lists(director: User, manager: User, at: datetime) -> None:
    """A view kept and shared, a verb asked for many customers, and one done."""
    views = (("已建档的", "stage=active&columns=number&columns=phone", None), ("未分配的", "pool=on", director.node))
    for name, query, node in views:
        keep_view(spec=CUSTOMERS, name=name, params=QueryDict(query), node=node, by=director, at=at)
    rows = list(Customer.objects.visible_to(director).values_list("pk", flat=True)[:12])
    choose_rows(spec=CUSTOMERS, code="assign", rows=rows, by=director, at=at)
    pool = Customer.objects.visible_to(manager).filter(stage="lead", health_manager=None)
    theirs = list(pool.order_by("pk").values_list("pk", flat=True)[:2])
    run = choose_rows(spec=CUSTOMERS, code="take", rows=theirs, by=manager, at=at)
    begun = start_run(run=run, given={"reason": ["我来负责"]}, here=True, by=manager, at=at)
    perform(begun, ring=False, at=at)


def _colleagues(people: dict[str, User], at: datetime) -> None:
    manager = people["manager"]
    colleague = User.objects.get(job_number="2005")
    offer_stand_in(
        absent=manager, substitute=colleague, starts_at=at + timedelta(days=1), ends_at=at + timedelta(days=3), reason="年假", by=manager, at=at
    )  # fmt: skip
    mine = Customer.objects.filter(health_manager=colleague).first()
    offer_customer(customer=mine, to=manager, role="health_manager", reason="客户住得离您近", by=colleague, at=at)
    add_institution(
        code="KD-01",
        node=people["1004"].node,
        details={"zh": "演示快递一", "kind": "organisation"},
        by=people["1004"],
        at=at,
    )
    with connected("email"):
        change_user(user=people["keeper"], changes={"email": "keeper@kefu.example"}, by=people["admin"], at=at)
        ask_reset(name="keeper", site="http://127.0.0.1", at=at)
    _registers(people["admin"], colleague, at)
    reset_password(
        user=User.objects.get(username="guide"), by=people["admin"], reason="忘了密码", checked="in_person", at=at
    )


def _instruction(people: dict[str, User], at: datetime) -> None:
    """A manager asks the director about a customer."""
    manager = people["manager"]
    customer = Customer.objects.filter(health_manager=manager).first()
    ask(
        kind=CODE,
        matter="duty",
        text="客户想把套餐转给家人",
        proposal="建议同意，补签协议",
        customer_id=customer.pk,
        by=manager,
        at=at,
    )


def _requests(at: datetime) -> None:
    """Two requests for a booking: one that waits, by somebody new, and one that was answered with other times."""
    system, place = system_user("system"), Node.objects.filter(kind="centre").order_by("pk").first()
    for number, name in enumerate(("白示安", "白示宁")):
        who = Asker(None, name, "female", f"1000000909{number}", "")
        wish = Wish(AppointmentType.FIRST_VISIT, place, None, at + timedelta(days=1 + number), "周六上午")
        row = request_visit(who=who, wish=wish, channel=Channel.ONLINE, by=system, at=at - timedelta(hours=1))
    if times := proposals(row, at):
        offer(request=row, times=times, by=system, at=at)
    visitor = visiting(at)
    wish = Wish(AppointmentType.REVISIT, visitor.node, visitor.doctor, at + timedelta(days=3), "")
    asked = request_visit(who=Asker(visitor), wish=wish, channel=Channel.ONLINE, by=system, at=at)
    if times := proposals(asked, at):
        offer(request=asked, times=times, by=system, at=at)


def _waitlist(at: datetime) -> None:
    """A customer waits for seven o'clock, which somebody then works; another waits for the night, which nobody does."""
    visitor, system = visiting(at), system_user("system")
    day, early = timezone.localdate(at + timedelta(days=4)), time(7)
    wish = WaitWish(AppointmentType.REVISIT, visitor.node, day, day, visitor.doctor, hour=early)
    join_waitlist(customer=visitor, wish=wish, channel=Channel.ONLINE, by=system, at=at)
    other = Customer.objects.filter(node=visitor.node, stage="active").exclude(pk=visitor.pk).order_by("pk")[0]
    night = replace(wish, type=AppointmentType.FIRST_VISIT, last=day + timedelta(days=9), doctor=None, hour=time(3))
    join_waitlist(customer=other, wish=night, channel=Channel.PHONE, by=system, at=at)
    chief = colleagues_with("centre_director", visitor.node_id)[0]
    add_extra(doctor=visitor.doctor, node=visitor.node, day=day, opens=early, closes=time(8), by=chief, at=at)
    assert offer_what_is_free(node=visitor.node, by=system, at=at) == 1


def _territory(people: dict[str, User], at: datetime) -> None:
    """Somebody above all centres, who lists customers that are to go to another one."""
    head, role = User.objects.select_related("node").get(username="1004"), Role.objects.get(code="centre_director")
    grant_role(
        user=head, role=role, node=Node.objects.get(kind="head_office"), valid_from=at.date(), by=people["admin"], at=at
    )
    source, target = Node.objects.filter(kind="centre").order_by("pk")[:2]
    prepare_move(source=source, target=target, on=at.date(), reason="服务下沉到区县", by=head, at=at)


def _registers(keeper: User, leaver: User, at: datetime) -> None:
    """A certificate, a shared case, work facts, and somebody who leaves."""
    doctor = Doctor.objects.select_related("user").first()
    add_credential(
        user=doctor.user, kind="practice", number="110-2020-77", issuer="演示卫生局", valid_from=at.date() - timedelta(days=900),
        valid_to=at.date() + timedelta(days=20), mandatory=True, by=keeper, at=at,
    )  # fmt: skip
    case = add_entry(doctor=doctor, kind="case", on=at.date(), text="一位女士三个月体重下降 8 公斤", by=keeper, at=at)
    share_case(entry=case, by=keeper, at=at)
    facts = {"job_type": "健康管理", "skill": "key", "shift_group": "早班一组", "stage": "regular", "reserve": "yes"}
    set_attributes(people=[leaver], changes=facts, valid_from=at.date(), by=keeper, at=at)
    open_departure(user=leaver, reason="family", last_day=at.date() + timedelta(days=20), by=keeper, at=at)


def _customers(manager: User, at: datetime) -> None:
    import_file(
        spec=specs.find("customers"), content=SHEET.encode("gb18030"), name="十一月活动名单.csv", by=manager, at=at
    )
    columns = {"称呼": "name", "号码": "phone", "流水": ""}
    save_mapping(spec=specs.find("customers"), name="旧系统名单", columns=columns, shared=True, by=manager, at=at)
    create_lead(name="白示安", phone="10000000031", node=manager.node, by=manager, at=at)
    gone = create_lead(name="白示和", phone="10000000032", node=manager.node, by=manager, at=at).customer
    close_customer(customer=gone, reason="客户搬去外地", by=manager, at=at)
    told = Customer.objects.get(name="程望舒")
    for scope in ("health_data", "marketing_sms"):
        give_consent(customer=told, scope=scope, method="signed", by=told.health_manager, at=at)
    ask_subject_export(customer=told, reason="客户来店要求", by=User.objects.get(username="director"), at=at)


def _two_archives(manager: User, director: User, at: datetime) -> None:
    """A pair to look at, and one that was merged."""
    first, _second, third = (
        create_lead(name=name, phone="10000000033", node=manager.node, by=manager, at=at).customer
        for name in ("白示同", "白示童", "白示桐")
    )
    merge_customers(survivor=first, merged=third, reason="身份证一样", by=director, at=at)


def _privacy(manager: User, director: User, at: datetime) -> None:
    """One customer wants to be erased, another's data rests."""
    for name, phone, kind in (("白示宽", "10000000034", "erase"), ("白示远", "10000000035", "restrict")):
        customer = create_lead(name=name, phone=phone, node=manager.node, by=manager, at=at).customer
        check_identity(customer=customer, method="id_card", result="passed", by=manager, at=at)
        asked = ask_privacy(customer=customer, kind=kind, asker="self", ground="不想再被联系", by=manager, at=at)
        if kind == "restrict":
            approve_privacy(request=asked, by=director, at=at)


def _standing(manager: User, at: datetime) -> None:
    customer = Customer.objects.filter(health_manager=manager, stage="active").first()
    soon = Classified(Demand.TARGET, timezone.localdate(at) + timedelta(days=20), DealState.NEGOTIATING)
    track(customer=customer, note="想做全套检测，先和家里商量", classes=soon, by=manager, at=at - timedelta(days=2))


def _segment(manager: User, at: datetime) -> None:
    add_segment(
        name="四十岁以上女客户",
        node=manager.node,
        definition={"sex": {"values": ["female"]}, "age": {"low": 40}},
        by=manager,
        at=at,
    )


def _survey(agent: User, at: datetime) -> None:
    """A customer says something that somebody must answer."""
    code, ratings = "top_spender", dict.fromkeys((f"TOP_SPENDER_{place:02}" for place in range(1, 8)), "4")
    record_response(
        customer=Customer.objects.get(name="程望舒"), survey=Questionnaire.objects.get(code=code),
        answers=ratings | {"TOP_SPENDER_08": "6", "TOP_SPENDER_09": "停车不方便，希望能预留车位"}, channel=SurveyChannel.PHONE, by=agent, at=at,
    )  # fmt: skip


def _laboratory(at: datetime) -> None:
    lab_system, order = system_user("lab-system"), Order.objects.select_related("customer").latest("pk")
    for number, name in (("T2699999", None), (None, "何人")):
        receive(
            raw=oru(order, number=number, name=name, control_id=f"Q{name}").encode(), peer="mllp", by=lab_system, at=at
        )


def _pushes(manager: User, marketing: User, at: datetime) -> None:
    """An activity on its way, and one that nobody approved yet."""
    words = {
        "zh": "{name}您好，{centre}下周三有健康讲座，邀您参加。报名{phone}，拒收请回复R",
        "channels": ["wechat", "sms"],
        "per_minute": 2,
    }
    running, _waiting = (
        draft_push(title=title, **words, by=manager, at=at) for title in ("十二月健康讲座", "冬季养生课")
    )
    approve_push(push=running, by=marketing, at=at)
    run_push(push=running, by=manager, at=at)
    write_portion(push_id=running.pk, by=manager, at=at)
