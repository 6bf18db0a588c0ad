"""Nodes, rooms, users, roles and grants (ORG-001, ORG-009, ORG-011, SEC-001)."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kefu.organisation.choices import Level, NodeKind, RoleScope, SessionEnd, Sex


class Labelled(models.Model):
    """A row of configuration with a name in both languages."""

    zh = models.CharField(_("中文名"), max_length=200)
    en = models.CharField(_("英文名"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        """The name in the reader's language, Chinese where English is missing."""
        return self.en if self.en and (get_language() or "").startswith("en") else self.zh

    def __str__(self) -> str:
        return self.label


class Node(Labelled):
    """A place in the tree: head office, department, centre, office, partner. Every record belongs to one (ORG-009)."""

    code = models.CharField(_("编码"), max_length=20, unique=True)
    kind = models.CharField(_("类别"), max_length=20, choices=NodeKind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    calendar_code = models.CharField(_("工作日历"), max_length=40, default="centre")
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        ordering = ["code"]


class Room(Labelled):
    """A room in which a doctor consults or a sample is taken."""

    code = models.CharField(_("编码"), max_length=20, unique=True)
    node = models.ForeignKey(Node, models.PROTECT, related_name="rooms")
    kind = models.CharField(_("用途"), max_length=20)


class UserManager(BaseUserManager["User"]):
    """Finds users; accounts are opened by administration.actions."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person who works here, known by the job number stamped on each record (ORG-011), or a system that acts."""

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    job_number = models.CharField(_("工号"), max_length=20, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    pinyin = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=40, blank=True)
    sex = models.CharField(_("性别"), max_length=10, choices=Sex.choices, blank=True)
    node = models.ForeignKey(Node, models.PROTECT, related_name="users", verbose_name=_("所属机构"))
    email = models.EmailField(_("邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    density = models.CharField(_("行距"), max_length=12, default="compact")
    theme = models.CharField(_("明暗"), max_length=8, default="light")
    is_active = models.BooleanField(_("在职"), default=True)
    is_system = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)  # its password is published: never let in where production runs
    must_change_password = models.BooleanField(default=False)
    undertaking_signed_on = models.DateField(_("保密协议签署日期"), null=True, blank=True)
    failed_logins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    session_generation = models.PositiveIntegerField(default=0)  # one more, and every session begun before is over
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"

    class Meta:
        ordering = ["job_number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(is_system=True) | Q(undertaking_signed_on__isnull=False),
                name="user_active_needs_undertaking",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """What a session must carry to count: bound to the password, and to the generation."""
        return f"{super().get_session_auth_hash()}.{self.session_generation}"


class LoginSession(models.Model):
    """A screen at which somebody is, or was, logged in: from what device and address, since when, and why it ended."""

    user = models.ForeignKey(User, models.PROTECT, related_name="login_sessions")
    key = models.CharField(max_length=40, unique=True)  # of the browser's session, and worth nothing once that is gone
    device = models.CharField(_("设备"), max_length=100, blank=True)
    address = models.GenericIPAddressField(_("来自"), null=True, blank=True)
    began_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, choices=SessionEnd.choices, blank=True)

    class Meta:
        ordering = ["-last_seen_at", "-id"]
        indexes = [models.Index(fields=["user"], name="login_session_open", condition=Q(ended_at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_why="") | Q(ended_at__isnull=False) & ~Q(ended_why=""),
                name="login_session_end_has_reason",
            )
        ]


class SecondFactor(models.Model):
    """The authenticator app of a person; the secret is sealed, and a code counts once: `last_step` is the latest one used."""

    user = models.OneToOneField(User, models.PROTECT, related_name="second_factor")
    sealed = models.BinaryField()
    since = models.DateTimeField()
    last_step = models.BigIntegerField()


class RecoveryCode(models.Model):
    """What lets a person in once without the telephone; only its hash is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="recovery_codes")
    hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "hash"], name="recovery_code_once")]


class Role(Labelled):
    """A position with its default reach; what it may do are its cells (ORG-001)."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    scope = models.CharField(_("范围"), max_length=20, choices=RoleScope.choices)
    pack = models.CharField(max_length=40, default="core")
    external = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]


class RolePart(models.Model):
    """A role that another contains: who holds the whole may do what the part may, wherever the whole was given (ORG-001)."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="parts")
    part = models.ForeignKey(Role, models.PROTECT, related_name="wholes")

    class Meta:
        ordering = ["part_id"]
        constraints = [
            models.UniqueConstraint(fields=["role", "part"], name="role_part_once"),
            models.CheckConstraint(condition=~Q(role=F("part")), name="role_part_of_another"),
        ]


class Function(Labelled):
    """A group of permissions that is granted as one (a column of the matrix)."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    module = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]


class RoleCell(models.Model):
    """One cell of the matrix: role x function x level. No row means none."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="cells")
    function = models.ForeignKey(Function, models.CASCADE, related_name="cells")
    level = models.PositiveSmallIntegerField(choices=Level.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "function"], name="role_cell_once")]


class Grant(models.Model):
    """A user holds a role at a node, and so below it, from a day until before another."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants")
    node = models.ForeignKey(Node, models.PROTECT, related_name="grants")
    valid_from = models.DateField(_("自"))
    valid_to = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "node", "valid_from"], name="grant_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="grant_period"
            ),
        ]


class StandIn(models.Model):
    """A colleague who acts for an absent one during a period, once accepted; the access layer reads it."""

    absent = models.ForeignKey(User, models.PROTECT, related_name="stand_ins")
    substitute = models.ForeignKey(User, models.PROTECT, related_name="stands_in_for")
    starts_at = models.DateTimeField(_("自"))
    ends_at = models.DateTimeField(_("至"))
    reason = models.CharField(_("原因"), max_length=200)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="stand_in_period"),
            models.CheckConstraint(condition=~Q(absent=F("substitute")), name="stand_in_other_person"),
        ]
