"""Which person a result is about."""

from datetime import date

import pytest

from kefu.lab.hl7.people import OruIdentifier
from kefu.lab.tests.hl7.messages import OBR, OBX, only


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("张三", "张三"),
        ("张^三", "张三"),
        ("欧阳^听澜^^^女士", "欧阳听澜"),
        ("张　三", "张三"),
        ("OUYANG^TINGLAN~欧阳^听澜", "欧阳听澜"),
        ("买买提·吐尔逊", "买买提·吐尔逊"),
        ("SMITH&VAN^JOHN^Q", "SMITH JOHN Q"),
        ('张^""', "张"),
        ('""', ""),
        ("", ""),
        (" 誠^ ", "誠"),
    ],
)
def test_names(sent, name):
    assert only(f"PID|1||7||{sent}", OBR, OBX).patient.name == name


def test_all_forms_of_a_name_can_be_compared():
    assert only("PID|1||7||OUYANG^TINGLAN~欧阳^听澜", OBX).patient.names == ("OUYANG TINGLAN", "欧阳听澜")


@pytest.mark.parametrize(
    ("sent", "sex"),
    [
        ("M", "male"),
        ("f", "female"),
        ("男", "male"),
        ("2", "female"),
        ("O", "other"),
        ("A", "other"),
        ("U", "unknown"),
        ("", "unknown"),
        ('""', "unknown"),
        ("?", "unknown"),
        ("M^Male^HL70001", "male"),
    ],
)
def test_sex(sent, sex):
    assert only(f"PID|1||7||张||19900101|{sent}", OBX).patient.sex == sex


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("19840229", date(1984, 2, 29)),
        ("198402291530+0800", date(1984, 2, 29)),
        ("1984-02-29", date(1984, 2, 29)),
        ("1984/2/29", date(1984, 2, 29)),
        ("1984", None),
        ("198402", None),
        ("19830229", None),
        ('""', None),
        ("unknown", None),
    ],
)
def test_birth_date(sent, day):
    assert only(f"PID|1||7||张||{sent}", OBX).patient.birth_date == day


def test_identifiers_come_from_all_three_fields():
    identifiers = only("PID|1|OLD|7^^^KEFU&1.2&ISO^PI~8|ALT|张", OBX).patient.identifiers
    assert identifiers == (
        OruIdentifier("7", "KEFU", "PI"),
        OruIdentifier("8"),
        OruIdentifier("OLD"),
        OruIdentifier("ALT"),
    )
