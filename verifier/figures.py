"""What must be true between the figures of a document, whoever signed it, and the facts that a reader compares with the paper."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from verifier.answers import Refused
from verifier.canonical import instant

TONNES = re.compile(r"(0|[1-9]\d{0,12})\.(\d{3})", re.ASCII)
SERIALS_MAX = 10_000


def check_figures(document: dict[str, Any]) -> int:
    """Return the kilograms that a document says were retired.

    Raises:
        Refused: a figure is malformed, or two do not agree.
    """
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict):
        raise _wrong("no subject", "没有主体")
    retirements = _retirements(subject)
    total_kg = sum(_retired_kg(each, before=document.get("validFrom")) for each in retirements)
    _no_serial_twice(retirements)
    if "inventory" in subject:
        _sums(subject, total_kg)
    return total_kg


def facts(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the signed document says, for comparing with the paper: a label in both languages, and the value."""
    subject = document["credentialSubject"]
    yield "title 名称", str(document.get("name", ""))
    yield "number 编号", number_of(document)
    yield "issuer 签发机构", str(document["issuer"].get("name", ""))
    for label, value in (
        ("event 活动", subject.get("eventName")),
        ("for 受益人", _holder(subject)),
        ("purpose 用途", subject.get("purpose")),
        ("donated through 捐赠渠道", subject.get("donatedThrough")),
        ("issued 签发", document.get("validFrom")),
        ("until 有效期至", document.get("validUntil")),
    ):
        if value is not None:
            yield label, str(value)
    for each in _retirements(subject):
        yield "retired 注销", f"{each['quantity']} tCO2e, {each.get('projectName', '')}, {each.get('retiredAt', '')}"
        for serials in each["serials"]:
            yield "serials 序列号", f"{serials['block']} {serials['first']}-{serials['last']}"


def printed_words(document: dict[str, Any]) -> list[str]:
    """Return the texts that must stand on the paper: number, name and the blocks of the serials."""
    subject = document["credentialSubject"]
    blocks = dict.fromkeys(serials["block"] for each in _retirements(subject) for serials in each["serials"])
    return [number_of(document), _holder(subject), *blocks]


def printed_figures(document: dict[str, Any]) -> list[str]:
    """Return the figures that must stand on the paper, each whole: tonnes, kilograms, and both ends of each range."""
    found = []
    for each in _retirements(document["credentialSubject"]):
        found += [str(each["quantity"]), str(kg_of(each["quantity"]))]
        for serials in each["serials"]:
            found += [str(serials["first"]), str(serials["last"])]
    return found


def number_of(document: dict[str, Any]) -> str:
    """Return the certificate's number, the last part of its address."""
    return str(document.get("id", "")).rpartition("/")[2]


def kg_of(value: Any) -> int:
    """Return the kilograms of text such as 12.480, in tonnes with exactly three decimals.

    Raises:
        Refused: it is no such text.
    """
    match = TONNES.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _wrong(f"no quantity: {value!r}"[:80], "数量格式不对")
    return int(match[1] + match[2])


def _holder(subject: dict[str, Any]) -> str:
    beneficiary = subject.get("beneficiary")
    return str(beneficiary.get("name", "") if isinstance(beneficiary, dict) else subject.get("maskedName", ""))


def _retirements(subject: dict[str, Any]) -> list[dict[str, Any]]:
    found = subject.get("retirements", [subject] if "serials" in subject else [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _wrong("no list of retirements", "注销记录格式不对")
    return found


def _retired_kg(retirement: dict[str, Any], *, before: Any) -> int:
    quantity_kg = kg_of(retirement.get("quantity"))
    if sum(last - first + 1 for _, first, last in _ranges(retirement)) != quantity_kg:
        raise _wrong("the serials are not as many as the kilograms", "序列号数目与千克数不符")
    if instant(retirement.get("retiredAt")) > instant(before):
        raise _wrong("retired after the certificate was issued", "注销晚于签发")
    return quantity_kg


def _ranges(retirement: dict[str, Any]) -> list[tuple[str, int, int]]:
    serials = retirement.get("serials")
    if not isinstance(serials, list) or not 0 < len(serials) <= SERIALS_MAX:
        raise _wrong("no list of serials", "序列号格式不对")
    return [_range(each) for each in serials]


def _range(serials: Any) -> tuple[str, int, int]:
    match serials:
        case {"block": str(block), "first": int(first), "last": int(last)} if 0 <= first <= last:
            return block, first, last
    raise _wrong("no range of serials", "序列号区间格式不对")


def _no_serial_twice(retirements: list[dict[str, Any]]) -> None:
    ranges = sorted(found for each in retirements for found in _ranges(each))
    for (block, _, last), (next_block, first, _) in pairwise(ranges):
        if block == next_block and first <= last:
            raise _wrong("a serial stands there twice", "序列号重复")


def _sums(subject: dict[str, Any], retired_kg: int) -> None:
    """Compare what a programme's certificate adds up: its inventory, and what was offset."""
    lines = subject["inventory"]
    if not isinstance(lines, list) or not all(isinstance(each, dict) for each in lines):
        raise _wrong("no inventory", "排放清单格式不对")
    emissions, offset, surplus = (kg_of(subject.get(name)) for name in ("emissions", "offset", "surplus"))
    if sum(kg_of(each.get("amount")) for each in lines) != emissions:
        raise _wrong("the lines of the inventory do not add up to the emissions", "分项之和与排放总量不符")
    # No quantity is negative, so this says too that as much was offset as was emitted.
    if surplus != offset - emissions or offset != retired_kg:
        raise _wrong("what was retired does not cover the emissions as stated", "注销量与所述抵销量不符")


def _wrong(en: str, zh: str) -> Refused:
    return Refused("figures.wrong", f"the figures do not agree: {en}", f"数字不符：{zh}")
