"""The command: `python -m verifier certificate.pdf --did did.json --vkeys vkeys`."""

import argparse
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from verifier.answers import MEANINGS, Check, Refused, Result
from verifier.apart import Reader
from verifier.canonical import instant, instant_text
from verifier.certificate import Evidence, check_certificate
from verifier.figures import facts
from verifier.issuer import read_issuer
from verifier.offline import turn_network_off
from verifier.translog import read_vkeys

UNUSABLE = 2


def main(arguments: list[str] | None = None) -> int:
    """Answer one line a check; return 0 if all passed, 1 if one did not, 2 if the question could not be asked."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # A console without Chinese shows the English all the same.
    asked = _parser().parse_args(arguments)
    with Reader() as reader:  # From the next line on no process can be started.
        turn_network_off()
        return _judge(asked, reader)


def _judge(asked: argparse.Namespace, reader: Reader) -> int:
    at = datetime.now(UTC).replace(microsecond=0) if asked.at is None else asked.at
    try:
        given = Evidence(
            pdf=asked.certificate.read_bytes(),
            issuer=read_issuer(asked.did.read_bytes()),
            vkeys=read_vkeys(asked.vkeys.read_text(encoding="utf-8")),
            at=at,
            status=None if asked.status is None else asked.status.read_bytes(),
            jwt=None if asked.jwt is None else asked.jwt.read_text(encoding="utf-8"),
        )
    except (OSError, UnicodeDecodeError, Refused) as error:
        _say(f"{error}", to=sys.stderr)
        return UNUSABLE
    checks, document = check_certificate(given, read_pdf=reader.read)
    passed = all(check.result is Result.PASSED for check in checks)
    if asked.json:
        answer = [
            {"name": check.name, "result": check.result, "reason": check.reason, "en": check.en, "zh": check.zh}
            for check in checks
        ]
        _say(json.dumps({"at": instant_text(at), "passed": passed, "checks": answer}, ensure_ascii=False, indent=1))
    else:
        _tell(checks, document, passed=passed, explain=asked.explain)
    return 0 if passed else 1


def _tell(checks: list[Check], document: dict[str, Any], *, passed: bool, explain: bool) -> None:
    for check in checks:
        _say(f"{check.result:<9} {check.name:<10} {check.en} / {check.zh}")
        if explain:
            meaning = MEANINGS[check.name]
            _say(f"{'':<20} proves: {meaning.proves} / 证明：{meaning.proves_zh}")
            _say(f"{'':<20} leaves open: {meaning.leaves_open} / 未证明：{meaning.leaves_open_zh}")
    if not passed:
        _say("REFUSED: do not rely on this certificate. / 未通过：请勿采信。")
        return
    _say("All checks passed. Compare the paper with what was signed: / 全部通过。请将纸面与以下签名内容对照：")
    for label, value in facts(document):
        _say(f"  {label}: {value}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m verifier",
        description="Check a Lintan certificate from files alone; the network is off. 离线核验林碳证书。",
        epilog="Exit status: 0 all checks passed, 1 refused, 2 the files could not be used.",
    )
    parser.add_argument("certificate", type=Path, help="the certificate, a PDF")
    parser.add_argument(
        "--did", type=Path, required=True, help="the issuer's did.json, fetched from the issuer beforehand"
    )
    parser.add_argument("--vkeys", type=Path, required=True, help="the log's keys, fetched from /log/vkeys beforehand")
    parser.add_argument("--status", type=Path, help="a newer status list, fetched from the issuer beforehand")
    parser.add_argument("--jwt", type=Path, help="the certificate's second form, credential.jwt")
    parser.add_argument(
        "--at", type=_instant, help="the time you ask about, such as 2026-05-30T02:15:00Z; now if left out"
    )
    parser.add_argument("--explain", action="store_true", help="say what each check proves and what it leaves open")
    parser.add_argument("--json", action="store_true", help="answer in JSON, for programs")
    return parser


def _instant(text: str) -> datetime:
    try:
        return instant(text)
    except Refused as refused:
        raise argparse.ArgumentTypeError(refused.en) from refused


def _say(line: str, *, to: Any = None) -> None:
    (to or sys.stdout).write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
