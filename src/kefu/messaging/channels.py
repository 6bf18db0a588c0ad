"""The channels this installation has, by its environment; what is set and wrong is said at the start (NFR-001, NFR-002)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping

from kefu.foundation.outbox import transports
from kefu.foundation.outbox.transports import Transport
from kefu.messaging.choices import Channel, Provider
from kefu.messaging.ports.aliyun import ADDRESS as ALIYUN
from kefu.messaging.ports.aliyun import AliyunGateway
from kefu.messaging.ports.listening import Listener, Secretly, Signed, Tokened, echo, listen, networks, stamp
from kefu.messaging.ports.mail import MailServer
from kefu.messaging.ports.plain import PlainGateway
from kefu.messaging.ports.registered import RegisteredTemplates, read
from kefu.messaging.ports.reports import of_aliyun, of_plain, of_tencent, of_wechat
from kefu.messaging.ports.screen import show
from kefu.messaging.ports.smpp import SmppGateway
from kefu.messaging.ports.tencent import ADDRESS as TENCENT
from kefu.messaging.ports.tencent import REGION, TencentGateway
from kefu.messaging.ports.wechat import ADDRESS as WECHAT
from kefu.messaging.ports.wechat import WechatAccount
from kefu.messaging.registering import WECHAT_PLACES, kept_for

Environment = Mapping[str, str]
WECHAT_TOKEN = re.compile(r"[A-Za-z0-9]{16,32}", re.ASCII)
LONG_SECRET = re.compile(r"[-\w]{20,100}", re.ASCII)


def open_configured(environment: Environment) -> None:
    """Open what is configured: text messages by `KEFU_SMS_*`, mail by `KEFU_SMTP`, WeChat by `KEFU_WECHAT_*`. Raises ValueError for settings that can't work."""
    if sms := _sms(environment):
        transports.register(Channel.SMS, sms)
    if server := environment.get("KEFU_SMTP"):
        transports.register(
            Channel.EMAIL,
            MailServer.from_url(server, environment.get("KEFU_MAIL_FROM", ""), environment.get("KEFU_SITE", "")),
        )
    if environment.get("KEFU_SMS_PROFILE") == "screen":
        transports.register(Channel.WECHAT, show)
    if environment.get("KEFU_WECHAT_APP"):
        transports.register(Channel.WECHAT, _wechat(environment))


def _sms(environment: Environment) -> Transport | None:
    profile = environment.get("KEFU_SMS_PROFILE", "plain")
    make = PROFILES.get(profile)
    if make is None:
        raise ValueError(f"KEFU_SMS_PROFILE must be one of {', '.join(PROFILES)}")
    return make(environment)


def _screen(environment: Environment) -> Transport:
    if environment.get("KEFU_ENV") == "production":
        raise ValueError("KEFU_SMS_PROFILE=screen shows messages instead of sending them: not with KEFU_ENV=production")
    return show


def _plain(environment: Environment) -> Transport | None:
    url, key, secret = (environment.get(f"KEFU_SMS_{part}", "") for part in ("URL", "KEY", "SECRET"))
    if not (url and key and secret):
        return None
    listen("plain", Listener(Channel.SMS, Signed(key, secret), of_plain, {}))
    return PlainGateway(url, key, secret)


def _aliyun(environment: Environment) -> Transport:
    key, secret, sign_name = _needed(environment, "KEY", "SECRET", "SIGN")
    templates = _sms_templates(environment, Provider.ALIYUN)
    listen("aliyun", Listener(Channel.SMS, _secretly(environment), of_aliyun, {"code": 0, "msg": "OK"}))
    return AliyunGateway(key, secret, sign_name, templates, environment.get("KEFU_SMS_URL") or ALIYUN)


def _tencent(environment: Environment) -> Transport:
    key, secret, sign_name, app = _needed(environment, "KEY", "SECRET", "SIGN", "APP")
    templates = _sms_templates(environment, Provider.TENCENT)
    url, region = environment.get("KEFU_SMS_URL") or TENCENT, environment.get("KEFU_SMS_REGION") or REGION
    listen("tencent", Listener(Channel.SMS, _secretly(environment), of_tencent, {"result": 0, "errmsg": "OK"}))
    return TencentGateway(key, secret, sign_name, app, templates, url, region)


def _wechat(environment: Environment) -> Transport:
    if not environment.get("KEFU_WECHAT_SECRET"):
        raise ValueError("KEFU_WECHAT_APP needs KEFU_WECHAT_SECRET")
    setting, provider = "KEFU_WECHAT_TEMPLATES", Provider.WECHAT
    templates = read(
        environment.get(setting, ""), setting, provider=provider, more_places=WECHAT_PLACES, kept=kept_for(provider)
    )
    if token := environment.get("KEFU_WECHAT_TOKEN"):
        if not WECHAT_TOKEN.fullmatch(token):
            raise ValueError("KEFU_WECHAT_TOKEN must be 16 to 32 letters and figures")
        listen("wechat", Listener(Channel.WECHAT, Tokened(token), of_wechat, "success", stamp, echo))
    url = environment.get("KEFU_WECHAT_URL") or WECHAT
    return WechatAccount(environment["KEFU_WECHAT_APP"], environment["KEFU_WECHAT_SECRET"], templates, url)


def _secretly(environment: Environment) -> Secretly:
    token, allowed = (environment.get(f"KEFU_SMS_RECEIPT_{part}", "") for part in ("TOKEN", "ADDRESSES"))
    if token and not LONG_SECRET.fullmatch(token):
        raise ValueError("KEFU_SMS_RECEIPT_TOKEN must be 20 or more letters, figures, hyphens or underscores")
    return Secretly(token, networks(allowed, "KEFU_SMS_RECEIPT_ADDRESSES"))


def _sms_templates(environment: Environment, provider: Provider) -> RegisteredTemplates:
    setting = "KEFU_SMS_TEMPLATES"
    return read(environment.get(setting, ""), setting, provider=provider, kept=kept_for(provider))


def _smpp(environment: Environment) -> Transport:
    url, system_id, password, sender = _needed(environment, "URL", "KEY", "SECRET", "SENDER")
    return SmppGateway.from_settings(url, system_id, password, sender)


def _needed(environment: Environment, *parts: str) -> list[str]:
    missing = [f"KEFU_SMS_{part}" for part in parts if not environment.get(f"KEFU_SMS_{part}")]
    if missing:
        raise ValueError(f"KEFU_SMS_PROFILE={environment['KEFU_SMS_PROFILE']} needs {', '.join(missing)}")
    return [environment[f"KEFU_SMS_{part}"] for part in parts]


PROFILES: dict[str, Callable[[Environment], Transport | None]] = {
    "plain": _plain,
    "aliyun": _aliyun,
    "tencent": _tencent,
    "smpp": _smpp,
    "screen": _screen,
}
open_configured(os.environ)
