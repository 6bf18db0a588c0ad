"""Closed lists of the customer archive."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    """How far a person has come: a lead, a customer with an open archive, or one who left."""

    LEAD = "lead", _("线索")
    ACTIVE = "active", _("已建档")
    CLOSED = "closed", _("已关闭")


class ContactKind(TextChoices):
    """Ways to reach a person."""

    PHONE = "phone", _("电话")
    EMAIL = "email", _("邮箱")
    WECHAT = "wechat", _("微信")


class Relation(TextChoices):
    """What the other person is to the customer."""

    SPOUSE = "spouse", _("配偶")
    PARENT = "parent", _("父母")
    CHILD = "child", _("子女")
    SIBLING = "sibling", _("兄弟姐妹")
    GRANDPARENT = "grandparent", _("祖父母")
    GRANDCHILD = "grandchild", _("孙辈")
    OTHER = "other", _("其他家人")


class CheckMethod(TextChoices):
    """How a caller or visitor showed who he or she is (CUS-037)."""

    ACCOUNT = "account", _("档案号或会员卡号")
    PERSONAL_DATA = "personal_data", _("核对个人资料")
    ID_CARD = "id_card", _("查看身份证件")
    CALLBACK = "callback", _("回拨登记号码")
    KNOWN = "known", _("当面认识")


class CheckResult(TextChoices):
    """Whether the identity held."""

    PASSED = "passed", _("已核实")
    FAILED = "failed", _("未通过")


class CaptureWay(TextChoices):
    """How somebody first came into the archive (CUS-010)."""

    COUNTER = "counter", _("柜台登记")
    ONLINE = "online", _("网上登记")
    QUESTIONNAIRE = "questionnaire", _("问卷")
    IMPORT = "import", _("表格导入")
    API = "api", _("其他系统")


class FactKind(TextChoices):
    """Kinds of lines on the service timeline (CUS-007)."""

    ARCHIVE = "archive", _("档案")
    IDENTITY = "identity", _("核对身份")
    APPOINTMENT = "appointment", _("预约")
    CONSULTATION = "consultation", _("问诊")
    TEST = "test", _("检测")
    KIT = "kit", _("检测盒")
    SAMPLE = "sample", _("样本")
    REPORT = "report", _("报告")
    PURCHASE = "purchase", _("购买")
    DISPATCH = "dispatch", _("发货")
    SPENDING = "spending", _("消费")
    SURVEY = "survey", _("满意度")
    FOLLOWUP = "followup", _("回访")
    CONTACT = "contact", _("联系")
    COMPLAINT = "complaint", _("投诉")
    MESSAGE = "message", _("消息")
    JOURNEY = "journey", _("服务流程")
    NOTE = "note", _("备注")


class Grade(TextChoices):
    """How near a deal is: the nearer, the more often the customer is looked after (CUS-014)."""

    A = "A", _("A 级")
    B = "B", _("B 级")
    C = "C", _("C 级")
    D = "D", _("D 级")
    E = "E", _("E 级")


class Demand(TextChoices):
    """Whether and when the customer needs something (CUS-012)."""

    TARGET = "target", _("目标：现在就需要")
    LATENT = "latent", _("潜在：以后会需要")
    DEAD = "dead", _("无需求：不会需要")


class DealState(TextChoices):
    """How far a deal has come (CUS-012)."""

    CLOSED = "closed", _("已成交")
    NEGOTIATING = "negotiating", _("洽谈中")
    POTENTIAL = "potential", _("潜在成交")


class Importance(TextChoices):
    """How much could be closed, or could come of it (CUS-012)."""

    KEY = "key", _("重要")
    ORDINARY = "ordinary", _("普通")
    MINOR = "minor", _("次要")


class Urgency(TextChoices):
    """How soon one has to act (CUS-013)."""

    URGENT = "urgent", _("紧急")
    FAIRLY = "fairly", _("较紧急")
    NOT_URGENT = "not_urgent", _("不紧急")
    SLOW = "slow", _("慢")


class Rung(IntegerChoices):
    """Steps of the lead ladder, the lowest first (CUS-035)."""

    ENQUIRER = 1, _("未注册的在线咨询者")
    LEAD = 2, _("一般线索")
    INTENDED = 3, _("意向客户")
    PROSPECT = 4, _("准客户")


class IdentityPaper(TextChoices):
    """Papers a customer is identified by; the values are those of the kernel's `PaperKind`."""

    RESIDENT = "resident", _("居民身份证")
    PASSPORT = "passport", _("护照")
    HK_MACAO = "hk_macao", _("港澳居民来往内地通行证")
    TAIWAN = "taiwan", _("台湾居民来往大陆通行证")
    FOREIGN_RESIDENT = "foreign_resident", _("外国人永久居留身份证")
    OTHER = "other", _("其他证件")


class ConsentScope(TextChoices):
    """What a customer may agree to, each for itself."""

    HEALTH_DATA = "health_data", _("健康信息处理")
    MARKETING_PHONE = "marketing_phone", _("活动电话")
    MARKETING_SMS = "marketing_sms", _("活动短信")
    MARKETING_WECHAT = "marketing_wechat", _("活动微信")
    MARKETING_EMAIL = "marketing_email", _("活动邮件")
    FAMILY_RESULTS = "family_results", _("向家人告知结果")
    PARTNER_RESULTS = "partner_results", _("向合作机构提供结果")
    PHOTOGRAPHS = "photographs", _("拍摄照片")
    RECORDINGS = "recordings", _("录音录像")


class ConsentState(TextChoices):
    """What the latest row of the ledger says."""

    GIVEN = "given", _("已同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class ConsentMethod(TextChoices):
    """How the customer said so."""

    SIGNED = "signed", _("书面签字")
    SPOKEN = "spoken", _("当面口头")
    PHONE = "phone", _("电话")
    MESSAGE = "message", _("消息或邮件")
    ONLINE = "online", _("网上确认")


class ContactWay(TextChoices):
    """Ways in which we turn to a customer."""

    PHONE = "phone", _("电话")
    SMS = "sms", _("短信")
    WECHAT = "wechat", _("微信")
    EMAIL = "email", _("邮件")


class ContactPurpose(TextChoices):
    """What we turn to a customer for: what the service needs, or what we would like to sell or celebrate."""

    SERVICE = "service", _("服务")
    MARKETING = "marketing", _("活动与问候")


class FlagKind(TextChoices):
    """What colleagues must know before they deal with the customer (CUS-033, CUS-034)."""

    UNREASONABLE = "unreasonable", _("有过无理行为，请留意")
    REFUSE_TO_SELL = "refuse_to_sell", _("不再向其销售")
    ELDERLY = "elderly", _("老年人")
    DISABLED = "disabled", _("残障人士")
    REDUCED_MOBILITY = "reduced_mobility", _("行动不便")
    TECHNICAL = "technical", _("技术型客户")
    INCAPACITY = "incapacity", _("不具备完全行为能力")


class IncidentState(TextChoices):
    """In which state somebody without full capacity was (CUS-034)."""

    MENTALLY_ILL = "mentally_ill", _("精神异常")
    DRUNK = "drunk", _("醉酒")
    OTHER = "other", _("其他情形")


class Priority(TextChoices):
    """How a business customer's work is treated (CUS-031)."""

    KEY = "key", _("重点客户")
    SPECIAL = "special", _("特殊客户")
    ORDINARY = "ordinary", _("普通客户")


class Payment(TextChoices):
    """How a business customer pays (CUS-031)."""

    CASH = "cash", _("现结")
    MONTHLY = "monthly", _("月结")
    TRANSFER = "transfer", _("转账")
    PREPAID = "prepaid", _("预付")


class LifeEventKind(TextChoices):
    """Days in a customer's life that one hears of in a talk (CUS-032)."""

    BIRTHDAY = "birthday", _("生日")
    ENGAGEMENT = "engagement", _("订婚")
    WEDDING = "wedding", _("结婚")
    BIRTH = "birth", _("添丁")
    OTHER = "other", _("其他日子")


class Topic(TextChoices):
    """What a guardian or proxy may be told."""

    BOOKING = "booking", _("预约")
    SERVICE = "service", _("服务进度")
    REPORT = "report", _("检测报告")
    MONEY = "money", _("费用")


class Likeness(IntegerChoices):
    """Why two customers may be one person, the strongest reason the highest. A name never decides, it is only a hint."""

    NAME = 1, _("同名同生日")
    CARD = 2, _("同一张会员卡")
    PHONE = 3, _("同一个电话")


class Side(TextChoices):
    """Whose field the archive keeps when two become one."""

    SURVIVOR = "survivor", _("保留的档案")
    MERGED = "merged", _("并入的档案")
    BOTH = "both", _("两边都留")


class Moment(TextChoices):
    """When a customer is asked to bring somebody (CUS-027)."""

    PURCHASE = "purchase", _("购买")
    PRAISE = "praise", _("感谢或表扬")
    RECOGNITION = "recognition", _("认可产品或服务")


class PromptState(TextChoices):
    """What came of asking."""

    OPEN = "open", _("待请客户介绍")
    REFERRED = "referred", _("介绍了人")
    DECLINED = "declined", _("不愿介绍")
    PASSED = "passed", _("不合适")


class ReferralStatus(TextChoices):
    """How far a referred person has come (CUS-026)."""

    NAMED = "named", _("已介绍")
    REACHED = "reached", _("已联系")
    VISITED = "visited", _("已到店")
    CLOSED = "closed", _("已成交")
    LOST = "lost", _("没有成")


class MoveState(TextChoices):
    """How far a move of customers to another place is (ORG-013)."""

    DRAFT = "draft", _("待确认")
    WAITING = "waiting", _("待生效")
    RUNNING = "running", _("划转中")
    STOPPED = "stopped", _("已停下")
    DONE = "done", _("已划转")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")
    DISCARDED = "discarded", _("已作废")


class MoveResult(TextChoices):
    """What became of one customer of a move."""

    WAITING = "waiting", _("待划转")
    MOVED = "moved", _("已划转")
    REFUSED = "refused", _("没划转")
    BACK = "back", _("已撤回")
    KEPT = "kept", _("没撤回")


class Matter(TextChoices):
    """What a colleague has to ask instruction for (WFM-031)."""

    POLITICAL = "political", _("涉政或泄密")
    ERROR = "error", _("严重差错、事故或违规")
    DANGER = "danger", _("危及设备或人身")
    DUTY = "duty", _("超出职责的事")
    TROUBLE = "trouble", _("客户故意为难")


class RequestKind(TextChoices):
    """What is asked about a customer's data (SEC-001)."""

    RESTRICT = "restrict", _("限制使用")
    ERASE = "erase", _("删除资料")
    LIFT = "lift", _("恢复使用")


class Asker(TextChoices):
    """Who asks for it."""

    SELF = "self", _("客户本人")
    GUARDIAN = "guardian", _("监护人")
    PROXY = "proxy", _("代办人")
    AUTHORITY = "authority", _("法院或主管部门")


class RequestState(TextChoices):
    """How far a request has come; one that waits was approved and is carried out when nothing keeps the data any more."""

    ASKED = "asked", _("等第二位同事决定")
    WAITING = "waiting", _("已同意，保存期满再删除")
    DONE = "done", _("已办完")
    DECLINED = "declined", _("没有同意")
    DROPPED = "dropped", _("不再删除")


class Tier(TextChoices):
    """What a customer is worth to the house, the highest first; a potential VIP stands by growth (CUS-018)."""

    VIP = "vip", _("VIP 客户")
    MAIN = "main", _("主要客户")
    ORDINARY = "ordinary", _("普通客户")
    GENERAL = "general", _("一般客户")
    POTENTIAL = "potential", _("潜在 VIP 客户")
