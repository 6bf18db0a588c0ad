"""Names, addresses and remarks as they are distributed: few common surnames, many rare given names. Always the same ones."""

from __future__ import annotations

from itertools import accumulate
from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦"
    "贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温庞殷章葛管甘裴席祁翟"
)
DOUBLE = ("欧阳", "司马", "上官", "尉迟", "诸葛", "慕容")
GIVEN = (
    "明华建文国英玉军平红丽小伟海春林志秀晓金云永德兰庆荣桂新强杰芳敏涛静宇燕霞玲辉龙峰鹏磊洋勇艳娟超波斌飞宁欣雪梅婷佳慧颖怡琳"
    "子轩梓涵浩然思雨诗琪嘉俊泽博睿晨曦瑞祥凯旭东阳光成立忠良义和安康泰宏达远鸿展翔航天宸逸皓墨瑾瑜璇琬珺芷若薇蕾莹洁清源沐泓澜潇"
    "望舒知秋听澜景行维桢攸宁修竹砚初衡之屿棠槿霁霖霏岚峥嵘崇岳劭弘毅恪谨慎笃诚允执厥骞骐骥"
)
CITIES = (
    "北京市朝阳区",
    "北京市海淀区",
    "上海市徐汇区",
    "广州市天河区",
    "成都市武侯区",
    "深圳市南山区",
    "杭州市西湖区",
)
ROADS = (
    "建国路",
    "中山路",
    "人民路",
    "解放路",
    "和平里",
    "长安街",
    "花园路",
    "文化路",
    "南京路",
    "滨江道",
    "学院路",
    "望京街",
)
OCCUPATIONS = ("教师", "工程师", "会计", "律师", "退休", "企业管理", "自由职业", "公务员")
REMARKS = ("由朋友介绍", "到店咨询", "电话咨询后到店", "对海鲜过敏，注意饮食", "希望周末联系", "")
HISTORIES = ("", "", "高血压十年，规律服药", "甲状腺结节，每年复查", "糖耐量异常", "无特殊病史")


def _falling(count: int, start: float) -> list[float]:
    """Cumulative weights that fall with the rank."""
    return list(accumulate(1 / (rank + start) for rank in range(count)))


_SURNAME_WEIGHTS = _falling(len(SURNAMES), 9)
_GIVEN_WEIGHTS = _falling(len(GIVEN), 12)


def name(random: Random) -> str:
    """A name: nearly always a surname of one character with a given name of one or two."""
    first = (
        random.choice(DOUBLE) if random.random() < 0.002 else random.choices(SURNAMES, cum_weights=_SURNAME_WEIGHTS)[0]
    )
    given = random.choices(GIVEN, cum_weights=_GIVEN_WEIGHTS, k=1 if random.random() < 0.2 else 2)
    return first + "".join(given)


def address(random: Random) -> str:
    """A street address; four in ten customers gave none."""
    if random.random() < 0.4:
        return ""
    return f"{random.choice(CITIES)}{random.choice(ROADS)}{random.randrange(1, 300)}号{random.randrange(1, 30)}单元"
