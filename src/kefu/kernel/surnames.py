"""Surnames that are read differently from the same character elsewhere, and surnames of two characters.

A general pinyin dictionary reads 单 as dan and 查 as cha; as surnames they are shan and zha. Where a surname has
two living readings (覃, 乐, 缪), the commoner one stands here.
"""

from __future__ import annotations

from typing import Final

SINGLE: Final[dict[str, str]] = {
    "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "曾": "zeng", "任": "ren", "朴": "piao",
    "盖": "ge", "缪": "miao", "翟": "zhai", "柏": "bai", "种": "chong", "乐": "yue", "员": "yun", "逄": "pang",
    "折": "she", "秘": "bi", "冼": "xian", "洗": "xian", "薄": "bo", "卜": "bu", "繁": "po", "那": "na",
    "召": "shao", "覃": "qin", "尉": "wei", "宓": "mi", "郇": "xun", "晁": "chao", "褚": "chu",
    "车": "che", "祭": "zhai", "隗": "wei", "宁": "ning", "重": "chong", "能": "nai", "阚": "kan", "瞿": "qu",
    "句": "gou", "都": "du", "藏": "zang", "贾": "jia", "沈": "shen", "石": "shi", "谷": "gu", "佴": "nai",
    "钭": "tou", "盛": "sheng", "叶": "ye", "莘": "shen", "眭": "sui", "强": "qiang", "乜": "nie", "郗": "xi",
    "万": "wan", "尹": "yin", "牟": "mu", "幺": "yao", "俞": "yu", "於": "yu", "粘": "nian", "逯": "lu",
    "冯": "feng", "贲": "ben", "臧": "zang", "郝": "hao", "澹": "tan", "芮": "rui",
}  # fmt: skip

DOUBLE: Final[dict[str, tuple[str, str]]] = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "欧阳": ("ou", "yang"), "司徒": ("si", "tu"),
    "司马": ("si", "ma"), "上官": ("shang", "guan"), "诸葛": ("zhu", "ge"), "东方": ("dong", "fang"),
    "皇甫": ("huang", "fu"), "令狐": ("ling", "hu"), "慕容": ("mu", "rong"), "宇文": ("yu", "wen"),
    "长孙": ("zhang", "sun"), "公孙": ("gong", "sun"), "夏侯": ("xia", "hou"), "轩辕": ("xuan", "yuan"),
    "端木": ("duan", "mu"), "百里": ("bai", "li"), "呼延": ("hu", "yan"), "南宫": ("nan", "gong"),
    "西门": ("xi", "men"), "东郭": ("dong", "guo"), "独孤": ("du", "gu"), "澹台": ("tan", "tai"),
    "单于": ("chan", "yu"), "鲜于": ("xian", "yu"), "闻人": ("wen", "ren"), "钟离": ("zhong", "li"),
    "淳于": ("chun", "yu"), "濮阳": ("pu", "yang"), "申屠": ("shen", "tu"), "太史": ("tai", "shi"),
    "司空": ("si", "kong"), "司寇": ("si", "kou"), "公冶": ("gong", "ye"), "宗政": ("zong", "zheng"),
    "闾丘": ("lv", "qiu"), "亓官": ("qi", "guan"), "仉督": ("zhang", "du"), "子车": ("zi", "ju"),
    "颛孙": ("zhuan", "sun"), "巫马": ("wu", "ma"), "公西": ("gong", "xi"), "漆雕": ("qi", "diao"),
    "乐正": ("yue", "zheng"), "拓跋": ("tuo", "ba"), "夹谷": ("jia", "gu"), "宰父": ("zai", "fu"),
    "谷梁": ("gu", "liang"), "段干": ("duan", "gan"), "南门": ("nan", "men"), "东门": ("dong", "men"),
    "羊舌": ("yang", "she"), "微生": ("wei", "sheng"), "梁丘": ("liang", "qiu"), "左丘": ("zuo", "qiu"),
    "赫连": ("he", "lian"), "纳兰": ("na", "lan"), "完颜": ("wan", "yan"), "耶律": ("ye", "lv"),
    "第五": ("di", "wu"), "褚师": ("chu", "shi"), "哥舒": ("ge", "shu"), "叱干": ("chi", "gan"),
}  # fmt: skip
