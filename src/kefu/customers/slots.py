"""What customers add to the pages, and what a merge does with their own tables."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kefu.administration.queries.audit import also_written_under
from kefu.administration.setup import register_check
from kefu.customers import queries
from kefu.customers.actions.consent_merging import combine_consents
from kefu.customers.actions.erasing import forget_import_files, reindex_family
from kefu.customers.actions.facts import combine_cards
from kefu.customers.actions.flags import combine_flags
from kefu.customers.actions.ownership import DOCTOR, MANAGER, take_over_as_doctor, take_over_as_manager
from kefu.customers.actions.privacy import combine_requests
from kefu.customers.bulk import BULK, CUSTOMERS
from kefu.customers.erasing import REMOVE, Keep, afterwards, erases, scrub
from kefu.customers.facts_tab import facts_panel
from kefu.customers.merging import combine, keep, look, repoint
from kefu.customers.models import Customer, OwnershipChange
from kefu.customers.permissions import CustomerPermission
from kefu.customers.privacy_work import requested
from kefu.customers.referral_uniting import unite_prompts, unite_referred, unite_referrers
from kefu.customers.referrals_tab import asked, referrals_panel
from kefu.customers.sentences import TAKE_AS_DOCTOR, TAKE_AS_MANAGER
from kefu.customers.subject_data import contribute, fact_words, leave_out, paper_number
from kefu.customers.tabs import consents_panel, health_panel, readers_panel, timeline_panel
from kefu.customers.tracked import owed, standing_panel
from kefu.customers.uniting import (
    one_who_died,
    unite_contacts,
    unite_family,
    unite_offers,
    unite_relatives,
    unite_standings,
)
from kefu.customers.worth_tab import tier_head
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.assignments.registry import AssignmentKind
from kefu.foundation.assignments.registry import register as register_assignment
from kefu.foundation.lists.specs import register_bulk, register_list
from kefu.foundation.slots.registry import (
    CreateItem,
    CustomerHead,
    CustomerTab,
    Hit,
    NavItem,
    SearchGroup,
    register,
    register_work,
)
from kefu.organisation.models import User
from kefu.people.anonymity import register_names


def _hits(user: User, text: str, limit: int) -> list[Hit]:
    return [_hit(customer) for customer in queries.search(user, text, limit)]


def _hit(customer: Customer) -> Hit:
    parts = [customer.get_sex_display(), customer.archive_number or customer.get_stage_display(), customer.node.label]
    note = " · ".join(str(part) for part in parts if part)
    return Hit(customer.name or str(_("未留姓名")), note, reverse("customers:page", args=[customer.pk]))


def names_customer(text: str, colleague: User) -> bool:
    """Whether a text holds the name of somebody the colleague is, or was, responsible for."""
    theirs = Q(doctor=colleague) | Q(health_manager=colleague) | Q(pk__in=_formerly_of(colleague))
    named = Customer.objects.annotate(text=Value(text), letters=Length("name")).filter(theirs, letters__gte=2)
    return named.filter(text__contains=F("name")).exists()


def _formerly_of(colleague: User) -> QuerySet[OwnershipChange, int]:
    once = Q(doctor_before=colleague) | Q(manager_before=colleague)
    return OwnershipChange.objects.filter(once).values_list("customer_id", flat=True)


def _customer_url(assignment: Assignment) -> str:
    return reverse("customers:page", args=[assignment.subject_id])


WORDS = ("pinyin", "initials", "sex", "birth_date", "age_stated", "age_stated_on", "archive_number", "remarks", "address", "card_number", "occupation",
         "medical_history", "personality", "interests", "hobbies", "special_needs", "caution", "search_text", "paper_mark", "grams", "medical_grams")  # fmt: skip
"""What the archive says of a person, besides the name."""
ARCHIVE = scrub(*WORDS, keep=("name", "closed_reason"))  # both written by the erasure itself
contribute("customers.Customer", "pk", _("客户档案"), only=Q(merged_into__isnull=True), erase=ARCHIVE)
contribute("customers.Customer", "merged_into", _("并入的档案"), erase=ARCHIVE)
contribute("customers.ContactPoint", "customer", _("联系方式"), erase=REMOVE)
contribute("customers.IdentityDocument", "customer", _("证件"), more=paper_number, erase=REMOVE)
contribute("customers.FamilyLink", "customer", _("家人"), erase=scrub("name", active=False))
contribute("customers.FamilyLink", "relative", _("是谁的家人"), erase=scrub("name", active=False))
contribute("customers.IdentityCheck", "customer", _("核对身份"), erase=scrub("note"))
contribute("customers.ConsentEntry", "customer", _("同意"), erase=scrub("note"))
contribute("customers.OwnershipChange", "customer", _("归属变更"), erase=scrub("reason"))
contribute("customers.TimelineLine", "customer", _("时间线"), more=fact_words, erase=REMOVE)
contribute("customers.Standing", "customer", _("分级"), erase=scrub())
contribute("customers.Assessment", "customer", _("追踪"), erase=scrub("note", "reason"))
contribute("customers.RungChange", "customer", _("线索整理"), erase=scrub("note"))
contribute("customers.Deal", "customer", _("成交"), erase=scrub(keep=("contract_number",)))
contribute("customers.DealCheck", "deal__customer", _("成交审核"), erase=scrub("note"))
contribute("customers.Flag", "customer", _("标记"), erase=scrub("reason", "ended_reason"))
contribute("customers.Incident", "customer", _("意外情况"), erase=REMOVE)
contribute("customers.BusinessCard", "customer", _("经营客户卡"), erase=REMOVE)
contribute("customers.LifeEvent", "customer", _("日子"), erase=REMOVE)
contribute("customers.Disclosure", "link__customer", _("可以告诉家人的"), erase=scrub("note", keep=("topics",)))
contribute("customers.Death", "customer", _("去世登记"), erase=scrub("died_on", "told_by", "undone_reason"))
contribute("customers.Referral", "referrer", _("带来了谁"), erase=scrub())
contribute("customers.Referral", "referred", _("由谁介绍来"), erase=scrub())
contribute("customers.ReferralStep", "referral__referred", _("转介绍的进展"), erase=scrub("result"))
contribute("customers.ReferralPrompt", "customer", _("请客户介绍"), erase=scrub("note"))
contribute("customers.Reward", "referral__referrer", _("给介绍人的好处"), erase=scrub(keep=("benefit",)))
contribute("customers.SubjectExport", "customer", _("导出本人资料"), erase=REMOVE)
contribute("customers.Merge", "survivor", _("合并记录"), erase=scrub("reason", "undone_reason", "fields"))
contribute("customers.Merge", "merged", _("合并记录"), erase=scrub("reason", "undone_reason", "fields"))
contribute("customers.MovedCustomer", "customer", _("属地划转"), erase=scrub("why", "carried"))
contribute("customers.PrivacyRequest", "customer", _("对资料的要求"), erase=scrub("ground", "decided_reason"))
contribute("customers.LegalHold", "customer", _("保留要求"), erase=scrub("reason", "lifted_reason"))
contribute("customers.CustomerValue", "customer", _("价值分层"), erase=REMOVE)
contribute("customers.TierChange", "customer", _("分层的变化"), erase=REMOVE)
leave_out("customers.MergeMove", "where rows stood that are told where they stand now")
leave_out("customers.LikePair", "a guess of the program about two people, which would tell each of the other")
for side in ("survivor", "merged"):
    erases("customers.MergeMove", f"merge__{side}", REMOVE)
for side in ("first", "second"):
    erases("customers.LikePair", side, REMOVE)
contribute(
    "approvals.ApprovalRequest", "customer_id", _("请示"),
    erase=scrub("text", "proposal", keep=("kind", "subject_kind", "matter", "levels", "roles")),
)  # fmt: skip
contribute("approvals.Decision", "request__customer_id", _("请示的批示"), erase=scrub("comment"))
leave_out(
    "assignments.Assignment", "asks one colleague of another; who became responsible stands in the changes of owners"
)
leave_out("files.Attachment", "the files themselves are in the archive, under their names")
leave_out("printing.Print", "the papers themselves are in the archive")
leave_out("notices.Notice", "rings for a colleague; what happened stands in its own table")
leave_out("outbox.OutboxMessage", "the way to another system; what was sent stands with the messages")
leave_out("outbox.DeliveryReceipt", "the way to another system; what became of it stands with the messages")
leave_out("audit.CustomerKey", "opens the concealed values of the trail and says nothing itself")
leave_out(
    "audit.AuditEntry",
    "the sealed trail of what colleagues did; who read is on the page, what changed stands in the tables",
)
erases("assignments.Assignment", "customer_id", REMOVE)
erases("files.Attachment", "customer_id", REMOVE)
erases("printing.Print", "customer_id", REMOVE)
erases("notices.Notice", "customer_id", REMOVE)
erases(
    "outbox.OutboxMessage",
    "customer_id",
    scrub("payload", "last_error", keep=("channel", "key", "subject_kind", "via", "references")),
)
erases("outbox.DeliveryReceipt", "message__customer_id", scrub("code", keep=("channel", "reference", "outcome")))
erases("audit.CustomerKey", "customer_id", REMOVE)
erases(
    "audit.AuditEntry", "customer_id", Keep("the sealed chain: personal values in it cannot be read without the key")
)
afterwards(forget_import_files)
afterwards(reindex_family)
register(
    CustomerTab("timeline", _("时间线"), 10, CustomerPermission.ARCHIVE_VIEW, timeline_panel),
    CustomerTab("health", _("健康资料"), 20, CustomerPermission.MEDICAL_VIEW, health_panel),
    CustomerTab("facts", _("了解与照顾"), 25, CustomerPermission.ARCHIVE_VIEW, facts_panel),
    CustomerTab("referrals", _("转介绍"), 62, CustomerPermission.GRADING_VIEW, referrals_panel),
    CustomerTab("standing", _("追踪与分级"), 60, CustomerPermission.GRADING_VIEW, standing_panel),
    CustomerTab("consents", _("同意"), 80, CustomerPermission.ARCHIVE_VIEW, consents_panel),
    CustomerTab("readers", _("谁看过"), 90, CustomerPermission.READERS_VIEW, readers_panel),
    SearchGroup("customers", _("客户"), 10, CustomerPermission.ARCHIVE_VIEW, _hits),
    NavItem(
        "customers",
        10,
        pgettext_lazy("navigation", "客户"),
        "users",
        "customers:list",
        CustomerPermission.ARCHIVE_VIEW,
        key="c",
    ),
    NavItem("customers", 11, _("追踪"), "target", "customers:trackings", CustomerPermission.GRADING_VIEW),
    NavItem("customers", 14, _("客户群"), "filter", "customers:segments", CustomerPermission.GRADING_VIEW),
    NavItem("customers", 15, _("客户价值"), "crown", "customers:values", CustomerPermission.GRADING_VIEW),
    NavItem("management", 48, _("分层标准"), "crown", "customers:value_standard", CustomerPermission.VALUE_RUN),
    CustomerHead("tier", 5, CustomerPermission.GRADING_VIEW, "customers/tier_head.html", tier_head),
    NavItem("customers", 13, _("转介绍"), "users-group", "customers:referrals", CustomerPermission.GRADING_VIEW),
    NavItem("management", 46, _("转介绍奖励"), "gift", "customers:referral_plans", CustomerPermission.REFERRAL_PLANS),
    NavItem(
        "customers", 16, _("资料要求"), "shield-check", "customers:privacy_requests", CustomerPermission.PRIVACY_DECIDE
    ),
    NavItem(
        "management",
        47,
        _("属地划转"),
        "arrows-exchange",
        "customers:territory_moves",
        CustomerPermission.TERRITORY_MOVE,
    ),
    NavItem("management", 83, _("客户来源"), "route", "customers:sources", CustomerPermission.SOURCE_EDIT),
    NavItem("customers", 12, _("线索整理"), "list-check", "customers:leads", CustomerPermission.GRADING_TRACK),
    NavItem("management", 84, _("同意"), "shield-check", "customers:consent_texts", CustomerPermission.CONSENT_TEXTS),
    CreateItem(10, _("登记新客户"), "customers:new", CustomerPermission.LEAD_CREATE),
    CreateItem(90, _("请示"), "customers:instruction_new"),
)
register_list(CUSTOMERS)
register_bulk(*BULK)
register_work("trackings", owed)
register_work("referrals", asked)
register_work("privacy", requested)
register_assignment(AssignmentKind(MANAGER, TAKE_AS_MANAGER, take_over_as_manager, _customer_url))
register_assignment(AssignmentKind(DOCTOR, TAKE_AS_DOCTOR, take_over_as_doctor, _customer_url))

register_names("customers", names_customer)
combine("customers.ConsentEntry", "customer", combine_consents, _("同意"))
combine("customers.ContactPoint", "customer", unite_contacts, _("联系方式"))
combine("customers.FamilyLink", "customer", unite_family, _("家人"))
combine("customers.FamilyLink", "relative", unite_relatives)
repoint("customers.IdentityCheck", "customer", _("核对身份"))
repoint("customers.OwnershipChange", "customer", _("归属变更"))
repoint("customers.TimelineLine", "customer", _("时间线"))
repoint("customers.Assessment", "customer", _("追踪"))
repoint("customers.SubjectExport", "customer")
combine("customers.PrivacyRequest", "customer", combine_requests, _("对资料的要求"))
repoint("customers.LegalHold", "customer", _("保留要求"))
repoint("customers.RungChange", "customer")
repoint("customers.IdentityDocument", "customer", _("证件"))
combine("customers.Flag", "customer", combine_flags, _("标记"))
repoint("customers.Incident", "customer")
combine("customers.BusinessCard", "customer", combine_cards, _("经营客户卡"))
repoint("customers.LifeEvent", "customer", _("日子"))
combine("customers.Referral", "referrer", unite_referrers, _("转介绍"))
combine("customers.Referral", "referred", unite_referred)
combine("customers.ReferralPrompt", "customer", unite_prompts)
repoint("customers.Death", "customer")
look(one_who_died)
repoint("customers.Deal", "customer", _("成交"))
combine("customers.Standing", "customer", unite_standings)
keep("customers.MovedCustomer", "customer")
repoint("customers.Customer", "merged_into")
combine("assignments.Assignment", "customer_id", unite_offers)
repoint("approvals.ApprovalRequest", "customer_id", _("请示"))
repoint("files.Attachment", "customer_id", _("附件"))
repoint("printing.Print", "customer_id", _("打印件"))
repoint("outbox.OutboxMessage", "customer_id")
repoint("notices.Notice", "customer_id")
for model, field in (
    ("audit.AuditEntry", "customer_id"), ("audit.CustomerKey", "customer_id"), ("customers.Merge", "survivor"), ("customers.Merge", "merged"),
    ("customers.CustomerValue", "customer"), ("customers.TierChange", "customer"), ("customers.LikePair", "first"), ("customers.LikePair", "second"),
):  # fmt: skip
    keep(model, field)
also_written_under(queries.ids_under)
register_check(
    "customers", _("录入或导入第一批客户"), "/imports/customers/", lambda: Customer.objects.exists(), order=60
)
