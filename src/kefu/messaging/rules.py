"""Lengths, quiet hours, channels and forms of address. Plain Python."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time, timedelta

from kefu.kernel.names import surname

TITLES = {"female": "女士", "male": "先生"}


def signed(signature: str, text: str) -> str:
    """A text message as it arrives: signature first."""
    return f"【{signature}】{text}"


def next_open(moment: datetime, quiet_from: time, quiet_to: time) -> datetime:
    """The moment itself, or the end of the quiet hours it falls in. Local time; quiet hours may pass midnight."""
    at = moment.time()
    overnight = quiet_from > quiet_to
    quiet = (at >= quiet_from or at < quiet_to) if overnight else quiet_from <= at < quiet_to
    if not quiet:
        return moment
    end = moment.replace(hour=quiet_to.hour, minute=quiet_to.minute, second=0, microsecond=0)
    return end + timedelta(days=1) if overnight and at >= quiet_from else end


def choose_channel(
    channels: Iterable[str], addresses: Mapping[str, str], open_channels: Collection[str]
) -> tuple[str, str] | None:
    """The first channel of a template, in its order, for which there is an address: an open one if any, else a closed one."""
    reachable = [(channel, addresses[channel]) for channel in channels if channel in addresses]
    return next((found for found in reachable if found[0] in open_channels), reachable[0] if reachable else None)


def preferring(channels: Iterable[str], preferred: str) -> list[str]:
    """The channels in their order, the one somebody prefers first if it is among them."""
    return sorted(channels, key=lambda channel: channel != preferred)


def courtesy(name: str, sex: str) -> str:
    """How a customer is addressed: 王女士, 欧阳先生; the whole name where the sex is unknown or the name is no Chinese one."""
    return titled(name, TITLES[sex]) if sex in TITLES else name.strip()


def titled(name: str, title: str) -> str:
    """A Chinese name by surname and title: 何医生, 欧阳老师; any other name as it is."""
    plain = name.strip()
    if not plain or not "\u4e00" <= plain[0] <= "\u9fff":
        return plain
    return surname(plain) + title


def as_places(written: Iterable[str]) -> list[tuple[str, str]]:
    """Variables of a provider's template as they are entered, `name there=place here` or one word for both, in their order; empty ones left out."""
    pairs = [line.partition("=") for line in written if line.strip()]
    return [(name.strip(" {}"), (place if sign else name).strip(" {}")) for name, sign, place in pairs]


GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("\f^{}\\[~]|€")
"""Characters of GSM 03.38 that take one, and two, places of a text message."""


def in_gsm(text: str) -> bool:
    """Whether a text message needs no more than the alphabet of GSM 03.38."""
    return all(character in GSM or character in GSM_TWICE for character in text)


def sms_parts(text: str) -> int:
    """How many text messages the words make: 160 places of the GSM alphabet or 70 of UCS-2, fewer in each of several (153, 67)."""
    if in_gsm(text):
        places, alone, each = sum(1 + (character in GSM_TWICE) for character in text), 160, 153
    else:
        places, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if places <= alone else -(-places // each)


REVEALING = (
    "阳性", "阴性", "偏高", "偏低", "超标", "异常", "癌", "肿瘤", "血糖", "血脂", "胆固醇", "转氨酶", "尿酸", "激素", "重金属", "基因",
    "过敏原", "参考范围", "检测值", "检测结果", "诊断", "mmol", "μmol", "ng/ml",
)  # fmt: skip
"""Words that tell what was tested or what came of it."""
RESULT_PLACES = ("result", "value", "test", "tests", "test_name", "finding", "diagnosis", "report")
"""Places that would carry the same."""


def revealing(text: str) -> list[str]:
    """The words and places of a text that tell what was tested or what came of it."""
    low = text.lower()
    return [word for word in REVEALING if word in low] + [
        f"{{{name}}}" for name in RESULT_PLACES if f"{{{name}}}" in low
    ]
