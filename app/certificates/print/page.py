"""What a certificate says on paper, worked out from the signed bytes alone.

Every figure is a figure of the signed document in the spelling of people; nothing here sees a row of the register.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

from app.certificates.rules import CertificateKind
from app.certificates.texts import TITLES
from app.foundation.data import clock

# More ranges than this stand on pages of their own, so that the first page stays one page.
SERIALS_ON_FIRST_PAGE = 6
# A longer list would be a book, and its making a load: it stands in the signed file, which is the certificate anyhow.
SERIALS_ON_PAPER_MAX = 1_000
_EN_DASH = "\N{EN DASH}"
# Under a code of 30 mm there is room for so many characters, set as small as can still be read.
_ADDRESS_WIDTH = 36


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Chinese and in English; both stand on the one paper."""

    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is certified.

    Args:
        style: `text`, `figure` (the largest) or `code` (as it is typed).
        note: small, beside or below the value.
        note_code: small, on a line of its own, as it is typed.
    """

    label: Words
    value: str
    style: str = "text"
    more: list[str] = field(default_factory=list)  # Further lines of the value.
    note: Words = Words()
    note_code: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """Serials of one block in the long list."""

    block: str
    span: str
    kg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that depends on the signed document, ready to be set."""

    title: Words
    number: str
    number_groups: list[str]
    address: list[str]
    issuer: str
    facts: list[Fact]
    serials: list[Range]  # Empty where they stand among the facts, or in the signed file alone.


_PURPOSES = {"self": Words("抵消本人的排放", "Own emissions"), "gift": Words("赠予他人", "A gift")}


def page_of(document: dict[str, Any]) -> Page:
    """Return what the paper of a retirement certificate says.

    Args:
        document: the signed document, read strictly from its stored bytes.
    """
    number = document["id"].rpartition("/")[2]
    serials = document["credentialSubject"]["serials"]
    listed = SERIALS_ON_FIRST_PAGE < len(serials) <= SERIALS_ON_PAPER_MAX
    return Page(
        title=Words(document["name"], TITLES[CertificateKind(number[:3])][1]),
        number=number,
        number_groups=_groups(number),
        address=_address_lines(document["id"]),
        issuer=document["issuer"]["name"],
        facts=[*_facts_of_retirement(document["credentialSubject"]), *_facts_of_issue(document)],
        serials=[_range(each) for each in serials] if listed else [],
    )


def host_of(document: dict[str, Any]) -> str:
    """Return the host that the issuer's DID names, where its keys are published: `carbon.example.cn`, port included."""
    return unquote(str(document["issuer"]["id"]).split(":")[2])


def _facts_of_retirement(subject: dict[str, Any]) -> Iterator[Fact]:
    gift = subject["purpose"] == "gift"
    holder = subject["maskedName"] if "maskedName" in subject else subject["beneficiary"]["name"]
    code = subject.get("beneficiary", {}).get("unitCreditCode", "")
    yield Fact(Words("受赠人", "Recipient") if gift else Words("持有人", "Holder"), holder, note_code=code)
    purpose = _PURPOSES[subject["purpose"]]
    yield Fact(Words("用途", "Purpose"), purpose.zh, note=Words(en=purpose.en))
    if "donatedThrough" in subject:
        yield Fact(Words("捐赠经由", "Donated through"), subject["donatedThrough"])
    yield _quantity(subject)
    yield Fact(Words("项目", "Project"), subject["projectName"])
    yield Fact(Words("产生年份", "Vintage"), str(subject["vintage"]))
    yield Fact(Words("方法学", "Methodology"), subject["methodology"])
    yield Fact(Words("登记簿", "Registry"), subject["registry"])
    if subject["custody"] == "external":
        yield _source_cancellation(subject["sourceCancellation"])
    yield _serials(subject["serials"])
    retirement = subject["id"].rpartition("/")[2]
    yield Fact(Words("注销时间", "Retired"), moment_zh(instant_of(subject["retiredAt"])), note_code=retirement)


def _facts_of_issue(document: dict[str, Any]) -> Iterator[Fact]:
    did = document["issuer"]["id"]
    published = Words(f"密钥公布在 {host_of(document)}", "Keys published there")
    yield Fact(Words("签发机关", "Issuer"), document["issuer"]["name"], note=published, note_code=did)
    until = document.get("validUntil")
    no_end = Words("不设到期日", "No end date") if until is None else Words()
    yield Fact(Words("签发时间", "Valid from"), moment_zh(instant_of(document["validFrom"])), note=no_end)
    if until is not None:
        yield Fact(Words("有效期至", "Valid until"), moment_zh(instant_of(until)))


def _quantity(subject: dict[str, Any]) -> Fact:
    whole, decimals = subject["quantity"].split(".")
    kg = int(whole + decimals)  # Exactly three decimals, so the digits together are kilograms.
    return Fact(
        Words("注销数量", "Quantity retired"),
        f"{int(whole):,}.{decimals} t",
        "figure",
        note=Words(f"{kg:,} kg CO₂e，序列号每个 1 kg", "One serial is 1 kg"),
    )


def _source_cancellation(cancellation: str | dict[str, str]) -> Fact:
    label = Words("来源处注销", "Cancelled at source")
    if isinstance(cancellation, str):
        return Fact(label, "尚未取得证明", note=Words(en="No proof yet"))
    cancelled_on = day_zh(date.fromisoformat(cancellation["date"]))
    return Fact(label, f"{cancellation['registry']}，{cancelled_on}", note_code=cancellation["reference"])


def _serials(serials: list[dict[str, Any]]) -> Fact:
    label = Words("序列号", "Serials")
    if len(serials) <= SERIALS_ON_FIRST_PAGE:
        first, *more = [f"{each['block']}  {_span(each)}" for each in serials]
        return Fact(label, first, "code", more)
    count = f"{len(serials):,}"
    if len(serials) <= SERIALS_ON_PAPER_MAX:
        return Fact(label, f"共 {count} 段，见后页", note=Words(en=f"{count} ranges, on the pages that follow"))
    return Fact(label, f"共 {count} 段，见附件 credential.json", note=Words(en=f"{count} ranges, in credential.json"))


def _range(serials: dict[str, Any]) -> Range:
    return Range(serials["block"], _span(serials), f"{serials['last'] - serials['first'] + 1:,}")


def _span(serials: dict[str, Any]) -> str:
    return f"{serials['first']}{_EN_DASH}{serials['last']}"


def _groups(number: str) -> list[str]:
    """Return a number in groups of four for the eye.

    >>> _groups("LSR-7K3M9QWDX4TB2N8R")
    ['LSR-7K3M', '9QWD', 'X4TB', '2N8R']
    """
    prefix, _, code = number.partition("-")
    first, *others = [code[start : start + 4] for start in range(0, len(code), 4)]
    return [f"{prefix}-{first}", *others]


def _address_lines(address: str) -> list[str]:
    """Return an address without its scheme, the number on the last line.

    >>> _address_lines("https://carbon.example.cn/v/LSR-7K3M9QWDX4TB2N8R")
    ['carbon.example.cn/v/', 'LSR-7K3M9QWDX4TB2N8R']
    """
    place, _, number = address.partition("://")[2].rpartition("/")
    place += "/"
    return [*(place[start : start + _ADDRESS_WIDTH] for start in range(0, len(place), _ADDRESS_WIDTH)), number]


def moment_zh(instant: datetime) -> str:
    """Return an instant in Beijing time.

    >>> moment_zh(instant_of("2026-05-30T16:15:00Z"))
    '2026年5月31日 00:15:00'
    """
    local = instant.astimezone(clock.CITY_ZONE)
    return f"{day_zh(local.date())} {local:%H:%M:%S}"


def day_zh(day: date) -> str:
    """Return `2026年5月30日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def instant_of(second: str) -> datetime:
    """Return the instant that a signed document spells, such as `2026-05-30T02:15:00Z`."""
    return datetime.strptime(second, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
