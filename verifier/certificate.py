"""All checks of one certificate, one after the other, each with its own answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from verifier.answers import Check, Name, Refused, Result
from verifier.apart import read_apart
from verifier.canonical import CLOCKS_APART_MAX, canonical, instant, instant_text, read_strictly
from verifier.figures import check_figures, number_of, printed_figures, printed_words
from verifier.issuer import Issuer, read_issuer
from verifier.pdf import Paper, figures_in, plain
from verifier.proof import check_jwt, check_proof
from verifier.status import check_status
from verifier.translog import VerifierKey, check_logged

DOCUMENT, DID, STATUS, LOG_PROOF = "credential.json", "did.json", "status.json", "log-proof"
NEEDED = (DOCUMENT, STATUS, LOG_PROOF)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a checker has in hand.

    Args:
        pdf: the certificate as it was handed over. Nothing in it is believed unsigned.
        issuer: the issuer as its did.json told beforehand.
        vkeys: the log's keys, fetched beforehand.
        at: the time the question is about.
        status: a status list fetched from the issuer, in place of the attached one.
        jwt: the certificate's second form, if there.
    """

    pdf: bytes
    issuer: Issuer
    vkeys: list[VerifierKey]
    at: datetime
    status: bytes | None = None
    jwt: str | None = None


class NotDone(Exception):
    """What this check needs is not there."""


@dataclass
class Inspection:
    """The checks of one certificate; later ones need what earlier ones have read."""

    given: Evidence
    read_pdf: Callable[[bytes], Paper]
    paper: Paper | None = None
    document_bytes: bytes = b""
    document: dict[str, Any] = field(default_factory=dict)
    figures_agree: bool = False

    def all_checks(self) -> list[Check]:
        """Return one answer a check, in order."""
        steps: dict[Name, Callable[[], tuple[str, str]]] = {
            Name.FILE: self._file,
            Name.DOCUMENT: self._document,
            Name.ISSUER: self._issuer,
            Name.PAGE: self._page,
            Name.SIGNATURE: self._signature,
            Name.FIGURES: self._figures,
            Name.PAPER: self._printed,
            Name.TERM: self._term,
            Name.STATUS: self._status,
            Name.LOG: self._log,
        }
        if self.given.jwt is not None:
            steps[Name.JWT] = self._jwt
        return [_answer(name, step) for name, step in steps.items()]

    def _file(self) -> tuple[str, str]:
        paper = self.read_pdf(self.given.pdf)
        missing = [name for name in NEEDED if name not in paper.attachments]
        self.paper = paper
        if missing:
            raise Refused("file.incomplete", f"not attached: {', '.join(missing)}", f"缺少附件：{'、'.join(missing)}")
        return f"{len(paper.attachments)} files attached", f"附件 {len(paper.attachments)} 个"

    def _document(self) -> tuple[str, str]:
        data = self._attached(DOCUMENT)
        document = read_strictly(data)
        if canonical(document) != data:
            raise Refused("document.not_canonical", "the document is not canonical JSON", "文件不是规范 JSON")
        self.document_bytes, self.document = data, document
        digest = sha256(data).hexdigest()
        return f"canonical, {len(data)} bytes, sha256 {digest}", f"规范 JSON，{len(data)} 字节"

    def _issuer(self) -> tuple[str, str]:
        issuer, named = self.given.issuer, self._read().get("issuer")
        if not isinstance(named, dict) or named.get("id") != issuer.did:
            raise Refused("issuer.other", f"the document names another issuer than {issuer.did}", "文件所载机构不同")
        attached = self._attached_issuer()
        if attached is None:
            return issuer.did, "与您的 did.json 相同"
        ours, theirs = issuer.keys_by_id(), attached.keys_by_id()
        if attached.did != issuer.did or any(ours.get(name, key) != key for name, key in theirs.items()):
            raise Refused(
                "issuer.brings_other_keys",
                f"the PDF brings a did.json of its own, with another key for {attached.did}",
                "PDF 自带的 did.json 中是另一把公钥",
            )
        if set(theirs) - set(ours):
            raise Refused(
                "issuer.brings_new_keys",
                "the PDF brings a did.json with a key that yours lacks; fetch yours anew from the issuer if it is old",
                "PDF 自带的 did.json 含有您没有的公钥；若您的已旧，请向机构重新获取",
            )
        return issuer.did, "与您的 did.json 相同"

    def _page(self) -> tuple[str, str]:
        document, issuer = self._read(), self.given.issuer
        number = number_of(document)
        address = f"{issuer.address}/v/{number}"
        # Outside ASCII some letters have a capital inside it: upper case alone would make one host of two.
        if document.get("id") != address or not address.isascii():
            raise Refused("page.other_host", f"the document is not of {issuer.host}", f"文件不属于 {issuer.host}")
        codes = self.paper.codes if self.paper else ()
        if not codes or not all(_is_same_address(code, address) for code in codes):
            seen = ", ".join(codes)[:200] or "nothing"
            raise Refused("page.other_code", f"the QR code says {seen}, not {address}", f"二维码不是 {address}")
        return f"the QR code says {codes[0]}", "二维码与编号、网址一致"

    def _signature(self) -> tuple[str, str]:
        key = check_proof(self._read(), self.given.issuer)
        return f"by {key}", "签名正确"

    def _figures(self) -> tuple[str, str]:
        total_kg = check_figures(self._read())
        self.figures_agree = True
        return f"{total_kg} kg, as many serials", f"{total_kg} 千克，序列号数目相同"

    def _printed(self) -> tuple[str, str]:
        if self.paper is None or not self.figures_agree:
            raise NotDone
        text, figures = plain(self.paper.text), figures_in(self.paper.text)
        missing = [each for each in printed_words(self._read()) if plain(each) not in text]
        missing += [each for each in printed_figures(self._read()) if each not in figures]
        if missing:
            raise Refused(
                "paper.other_figures",
                f"not on the paper, but in the signed document: {', '.join(missing)[:200]}",
                "签名文件中的数字未印在页面上",
            )
        return "number, name, quantity and serials are printed as signed", "编号、名称、数量与序列号印制无误"

    def _term(self) -> tuple[str, str]:
        document, at = self._read(), self.given.at
        begins = instant(document.get("validFrom"))
        if begins - at > CLOCKS_APART_MAX:
            raise Refused("term.not_yet", f"valid from {instant_text(begins)} only", "尚未生效")
        if "validUntil" not in document:
            return f"since {instant_text(begins)}, without end", "已生效，无截止日期"
        ends = instant(document["validUntil"])
        if at > ends:
            raise Refused("term.expired", f"expired on {instant_text(ends)}", f"已于 {instant_text(ends)} 到期")
        return f"until {instant_text(ends)}", f"有效期至 {instant_text(ends)}"

    def _status(self) -> tuple[str, str]:
        listed = self.given.status if self.given.status is not None else self._attached(STATUS)
        made = check_status(self._read(), listed, self.given.issuer, self.given.at)
        return f"not revoked as of {instant_text(made)}", f"截至 {instant_text(made)} 未撤销"

    def _log(self) -> tuple[str, str]:
        document, proof = self._read(), self._attached(LOG_PROOF)
        try:
            text = proof.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused("log.unreadable", "the log's proof cannot be read", "日志证明无法读取") from error
        found = check_logged(document, self.document_bytes, text, self.given.issuer, self.given.vkeys)
        return (
            f"entry {found.index} of {found.size}, written {instant_text(found.at)}",
            f"日志第 {found.index} 条，写于 {instant_text(found.at)}",
        )

    def _jwt(self) -> tuple[str, str]:
        key = check_jwt(self.given.jwt or "", self._read(), self.given.issuer)
        return f"the same content, by {key}", "内容一致，签名正确"

    def _read(self) -> dict[str, Any]:
        if not self.document:
            raise NotDone
        return self.document

    def _attached(self, name: str) -> bytes:
        if self.paper is None or name not in self.paper.attachments:
            raise NotDone
        return self.paper.attachments[name]

    def _attached_issuer(self) -> Issuer | None:
        return read_issuer(self.paper.attachments[DID]) if self.paper and DID in self.paper.attachments else None


def check_certificate(
    given: Evidence, *, read_pdf: Callable[[bytes], Paper] | None = None
) -> tuple[list[Check], dict[str, Any]]:
    """Return one answer a check, and the document as far as it could be read.

    The PDF is read by a new child process, unless `read_pdf` is a reader that was started before the network went off.
    """
    inspection = Inspection(given, read_pdf or read_apart)
    return inspection.all_checks(), inspection.document


def _answer(name: Name, step: Callable[[], tuple[str, str]]) -> Check:
    try:
        en, zh = _made(name, step)
    except Refused as refused:
        return Check(name, Result.REFUSED, refused.reason, refused.en, refused.zh)
    except NotDone:
        return Check(
            name, Result.NOT_DONE, "not_done", "an earlier check took away what this one needs", "前项未通过，未能检查"
        )
    return Check(name, Result.PASSED, "", en, zh)


def _made(name: Name, step: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    """Make a check; one that breaks over what a stranger wrote has not passed.

    Raises:
        Refused: it did not pass, or broke.
        NotDone: what it needs is not there.
    """
    try:
        return step()
    except (Refused, NotDone):
        raise
    except Exception as error:
        raise Refused(f"{name}.broke", f"this check broke: {type(error).__name__}", "该项检查中断") from error


def _is_same_address(code: str, address: str) -> bool:
    return code.isascii() and address.isascii() and code.upper() == address.upper()
