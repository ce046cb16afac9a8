"""The certificate as a PDF: the page, its code, and the files with which a stranger can check it offline."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.certificates.bitstring import set_bits
from app.certificates.print.errors import NotPrintable
from app.certificates.print.page import Words, day_zh, host_of, instant_of, moment_zh, page_of
from app.certificates.rules import RevocationReason
from app.foundation.data import clock
from app.foundation.render import Attachment, Relationship, can_print, pdf, qr_svg
from app.transparency import parse_strictly

_TEMPLATE = Path(__file__).with_name("certificate.typ").read_text(encoding="utf-8")

# Both languages stand on the paper, whoever asks for it.
_REASONS = {
    RevocationReason.ERROR: Words("内容有误", "an error"),
    RevocationReason.FRAUD: Words("以欺诈取得", "fraud"),
    RevocationReason.SUPERSEDED: Words("已由另一张证书替代", "replaced by another certificate"),
    RevocationReason.KEY_COMPROMISE: Words("签署密钥不再可信", "its key is no longer trusted"),
    RevocationReason.HOLDER_REQUEST: Words("持有人要求", "at the holder's request"),
    RevocationReason.PAYMENT_REVERSED: Words("款项已退回", "the payment was taken back"),
}


@dataclass(frozen=True, slots=True)
class Files:
    """What a PDF is made of. The same files make the same bytes.

    Args:
        credential: the signed document, byte for byte.
        did: the issuer's DID document.
        context: the JSON-LD context of the members of `credential`.
        status_list: the signed revocation list.
        log_proof: the document's place in the log (C2SP tlog-proof).
        revoked: when and why, of a certificate that was revoked before the PDF was first made.
    """

    credential: bytes
    did: str
    context: str
    status_list: bytes
    log_proof: str
    revoked: tuple[datetime, RevocationReason] | None


def scanned_address(public_url: str, number: str) -> str:
    """Return what the code of a certificate says: its page in capitals, which makes the code smaller.

    >>> scanned_address("https://carbon.example.cn", "LSR-7K3M9QWDX4TB2N8R")
    'HTTPS://CARBON.EXAMPLE.CN/V/LSR-7K3M9QWDX4TB2N8R'
    """
    return f"{public_url}/v/{number}".upper()


def tells_of_revocation(document: dict[str, Any], status_list: bytes) -> bool:
    """Return whether a status list has the bit of a certificate set."""
    listed = parse_strictly(status_list)
    return int(document["credentialStatus"]["statusListIndex"]) in set_bits(listed["credentialSubject"]["encodedList"])


def certificate_pdf(files: Files, *, public_url: str, is_demo: bool) -> bytes:
    """Return the PDF of a certificate, dated when the certificate was signed.

    Raises:
        NotPrintable: a text of the document has a character that no font has.
        RenderersBusy: too many are being made.
    """
    document = parse_strictly(files.credential)
    page = page_of(document)
    attached = _attachments(document, files)
    data = {
        **asdict(page),
        "is_demo": is_demo,
        "revoked": None if files.revoked is None else asdict(_revoked(*files.revoked)),
        "steps": [asdict(step) for step in _steps(host_of(document))],
        "files": [{"name": attachment.name, "words": asdict(words)} for attachment, words in attached],
        "sha256": hashlib.sha256(files.credential).hexdigest(),
    }
    if not _can_print(data):
        raise NotPrintable()
    return pdf(
        _TEMPLATE,
        inputs={
            "data": json.dumps(data, ensure_ascii=False),
            "qr": qr_svg(scanned_address(public_url, page.number)),
        },
        attachments=[attachment for attachment, _ in attached],
        made_at=instant_of(document["validFrom"]),
    )


def _attachments(document: dict[str, Any], files: Files) -> list[tuple[Attachment, Words]]:
    """Return the files that go into the PDF, and what the page says of each."""
    listed = parse_strictly(files.status_list)
    listed_at = moment_zh(instant_of(listed["validFrom"]))
    _, _, index = files.log_proof.splitlines()[1].partition(" ")
    is_listed = tells_of_revocation(document, files.status_list)
    of_list = (
        Words(f"撤销名单，{listed_at} 签发，已列入本证书", "Revocation list of then, with this certificate")
        if is_listed
        else Words(f"撤销名单，{listed_at} 签发，未列入本证书", "Revocation list of then, without this certificate")
    )
    data, supplement = Relationship.DATA, Relationship.SUPPLEMENT
    return [
        _file(
            "credential.json",
            files.credential.decode(),
            "application/vc",
            data,
            Words("签名文件，即证书本身", "The signed file: the certificate itself"),
        ),
        _file("did.json", files.did, "application/did+json", supplement, Words("签发机关的公钥", "The issuer's keys")),
        _file(
            "context.json",
            files.context,
            "application/ld+json",
            supplement,
            Words("签名文件中各项的含义", "What the members of the signed file mean"),
        ),
        _file("status.json", files.status_list.decode(), "application/vc", supplement, of_list),
        _file(
            "log-proof",
            files.log_proof,
            "text/plain",
            supplement,
            Words(f"公开日志的证明，第 {index} 号", f"Proof of the public log, entry {index}"),
        ),
    ]


def _file(name: str, text: str, mime_type: str, relationship: Relationship, words: Words) -> tuple[Attachment, Words]:
    return Attachment(name, text, mime_type, f"{words.zh} {words.en}", relationship), words


def _revoked(at: datetime, reason: RevocationReason) -> Words:
    day, words = clock.civil_day(at), _REASONS[reason]
    return Words(f"{day_zh(day)}，原因：{words.zh}", f"Revoked on {day.isoformat()}, reason: {words.en}")


def _steps(host: str) -> list[Words]:
    return [
        Words(
            f"扫二维码。地址栏应当是 {host}，页面第一行说明此刻是否有效。",
            f"Scan the code. The address bar must say {host}; the first line of the page says whether it is valid now.",
        ),
        Words(
            "把页面与本页逐项比对：姓名、用途、数量、序列号。有一项对不上，就不是这张证书。",
            "Compare the page with this one: name, purpose, quantity, serials. If one differs, this is not the certificate.",
        ),
        Words(
            "不联网时：从本 PDF 取出附件，用 W3C 可验证凭证软件核对。公钥以另外取得的为准，不能只信本 PDF 所带的。",
            "Offline: check the files in this PDF with software for W3C verifiable credentials, against keys that you have"
            " from elsewhere.",
        ),
    ]


def _can_print(value: Any) -> bool:
    if isinstance(value, str):
        return can_print(value)
    if isinstance(value, dict):
        return all(map(_can_print, value.values()))
    return all(map(_can_print, value)) if isinstance(value, list) else True
