"""Names and numbers as strangers may see them: enough to recognise, too little to find somebody (PIPL, art. 6)."""

import unicodedata

# Two-character surnames in use today, after 百家姓, traditional forms last. Recalled, not copied from a published list.
_COMPOUND_SURNAMES = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容
仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐
段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 梁丘 左丘 东门 西门 第五 歐陽 司馬 東方 南宮 聞人 諸葛 尉遲 赫連 澹臺 濮陽
公孫 鍾離 長孫 鮮于
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND_SURNAMES.split())
_NAME_DOTS = "·•・‧"  # Between the parts of names of peoples who write more than surname and given name.
_HAN_STARS_MAX = 2  # A given name of three characters or more is so rare that its length would tell who it is.
_STARS = "***"  # Always three where the number of hidden letters would help to guess the name.


def masked_name(name: str | None) -> str:
    """Return a name of which only the surname, or the first letter of each part, can be read.

    >>> masked_name("张三"), masked_name("张小明"), masked_name("欧阳修"), masked_name("John Smith")
    ('张*', '张**', '欧阳*', 'J*** S***')
    """
    plain = unicodedata.normalize("NFC", name or "").strip()
    if not plain:
        return ""
    if all(_is_han(character) for character in plain):
        return _masked_han(plain)
    for dot in _NAME_DOTS:
        if dot in plain:
            return dot.join(_masked_part(part) for part in plain.split(dot))
    return " ".join(_masked_part(part) for part in plain.split())


def masked_phone(phone: str | None) -> str:
    """Return a number with the middle hidden.

    >>> masked_phone("+8613812341234"), masked_phone("+85251234567")
    ('138****1234', '+85****67')
    """
    if not phone:
        return ""
    if phone.startswith("+86") and len(phone) == len("+8613812341234"):
        national = phone.removeprefix("+86")
        return f"{national[:3]}****{national[-4:]}"
    return f"{phone[:3]}****{phone[-2:]}" if len(phone) >= 10 else "****"


def _masked_han(name: str) -> str:
    if len(name) == 1:
        return "*"
    surname = name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[0]
    return surname + "*" * min(len(name) - len(surname), _HAN_STARS_MAX)


def _masked_part(part: str) -> str:
    part = part.strip()
    if not part:
        return ""
    # A first letter made of several code points (an accent that has no composed form) is kept whole.
    end = 1
    while end < len(part) and unicodedata.combining(part[end]):
        end += 1
    return part[:end] + _STARS if end < len(part) else "*"


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"))
