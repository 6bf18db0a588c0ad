"""Forms of the customer pages. What they cannot know (who owns a number, which rights reach) the actions say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import CaptureWay, CheckMethod, CheckResult, ContactKind, IdentityPaper, Relation
from kefu.customers.fields import Choice, ModelChoice
from kefu.customers.models import Customer, FamilyLink, Source
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.queries import EVERYWHERE, access_of, colleagues_with
from kefu.foundation.access.rules import Permission, need_of
from kefu.foundation.ui.forms import KefuForm, LongAgoField
from kefu.organisation.choices import NodeKind, Sex
from kefu.organisation.models import Node, User

AT_THE_DESK = [(way.value, way.label) for way in (CaptureWay.COUNTER, CaptureWay.QUESTIONNAIRE)]
SEXES = [("", _("不详")), *Sex.choices]
NOT_CENTRES = (NodeKind.HEAD_OFFICE, NodeKind.DEPARTMENT)


def reachable_nodes(user: User, permission: Permission) -> Any:
    """Open nodes a permission reaches, for own customers or all."""
    reach = access_of(user).reach(permission)
    nodes = reach.nodes(need_of(permission).level)
    open_nodes = Node.objects.filter(closed_on__isnull=True)
    return open_nodes if nodes is EVERYWHERE else open_nodes.filter(pk__in=nodes | reach.own)


class LeadForm(KefuForm):
    """A new person: name and number, and what is known besides."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=40, help_text=_("手机号，或带区号的座机"))
    sex = forms.ChoiceField(label=_("性别"), choices=SEXES, required=False)
    age = forms.IntegerField(label=_("年龄"), min_value=0, max_value=130, required=False)
    source = Choice(label=_("客户来源"), queryset=Source.objects.none(), required=False)
    node = Choice(label=_("分中心"), queryset=Node.objects.none())
    note = forms.CharField(label=_("备注"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    capture = forms.ChoiceField(label=_("登记方式"), choices=AT_THE_DESK, required=False)
    paper_mark = forms.CharField(
        label=_("原件存放处"), max_length=80, required=False, help_text=_("有纸质登记表或问卷时，写柜号、盒号或编号")
    )

    def clean_capture(self) -> str:
        """Nothing chosen is the counter."""
        return self.cleaned_data["capture"] or CaptureWay.COUNTER.value

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("node", user.node_id)
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Source.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["node"].queryset = reachable_nodes(user, CustomerPermission.LEAD_CREATE)  # type: ignore[attr-defined]


class ArchiveForm(KefuForm):
    """The mandatory fields of an archive. They are checked by the action, all at once, so none is required here (CUS-001)."""

    name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    sex = forms.ChoiceField(label=_("性别"), choices=SEXES, required=False)
    birth_date = LongAgoField(label=_("出生日期"), required=False)
    age = forms.IntegerField(
        label=_("年龄"), min_value=0, max_value=130, required=False, help_text=_("不知道出生日期时填")
    )
    phone = forms.CharField(label=_("联系电话"), max_length=40, required=False)
    node = Choice(label=_("分中心"), queryset=Node.objects.none(), required=False)
    doctor = Choice(label=_("功能医生"), queryset=User.objects.none(), required=False)
    health_manager = Choice(label=_("健康管理师"), queryset=User.objects.none(), required=False)
    source = Choice(label=_("客户来源"), queryset=Source.objects.none(), required=False)
    remarks = forms.CharField(
        label=_("备注"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    remarks_none = forms.BooleanField(label=_("没有备注"), required=False)
    relative = Choice(label=_("与哪位客户是一家人"), queryset=Customer.objects.none(), required=False)
    relation = forms.ChoiceField(
        label=_("那位客户是他（她）的"), choices=[("", _("请选择")), *Relation.choices], required=False
    )
    guardian = forms.BooleanField(label=_("那位客户是监护人"), required=False)
    proxy = forms.BooleanField(label=_("那位客户可以代办"), required=False)

    MARKED = ("name", "age", "phone", "node", "doctor", "health_manager", "source", "remarks")
    FAMILY = ("relative", "relation", "guardian", "proxy")

    def __init__(
        self, *args: Any, user: User, customer: Customer, has_phone: bool, relatives: list[Customer], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        centres = reachable_nodes(user, CustomerPermission.ARCHIVE_EDIT).exclude(kind__in=NOT_CENTRES)
        self.fields["node"].queryset = centres  # type: ignore[attr-defined]
        node_id = self._node_id() or customer.node_id
        self.fields["doctor"].queryset = colleagues_with("doctor", node_id)  # type: ignore[attr-defined]
        self.fields["health_manager"].queryset = colleagues_with("health_manager", node_id)  # type: ignore[attr-defined]
        self.fields["source"].queryset = Source.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["relative"].queryset = Customer.objects.filter(pk__in=[one.pk for one in relatives])  # type: ignore[attr-defined]
        if has_phone:
            del self.fields["phone"]

    def _node_id(self) -> int | None:
        chosen = str(self.data.get("node") or "") if self.is_bound else str(self.initial.get("node") or "")
        return int(chosen) if chosen.isdigit() else None


class EditForm(KefuForm):
    """The archive, field by field; only those with the right see the medical history."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    sex = forms.ChoiceField(label=_("性别"), choices=SEXES, required=False)
    birth_date = LongAgoField(label=_("出生日期"), required=False)
    age = forms.IntegerField(
        label=_("年龄"), min_value=0, max_value=130, required=False, help_text=_("不知道出生日期时填")
    )
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    card_number = forms.CharField(label=_("会员卡号"), max_length=40, required=False)
    occupation = forms.CharField(label=_("职业"), max_length=60, required=False)
    source = Choice(label=_("客户来源"), queryset=Source.objects.none(), required=False)
    paper_mark = forms.CharField(label=_("原件存放处"), max_length=80, required=False)
    personality = forms.CharField(label=_("性格"), max_length=200, required=False)
    interests = forms.CharField(label=_("兴趣"), max_length=200, required=False)
    hobbies = forms.CharField(label=_("爱好"), max_length=200, required=False)
    special_needs = forms.CharField(label=_("特殊要求"), max_length=200, required=False)
    caution = forms.CharField(
        label=_("注意事项"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("一行一条，打开客户时先看到；最要紧的一行以！开头"),
    )  # fmt: skip
    medical_history = forms.CharField(
        label=_("基本病史"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    remarks = forms.CharField(
        label=_("备注"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    remarks_none = forms.BooleanField(label=_("没有备注"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, medical: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Source.objects.all()  # type: ignore[attr-defined]
        if not medical:
            del self.fields["medical_history"]


class ContactForm(KefuForm):
    """Another way to reach the customer."""

    kind = forms.ChoiceField(label=_("种类"), choices=ContactKind.choices)
    value = forms.CharField(label=_("号码或地址"), max_length=120)


class PaperForm(KefuForm):
    """An identity paper; the number is concealed once it is saved."""

    kind = forms.ChoiceField(label=_("证件种类"), choices=IdentityPaper.choices)
    number = forms.CharField(label=_("证件号码"), max_length=60)


class FamilyForm(KefuForm):
    """A family member, by archive or by name."""

    relative = forms.CharField(label=_("已有的客户"), required=False)
    name = forms.CharField(label=_("姓名"), max_length=60, required=False, help_text=_("没有档案时填"))
    relation = forms.ChoiceField(label=_("关系"), choices=Relation.choices)
    guardian = forms.BooleanField(label=_("是监护人"), required=False)
    proxy = forms.BooleanField(label=_("可以代办"), required=False)


class Relative(ModelChoice):
    """Somebody of the customer's family, by name and relation; nobody chosen is the customer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=FamilyLink.objects.none(), required=False, empty_label=_("客户本人"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.called} {obj.get_relation_display()}"

    def of(self, customer: Customer, *, trusted: bool = False) -> None:
        """Offer the family; of them only guardians and proxies where `trusted`."""
        found = customer.family.filter(active=True).select_related("relative", "customer")
        self.queryset = found.filter(Q(guardian=True) | Q(proxy=True)) if trusted else found


class IdentityForm(KefuForm):
    """Who came or called, how the identity was checked and whether it held (CUS-037)."""

    link = Relative(label=_("来人或来电"))
    method = forms.ChoiceField(label=_("办法"), choices=CheckMethod.choices)
    result = forms.ChoiceField(label=_("结果"), choices=CheckResult.choices)
    note = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("没有核实时请写明情况"))

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["link"]
        if isinstance(field, Relative):
            field.of(customer)


class OwnerForm(KefuForm):
    """Direct assignment, for those who may assign."""

    node = Choice(label=_("分中心"), queryset=Node.objects.none())
    health_manager = Choice(label=_("健康管理师"), queryset=User.objects.none())
    doctor = Choice(label=_("功能医生"), queryset=User.objects.none())
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, user: User, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = reachable_nodes(user, CustomerPermission.OWNER_ASSIGN).exclude(kind__in=NOT_CENTRES)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        chosen = str(self.data.get("node") or customer.node_id)
        node_id = int(chosen) if chosen.isdigit() else customer.node_id
        self.fields["health_manager"].queryset = colleagues_with("health_manager", node_id)  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = colleagues_with("doctor", node_id)  # type: ignore[attr-defined]


class OfferForm(KefuForm):
    """Offering the customer to a colleague, who has to accept."""

    role = forms.ChoiceField(label=_("移交"), choices=[("health_manager", _("健康管理师")), ("doctor", _("功能医生"))])
    to = Choice(label=_("移交给"), queryset=User.objects.none())
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, user: User, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        managers = colleagues_with("health_manager", customer.node_id)
        doctors = colleagues_with("doctor", customer.node_id)
        self.fields["to"].queryset = (managers | doctors).exclude(pk=user.pk)  # type: ignore[attr-defined]


class SubjectExportForm(KefuForm):
    """What everything held about a customer is handed over for."""

    reason = forms.CharField(label=_("用途"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ExportForm(KefuForm):
    """What an export is for, and as which spreadsheet."""

    reason = forms.CharField(label=_("用途"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    form = forms.ChoiceField(label=_("格式"), choices=[("xlsx", "Excel"), ("csv", "CSV")])
