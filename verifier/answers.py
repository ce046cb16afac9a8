"""What a check may answer, and what an answer means: the words of this program, in English and Chinese."""

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """How a check ended."""

    PASSED = "ok"
    REFUSED = "REFUSED"
    NOT_DONE = "not done"  # An earlier check took away what this one needs.


class Name(StrEnum):
    """The checks, in the order in which they are made."""

    FILE = "file"
    DOCUMENT = "document"
    ISSUER = "issuer"
    PAGE = "page"
    SIGNATURE = "signature"
    FIGURES = "figures"
    PAPER = "paper"
    TERM = "term"
    STATUS = "status"
    LOG = "log"
    JWT = "jwt"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the answer.

    Args:
        name: which check.
        result: how it ended.
        reason: a stable word for programs, such as `status.revoked`; empty when it passed.
        en: what was seen, in English.
        zh: the same in Chinese.
    """

    name: Name
    result: Result
    reason: str
    en: str
    zh: str


class Refused(Exception):
    """What is presented is not what it claims to be."""

    def __init__(self, reason: str, en: str, zh: str) -> None:
        """Say why: a stable word, and the sentence in both languages."""
        super().__init__(en)
        self.reason, self.en, self.zh = reason, en, zh


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a check proves when it passes, and what it leaves open, each in English and Chinese."""

    proves: str
    proves_zh: str
    leaves_open: str
    leaves_open_zh: str


MEANINGS: dict[Name, Meaning] = {
    Name.FILE: Meaning(
        "the PDF can be read and carries the files that a check needs",
        "PDF 可读，并带有核验所需的附件",
        "anything about what these files say",
        "附件内容是否真实",
    ),
    Name.DOCUMENT: Meaning(
        "the attached document is read in one way only: canonical JSON, byte for byte (RFC 8785)",
        "附件中的文件只有一种读法：逐字节为规范 JSON（RFC 8785）",
        "who wrote it",
        "由谁写成",
    ),
    Name.ISSUER: Meaning(
        "the document names the issuer whose did.json you brought, and the PDF brings no other keys for it",
        "文件所载签发机构即您事先取得的 did.json 的机构，PDF 未夹带另一把公钥",
        "that your did.json came from the issuer: that rests on where you got it",
        "您的 did.json 是否确由该机构发布，取决于您从何处取得",
    ),
    Name.PAGE: Meaning(
        "the QR code leads to the page of this very certificate on the issuer's own host",
        "二维码指向该机构网站上本证书的页面",
        "what that page says today",
        "该页面今天显示什么",
    ),
    Name.SIGNATURE: Meaning(
        "not one character of the document was changed since the issuer's key signed it",
        "自签发机构的私钥签名以来，文件一字未改",
        "that the issuer was right, nor that the signature is a statutory electronic seal",
        "机构所述是否属实；此签名也不是法定电子印章",
    ),
    Name.FIGURES: Meaning(
        "the figures agree with one another: serials with quantities, lines with sums",
        "数字彼此相符：序列号与数量、分项与合计",
        "that the kilograms were really stored by a forest",
        "林木是否真的固定了这些二氧化碳",
    ),
    Name.PAPER: Meaning(
        "the figures of the signed document stand on the printed page",
        "签名文件中的数字都印在页面上",
        "that nothing else was printed beside them: compare the page with the facts listed below",
        "页面上是否另印了其他内容：请与下列内容对照",
    ),
    Name.TERM: Meaning(
        "the time you ask about lies within the certificate's term",
        "所问时间在证书有效期内",
        "whether it was revoked",
        "是否已被撤销",
    ),
    Name.STATUS: Meaning(
        "the issuer's signed list says: not revoked as of the list's time",
        "签发机构签名的状态列表表明：截至列表时间未被撤销",
        "what happened after that time: fetch a new list to know",
        "此后是否被撤销：需另取新的列表",
    ),
    Name.LOG: Meaning(
        "the issue of this document is an entry of the public log, written within ten minutes of its date",
        "本文件的签发已写入公开日志，且与签发时间相差不超过十分钟",
        "that the log has only one history: without an outside witness its operator could show you another one",
        "日志是否只有一个版本：没有外部见证人时，运营者可能给您看另一个版本",
    ),
    Name.JWT: Meaning(
        "the JWT says the same as the document, and a key of the same issuer signed it",
        "JWT 与文件内容一致，并由同一机构签名",
        "anything more than the signature does",
        "签名检查以外的任何事",
    ),
}
