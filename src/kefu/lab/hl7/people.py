"""The person a result is about, as PID tells it."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from kefu.lab.hl7.message import Segment
from kefu.lab.hl7.timestamps import read_date

_NAME = 5
# HL7 table 0001, and GB/T 2261.1 digits and words that systems in China send instead.
_SEXES = {
    **dict.fromkeys(("M", "MALE", "1", "男"), "male"),
    **dict.fromkeys(("F", "FEMALE", "2", "女"), "female"),
    **dict.fromkeys(("O", "A", "N", "OTHER", "9"), "other"),
}


@dataclass(frozen=True, slots=True)
class OruIdentifier:
    """A number of the person: PID-3 with its authority (CX.4.1) and type (CX.5), or plain PID-2 and PID-4."""

    value: str
    authority: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class OruPatient:
    """PID. `name` is the written form (Chinese before pinyin), `names` every form that was sent.

    `birth_date` is None and `sex` is `unknown` when not sent: then they are not compared.
    """

    name: str = ""
    names: tuple[str, ...] = ()
    birth_date: date | None = None
    sex: str = "unknown"
    identifiers: tuple[OruIdentifier, ...] = ()
    notes: str = ""


def read_patient(pid: Segment | None, notes: str = "") -> OruPatient:
    """Read a PID segment; without one, a patient about whom nothing is known."""
    if pid is None:
        return OruPatient(notes=notes)
    names = tuple(filter(None, (_name(pid, raw) for raw in pid.repetitions(_NAME))))
    written = [name for name in names if _is_chinese(name)] or list(names)
    return OruPatient(
        name=written[0] if written else "",
        names=names,
        birth_date=read_date(pid.component(7, 1)),
        sex=_SEXES.get(pid.component(8, 1).strip().upper(), "unknown"),
        identifiers=tuple(_identifiers(pid)),
        notes=notes,
    )


def _name(pid: Segment, raw: str) -> str:
    """Family, given and middle name: `欧阳^听澜` is 欧阳听澜, `OUYANG^TINGLAN` is OUYANG TINGLAN."""
    parts = [pid.part_of(raw, 1, 1), pid.part_of(raw, 2), pid.part_of(raw, 3)]
    words = " ".join(part for part in parts if part != '""').split()
    # 张　三 is written with a blank only to line up with three-character names.
    return "".join(words) if any(map(_is_chinese, words)) else " ".join(words)


def _is_chinese(text: str) -> bool:
    return any(unicodedata.name(character, "").startswith("CJK ") for character in text)


def _identifiers(pid: Segment) -> list[OruIdentifier]:
    found: list[OruIdentifier] = []
    for field in (3, 2, 4):
        for raw in pid.repetitions(field):
            value = pid.part_of(raw, 1).strip()
            if value and value != '""':
                found.append(OruIdentifier(value, pid.part_of(raw, 4, 1).strip(), pid.part_of(raw, 5).strip()))
    return found
