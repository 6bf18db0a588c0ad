"""Every refusal carries a code for programs, a message for people and the HTTP status it answers with."""

import pickle

import pytest

from kefu.kernel.errors import FieldError, Forbidden, Invalid, KefuError, OutOfScope, Refused


class LazyText:
    """Stands for a lazy translation: it becomes text only when shown."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shown = 0

    def __str__(self) -> str:
        self.shown += 1
        return self.text


def test_a_refused_rule_tells_its_code_message_and_alternatives() -> None:
    refusal = Refused("slot_taken", "这个时间刚被约走", {"alternatives": ["09:30", "10:00", "10:30"]})
    assert (refusal.status, refusal.code, str(refusal)) == (409, "slot_taken", "这个时间刚被约走")
    assert refusal.details == {"alternatives": ["09:30", "10:00", "10:30"]}


def test_details_are_the_refusals_own_copy() -> None:
    details: dict[str, object] = {"short": 3}
    refusal = Refused("stock_short", "库存不足", details)
    details["short"] = 4
    assert refusal.details == {"short": 3}
    assert Refused("stock_short", "库存不足").details == {}


def test_a_lazy_message_becomes_text_only_when_shown() -> None:
    message = LazyText("没有这个权限")
    refusal = Forbidden("no_right", message)
    assert message.shown == 0
    assert (str(refusal), refusal.status, message.shown) == ("没有这个权限", 403, 1)


def test_one_wrong_field() -> None:
    refusal = Invalid.one("phone", "too_short", "手机号要 11 位，现在 7 位")
    assert refusal.errors == [FieldError("phone", "too_short", "手机号要 11 位，现在 7 位")]
    assert (refusal.status, refusal.code, str(refusal)) == (422, "invalid", "手机号要 11 位，现在 7 位")


def test_several_wrong_fields_read_as_one_sentence() -> None:
    refusal = Invalid([FieldError("name", "required", "请填写姓名"), FieldError("age", "required", "请填写年龄")])
    assert str(refusal) == "请填写姓名；请填写年龄"


def test_a_refusal_without_a_wrong_field_is_a_programming_mistake() -> None:
    with pytest.raises(ValueError, match="at least one FieldError"):
        Invalid([])


def test_out_of_scope_says_nothing_about_the_object() -> None:
    refusal = OutOfScope()
    assert (refusal.status, refusal.code, str(refusal)) == (404, "out_of_scope", "out_of_scope")


@pytest.mark.parametrize(
    "refusal",
    [Refused("a", "甲", {"x": 1}), Invalid.one("f", "b", "乙"), Forbidden("c", "丙"), OutOfScope()],
    ids=lambda refusal: type(refusal).__name__,
)
def test_refusals_survive_a_trip_between_processes(refusal: KefuError) -> None:
    again = pickle.loads(pickle.dumps(refusal))
    assert type(again) is type(refusal)
    assert (str(again), vars(again)) == (str(refusal), vars(refusal))
