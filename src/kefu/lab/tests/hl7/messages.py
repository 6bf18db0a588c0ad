"""Messages of one laboratory, 协和洛奇检验室, its clock, and what is read from them."""

from datetime import UTC, datetime, timedelta, timezone

from kefu.lab.hl7 import OruGroup, OruReport, OruResult, parse, reports_of

CHINA = timezone(timedelta(hours=8))
AT = datetime(2026, 3, 17, 9, 30, 5, tzinfo=UTC)
PDF = b"%PDF-1.7 \x00\xff small report"


def msh(**changes: str) -> str:
    """Give an MSH segment; `f18="GBK"` changes field 18."""
    fields = ["MSH", "|", "^~\\&", "XHLQ-LIS", "协和洛奇检验室", "KEFU", "HQ", "20260317093000"]
    fields += ["", "ORU^R01^ORU_R01", "MSG00001", "P", "2.5.1", "", "", "", "", "CHN", ""]
    for name, value in changes.items():
        fields[int(name[1:])] = value
    return fields[0] + fields[1] + fields[1].join(fields[2:])


PID = "PID|1||CUST-7^^^KEFU^PI||欧阳^听澜||19840229|F"
ORC = "ORC|RE|LAB-2026-0017"
OBR = "OBR|1|LAB-2026-0017|F-88|T-101^血常规^L|||20260316080000|||||||||||||||20260317090000|||F"
OBX = "OBX|1|NM|WBC^白细胞^L||5.10|10*9/L|3.5-9.5|N|||F"


def oru(*segments: str, end: str = "\r", **changes: str) -> str:
    """Give a whole message; without segments the usual blood count."""
    body = segments or (PID, ORC, OBR, OBX)
    return end.join([msh(**changes), *body]) + end


def reports(*segments: str, **changes: str) -> list[OruReport]:
    """Read the message of `oru`."""
    return reports_of(parse(oru(*segments, **changes)))


def only(*segments: str, **changes: str) -> OruReport:
    """Read it where it is about one person."""
    (report,) = reports(*segments, **changes)
    return report


def group_of(*segments: str, **changes: str) -> OruGroup:
    """Read it where it has one item."""
    (group,) = only(*segments, **changes).groups
    return group


def value(kind: str, sent: str) -> OruResult:
    """Read one OBX of type `kind` with the value `sent`."""
    (result,) = group_of(PID, OBR, f"OBX|1|{kind}|X^项目||{sent}||||||F").results
    return result
