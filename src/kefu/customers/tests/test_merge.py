"""Two archives turn out to be one person's (CUS-001, CUS-002, SEC-001)."""

from datetime import date, timedelta

import pytest

from kefu.customers import actions, queries
from kefu.customers.actions.deaths import record_death
from kefu.customers.actions.likeness import look_for_pairs
from kefu.customers.models import ContactPoint, Customer, FamilyLink, LikePair, Merge, MergeMove
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.assignments.actions import accept
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.personal import disclose
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused

WHY = "核对身份证，是同一个人"


def merge(cast, survivor, merged, *, by=None, reason=WHY, **given) -> Merge:
    survivor, merged = (Customer.objects.get(pk=one.pk) for one in (survivor, merged))
    return actions.merge_customers(
        survivor=survivor, merged=merged, reason=reason, by=by or cast.director, at=cast.at + timedelta(days=1), **given
    )


def undo(cast, made, *, by=None, reason="看错了") -> Merge:
    made = Merge.objects.select_related("survivor", "merged").get(pk=made.pk)
    return actions.undo_merge(merge=made, reason=reason, by=by or cast.director, at=cast.at + timedelta(days=2))


def change(cast, customer, **changes) -> None:
    actions.update_archive(customer=customer, changes=changes, by=cast.manager, at=cast.at)


def refusal(work, *arguments, **given) -> str:
    with pytest.raises(Refused) as refused:
        work(*arguments, **given)
    return refused.value.code


def test_fields_of_the_one_that_stays_are_kept_and_empty_ones_filled(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031", age=41), archive(cast, "沈知霞", "10000000032", age=30)
    change(cast, stays, address="朝阳路 1 号", medical_history="青霉素过敏", remarks="喜欢安静")
    change(
        cast,
        goes,
        address="建国路 2 号",
        medical_history="高血压",
        caution="！怕针",
        birth_date=date(1985, 6, 12),
        card_number="C-77",
    )
    made = merge(cast, stays, goes)
    now = Customer.objects.get(pk=stays.pk)
    assert (now.name, now.address, now.remarks) == ("沈知夏", "朝阳路 1 号", "喜欢安静")
    assert (now.medical_history, now.caution) == ("青霉素过敏\n高血压", "！怕针")  # what is lost here may hurt
    assert (now.birth_date, now.card_number, now.age_stated) == (date(1985, 6, 12), "C-77", 41)
    kept = disclose(stays.pk, made.fields)
    assert kept is not None and kept["card_number"] == ["", "C-77"]
    assert "C-77" not in str(list(MergeMove.objects.values("before", "after")))  # no personal value in the clear
    undo(cast, made)
    now = Customer.objects.get(pk=stays.pk)
    assert (now.medical_history, now.caution, now.birth_date, now.card_number) == ("青霉素过敏", "", None, "")


def test_the_director_chooses_the_side_of_a_field(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032", remarks="老客户介绍")
    change(cast, goes, address="建国路 2 号")
    change(cast, stays, address="朝阳路 1 号")
    merge(
        cast, stays, goes, choices={"name": "merged", "address": "merged", "remarks": "both", "card_number": "merged"}
    )
    now = Customer.objects.get(pk=stays.pk)
    assert (now.name, now.address, now.remarks) == ("沈知霞", "建国路 2 号", "路过进店\n老客户介绍")
    assert now.card_number == ""


@pytest.mark.parametrize("choices", [{"phone": "merged"}, {"name": "both"}, {"name": "nobody"}])
def test_choices_that_make_no_sense_are_named(cast, choices):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    with pytest.raises(Invalid) as invalid:
        merge(cast, stays, goes, choices=choices)
    assert [error.field for error in invalid.value.errors] == ["choices"]
    with pytest.raises(Forbidden):  # the director does not write medical histories
        merge(cast, stays, goes, choices={"medical_history": "merged"})
    assert not Merge.objects.exists()


def test_a_later_correction_of_the_archive_is_no_part_of_what_is_undone(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    change(cast, goes, address="建国路 2 号", occupation="教师")
    made = merge(cast, stays, goes)
    change(cast, Customer.objects.get(pk=stays.pk), address="建国路 3 号")
    undo(cast, made)
    now = Customer.objects.get(pk=stays.pk)
    assert (now.address, now.occupation) == ("建国路 3 号", "")


@pytest.mark.req("CUS-001")
def test_the_same_number_is_kept_once_and_owned_by_the_one_that_stays(cast):
    goes = archive(cast, "沈知霞", "10000000031")
    stays = lead(cast, "沈知夏", "10000000031")
    assert list(stays.contacts.values_list("owns", flat=True)) == [False]
    assert refusal(merge, cast, stays, goes) == "keep_the_archive"
    other = archive(cast, "沈知夏", "10000000032")
    merge(cast, goes, stays)
    merge(cast, other, goes)
    points = ContactPoint.objects.filter(customer=other, active=True).values_list("value", "owns")
    assert sorted(points) == [("10000000031", True), ("10000000032", True)]
    assert queries.with_phone(cast.director, "10000000031") == [other]


def test_family_links_are_combined(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    son, by, at = archive(cast, "沈小白", "10000000033"), cast.manager, cast.at
    for mother in (stays, goes):
        actions.add_family(customer=mother, relation="child", relative=son, by=by, at=at)
    actions.add_family(customer=son, relation="parent", relative=goes, by=by, at=at)
    actions.add_family(customer=stays, relation="sibling", relative=goes, by=by, at=at)
    made = merge(cast, stays, goes)
    active = FamilyLink.objects.filter(active=True).values_list("customer", "relative")
    assert sorted(active) == sorted([(stays.pk, son.pk), (son.pk, stays.pk)])
    assert queries.search_ids(cast.director, "沈知夏", 9)[:2] == [
        stays.pk,
        son.pk,
    ]  # his mother's name is found with him
    undo(cast, made)
    assert FamilyLink.objects.filter(active=True).count() == 4


def test_both_archive_numbers_find_the_one_that_stays(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    numbers = [
        actions.issue_archive_number(customer=Customer.objects.get(pk=one.pk), by=cast.doctor, at=cast.at)
        for one in (stays, goes)
    ]
    made = merge(cast, stays, goes)
    assert Customer.objects.get(pk=stays.pk).archive_number == numbers[0]
    for text in (*numbers, f"cus_{goes.pk}", str(goes.pk)):
        assert queries.by_reference(cast.director, text) == stays
    for text in (*numbers, "沈知霞", "10000000032"):
        assert queries.search_ids(cast.director, text, 5) == [stays.pk]
    assert [one.pk for one in queries.listed(cast.director)] == [stays.pk]
    undo(cast, made)
    assert queries.by_reference(cast.director, numbers[1]) == goes
    assert queries.search_ids(cast.director, numbers[1], 5) == [goes.pk]


def test_a_number_moves_to_an_archive_that_has_none(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    number = actions.issue_archive_number(customer=goes, by=cast.doctor, at=cast.at)
    made = merge(cast, stays, goes)
    assert Customer.objects.get(pk=stays.pk).archive_number == number
    undo(cast, made)
    assert list(Customer.objects.order_by("pk").values_list("archive_number", flat=True)) == [None, number]


def test_one_after_the_other_and_back_in_the_opposite_order(cast):
    a, b, c = (archive(cast, f"白示{n}", f"1000000004{n}") for n in range(3))
    first, second = merge(cast, b, a), merge(cast, c, b)
    assert Customer.objects.get(pk=a.pk).merged_into_id == Customer.objects.get(pk=b.pk).merged_into_id == c.pk
    assert queries.by_reference(cast.director, str(a.pk)) == c
    assert sorted(queries.aliases_of(c)) == [a.pk, b.pk, c.pk] == sorted(queries.ids_under(a.pk))
    assert refusal(undo, cast, first) == "not_undoable"
    assert refusal(merge, cast, b, c) == refusal(merge, cast, c, a) == "merged"
    undo(cast, second)
    assert Customer.objects.get(pk=a.pk).merged_into_id == b.pk
    undo(cast, first)
    assert refusal(undo, cast, first) == "already_undone"
    assert list(Customer.objects.order_by().values_list("stage", "merged_into").distinct()) == [("active", None)]


def test_of_two_merges_into_one_the_last_is_undone_first(cast):
    a, b, c = (archive(cast, f"白示{n}", f"1000000004{n}") for n in range(3))
    first, second = merge(cast, c, a), merge(cast, c, b)
    assert refusal(undo, cast, first) == "not_undoable"
    undo(cast, second)
    undo(cast, first)


def test_a_number_that_went_to_somebody_else_stands_in_the_way_of_undoing(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    goes_too = lead(cast, "沈知夏", "10000000031")
    merge(cast, goes, goes_too)
    made = merge(cast, stays, goes)
    point = ContactPoint.objects.get(customer=stays, value="10000000031", owns=True)
    actions.retire_contact(contact=point, reason="换号", by=cast.manager, at=cast.at)
    archive(cast, "白示新", "10000000031")
    undo(cast, made)  # the retired number is nobody's matter: it was the survivor's own before
    owner = ContactPoint.objects.get(value="10000000031", owns=True, active=True).customer
    assert owner.name == "白示新"


def test_a_number_taken_over_meanwhile_is_named(cast):
    goes, stays = archive(cast, "沈知霞", "10000000031"), archive(cast, "沈知夏", "10000000032")
    link = actions.add_family(customer=stays, relation="sibling", relative=goes, by=cast.manager, at=cast.at)
    shared = actions.add_contact(customer=stays, kind="phone", value="10000000031", by=cast.manager, at=cast.at)
    assert (shared.owns, shared.family_link) == (False, link)
    made = merge(cast, stays, goes)
    shared.refresh_from_db()
    assert (shared.owns, shared.family_link) == (True, None)
    actions.retire_contact(contact=shared, reason="换号", by=cast.manager, at=cast.at)
    archive(cast, "白示新", "10000000031")
    with pytest.raises(Refused) as refused:
        undo(cast, made)
    assert "100 **** 0031 现在属于另一位客户" in str(refused.value)
    assert Customer.objects.get(pk=goes.pk).merged_into == stays


def test_open_offers_about_the_merged_one_are_taken_back(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    offer = actions.offer_customer(
        customer=goes, to=cast.manager2, role="health_manager", reason="休假", by=cast.manager, at=cast.at
    )
    made = merge(cast, stays, goes)
    assert refusal(accept, assignment=offer, by=cast.manager2, at=cast.at) == "answered"
    undo(cast, made)
    accept(assignment=Assignment.objects.get(pk=offer.pk), by=cast.manager2, at=cast.at)
    assert Customer.objects.get(pk=goes.pk).health_manager == cast.manager2


def test_nobody_works_at_an_archive_that_became_part_of_another(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    merge(cast, stays, goes)
    by, at = cast.manager, cast.at
    assert refusal(actions.add_contact, customer=goes, kind="phone", value="10000000033", by=by, at=at) == "merged"
    assert refusal(actions.reopen_customer, customer=goes, reason="回来了", by=by, at=at) == "merged"
    with pytest.raises(Refused) as refused:
        actions.update_archive(customer=goes, changes={"address": "新家"}, by=by, at=at)
    assert refused.value.details == {"customer": f"cus_{stays.pk}"}


@pytest.mark.req("SEC-001", part="scope")
def test_who_may_merge_whom(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    elsewhere = archive(
        cast,
        "沈知侠",
        "10000000033",
        by=cast.sh_manager,
        node=cast.sh,
        doctor=cast.sh_doctor,
        health_manager=cast.sh_manager,
    )
    with pytest.raises(Forbidden):
        merge(cast, stays, goes, by=cast.manager)
    for pair in ((stays, elsewhere), (elsewhere, goes)):
        with pytest.raises(OutOfScope):
            merge(cast, *pair)
    made = merge(cast, stays, goes)
    with pytest.raises(Forbidden):
        undo(cast, made, by=cast.manager)
    assert queries.merge_seen(cast.director, made.pk) == made
    assert queries.merge_seen(cast.sh_manager, made.pk) is None


def test_what_a_merge_asks_for(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    for reason, code in (("", "required"), ("长" * 201, "too_long")):
        with pytest.raises(Invalid) as invalid:
            merge(cast, stays, goes, reason=reason)
        assert [(error.field, error.code) for error in invalid.value.errors] == [("reason", code)]
    assert refusal(merge, cast, stays, stays) == "same_person"
    seen = Customer.objects.get(pk=goes.pk).version
    change(cast, goes, address="建国路 2 号")
    assert refusal(merge, cast, stays, goes, merged_version=seen) == "changed_meanwhile"
    actions.close_customer(customer=stays, reason="搬走", by=cast.director, at=cast.at)
    assert refusal(merge, cast, stays, goes) == "survivor_closed"
    assert not Merge.objects.exists()


def test_the_archive_of_somebody_who_died_is_not_merged_into_a_living_one(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    record_death(customer=goes, told_by="女儿", by=cast.manager, at=cast.at)
    with pytest.raises(Refused) as refused:
        merge(cast, stays, goes)
    assert (refused.value.code, refused.value.details["obstacles"][0]["url"]) == (
        "in_the_way",
        f"/customers/{goes.pk}/",
    )
    assert refusal(merge, cast, goes, stays) == "survivor_closed"


def test_a_merge_is_told_in_the_trail_and_on_the_timeline(cast):
    stays, goes = archive(cast, "沈知夏", "10000000031"), archive(cast, "沈知霞", "10000000032")
    made = merge(cast, stays, goes)
    rows = AuditEntry.objects.filter(subject_kind="customers.merge", subject_id=made.pk).order_by("pk")
    assert list(rows.values_list("code", "customer_id", "reason")) == [
        ("customers.customer.merged", stays.pk, WHY), ("customers.customer.merged_away", goes.pk, WHY),
    ]  # fmt: skip
    line = queries.timeline(stays).first()
    assert (line.item, line.lines) == ("并入沈知霞的档案", [WHY])
    undo(cast, made)
    assert queries.timeline(goes).first().item == "撤销与沈知夏的档案合并"


def test_who_may_be_one_person(cast):
    born = {"birth_date": date(1985, 6, 12), "age": None}
    first, second = archive(cast, "沈知夏", "10000000031", **born), archive(cast, "沈知夏", "10000000032", **born)
    again = lead(cast, "小沈", "10000000031")
    assert list(queries.like_pairs(cast.director).values_list("first", "second", "why")) == [(first.pk, again.pk, 3)]
    change(cast, second, card_number="C-1")
    change(cast, again, card_number="C-1")
    look_for_pairs(by=cast.system, at=cast.at)
    found = queries.like_pairs(cast.director)
    assert list(found.values_list("first", "second", "why")) == [
        (first.pk, again.pk, 3), (second.pk, again.pk, 2), (first.pk, second.pk, 1),
    ]  # fmt: skip
    namesakes = found.get(why=1)
    with pytest.raises(Forbidden):
        actions.dismiss_pair(pair=namesakes, reason="同名", by=cast.manager, at=cast.at)
    actions.dismiss_pair(pair=namesakes, reason="同名同生日，身份证不同", by=cast.director, at=cast.at)
    change(cast, again, card_number="")
    look_for_pairs(by=cast.system, at=cast.at + timedelta(days=1))
    assert list(queries.like_pairs(cast.director).values_list("why", flat=True)) == [3]
    assert LikePair.objects.get(pk=namesakes.pk).dismissed_by == cast.director
    assert not queries.like_pairs(cast.sh_manager).exists()
    merge(cast, first, again)
    assert not queries.like_pairs(cast.director).exists()


def test_a_family_that_shares_a_number_is_no_pair(cast):
    mother = archive(cast, "沈知夏", "10000000031")
    child = archive(cast, "沈小白", "10000000032")
    actions.add_family(customer=child, relation="parent", relative=mother, by=cast.manager, at=cast.at)
    actions.add_contact(customer=child, kind="phone", value="10000000031", by=cast.manager, at=cast.at)
    look_for_pairs(by=cast.system, at=cast.at)
    assert not LikePair.objects.exists()
