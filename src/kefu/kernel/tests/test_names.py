"""Names as they are searched: by one or two characters, by pinyin and by initials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.names import grams, normalise, read_name, read_text
from kefu.kernel.tests.settings import QUICK


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("单雄信", "shanxiongxin", "sxx"), ("解缙", "xiejin", "xj"), ("仇英", "qiuying", "qy"),
        ("区大相", "oudaxiang", "odx"), ("查良镛", "zhaliangyong", "zly"), ("曾国藩", "zengguofan", "zgf"),
        ("任盈盈", "renyingying", "ryy"), ("华佗", "huatuo", "ht"), ("朴正熙", "piaozhengxi", "pzx"),
        ("盖叫天", "gejiaotian", "gjt"), ("尉迟恭", "yuchigong", "ycg"), ("万俟卨", "moqixie", "mqx"),
        ("欧阳修", "ouyangxiu", "oyx"), ("司徒雷登", "situleideng", "stld"), ("长孙无忌", "zhangsunwuji", "zswj"),
        ("缪荃孙", "miaoquansun", "mqs"), ("翟让", "zhairang", "zr"), ("种师道", "chongshidao", "csd"),
        ("乐毅", "yueyi", "yy"), ("吕布", "lvbu", "lb"), ("徐志远", "xuzhiyuan", "xzy"), ("单", "shan", "s"),
        ("尉迟", "weichi", "wc"), ("林示安", "linshian", "lsa"),
    ],
)  # fmt: skip
def test_a_customer_is_found_by_pinyin_and_by_initials(name: str, full: str, initials: str) -> None:
    reading = read_name(name)
    assert (reading.full, reading.initials) == (full, initials)


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("张 Tom", "zhangtom", "zt"), ("Anna Lee", "annalee", "a"), ("买买提·艾力", "maimaitiaili", "mmtal"),
        ("王３", "wang3", "w3"), ("", "", ""), ("·", "", ""),
    ],
)  # fmt: skip
def test_names_that_are_not_all_hanzi(name: str, full: str, initials: str) -> None:
    reading = read_name(name)
    assert (reading.full, reading.initials) == (full, initials)


def test_the_surname_table_is_for_people_only() -> None:
    assert read_text("单品").full == "danpin"
    assert read_text("查询").full == "chaxun"
    assert read_name("查询").full == "zhaxun"


def test_grams_are_single_characters_and_neighbouring_pairs_once_each() -> None:
    assert grams("张三丰") == ["张", "三", "丰", "张三", "三丰"]
    assert grams("林林") == ["林", "林林"]
    assert grams(" Ａb\u3000C ") == ["a", "b", "c", "ab", "bc"]
    assert grams("王") == ["王"]
    assert grams("  ") == []


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("　张　三 ", "张三"), ("ＡＢＣ１２３", "abc123"), ("\ufeff李\u200b四", "李四"), ("ﬁt", "fit"),
        ("HZ-2026-000112", "hz-2026-000112"), ("a\x00b", "ab"), ("⼈", "人"),
    ],
)  # fmt: skip
def test_texts_are_compared_without_case_width_spaces_and_invisible_characters(text: str, normal: str) -> None:
    assert normalise(text) == normal


@QUICK
@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@QUICK
@given(st.text("张三李四王五ab1 ", max_size=12), st.text("张三李四王五ab1", min_size=1, max_size=2))
def test_a_text_holds_a_short_query_exactly_when_its_grams_do(text: str, query: str) -> None:
    assert (query in grams(text)) == (query in normalise(text))


@QUICK
@given(st.text(max_size=12))
def test_readings_are_plain_letters_that_can_be_typed(text: str) -> None:
    reading = read_name(text)
    assert reading.full == "" or (
        reading.full.isascii() and reading.full.isalnum() and reading.full.islower() is not None
    )
    assert len(reading.initials) == len(reading.syllables)
