"""The journey's part about proof: the certificate becomes valid, and a stranger checks it with the network off."""

import subprocess  # nosec B404
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.demo.journey import Journey, StepFailed
from app.demo.journey_credits import buy_and_retire
from app.foundation.data import clock

# What a resident will wait for; the sequencer signs about once a second.
ISSUING_MAX = timedelta(seconds=10)
PROJECT = Path(__file__).parents[2]
CHECKING_S = 60


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the verifier answered: its exit status and its lines."""

    status: int
    lines: list[str]


def buy_and_certify(journey: Journey) -> str:
    """The resident buys and the kilograms are retired; then the certificate of it becomes valid."""
    return f"{buy_and_retire(journey)}; {watch_issuing(journey)}"


def watch_issuing(journey: Journey) -> str:
    """The certificate of the retirement is issuing, and valid within ten seconds, for the buyer and for anybody."""
    token, order = journey.resident(), journey.found["order"]
    number, began = order["certificate"]["number"], clock.now()
    address = f"/v1/verify/{number}"

    def is_valid() -> bool:
        seen = journey.found["verification"] = journey.expect(200, "GET", address)
        return bool(seen["status"] == "valid")

    if not journey.wait(is_valid):
        raise StepFailed(f"the certificate is not valid: {journey.found['verification']}")
    took = clock.now() - began
    if took > ISSUING_MAX:
        raise StepFailed(f"{number} was issuing for {took.total_seconds():.1f} s")
    seen = journey.found["verification"]
    failed = [check["name"] for check in seen["checks"] if check["ok"] is False]
    certificate = journey.expect(200, "GET", f"/v1/offset-orders/{order['id']}", token=token)["certificate"]
    if failed or certificate["state"] != "valid" or certificate["number"] != number:
        raise StepFailed(f"{number} is {certificate['state']} for the buyer; checks that failed: {failed}")
    journey.found["certificate"] = certificate
    passed = sum(check["ok"] is True for check in seen["checks"])
    return (
        f"{number}: valid after {took.total_seconds():.1f} s, {passed} checks made anew; "
        f"{seen['summary']['retired_kg']} kg of {seen['summary']['holder']}, entry {seen['log']['index']} of the log; "
        f"read it at {seen['links']['page']}"
    )


def check_as_stranger(journey: Journey) -> str:
    """A stranger fetches the issuer's keys and the log's, then the PDF, and checks it alone, with the network off."""
    seen = journey.found["verification"]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        # First what is trusted, from where the stranger knows it; then the certificate, which is believed in nothing.
        for name, address in (
            ("did.json", seen["links"]["did"]),
            ("vkeys", "/log/vkeys"),
            ("credential.jwt", seen["links"]["jwt"]),
            ("certificate.pdf", seen["links"]["pdf"]),
        ):
            (here / name).write_bytes(journey.fetch(address))
        judged = judge(here)
    if judged.status:
        raise StepFailed("the verifier refuses the certificate: " + "；".join(judged.lines))
    journey.found["judged"] = judged.lines
    passed = [line.split()[1] for line in judged.lines if line.startswith("ok ")]
    status = next(line for line in judged.lines if line.startswith("ok        status"))
    return f"checked by a stranger, network off: {', '.join(passed)}; {' '.join(status.split()[2:7])}"


def judge(folder: Path) -> Judgement:
    """Let the verifier check the files of a folder, in a process of its own, as a stranger calls it."""
    command = [sys.executable, "-X", "utf8", "-m", "verifier", str(folder / "certificate.pdf")]
    command += ["--did", str(folder / "did.json"), "--vkeys", str(folder / "vkeys")]
    command += ["--jwt", str(folder / "credential.jwt")]
    answer = subprocess.run(  # noqa: S603 - our own program  # nosec B603
        command, cwd=PROJECT, capture_output=True, encoding="utf-8", timeout=CHECKING_S, check=False
    )
    return Judgement(answer.returncode, (answer.stdout + answer.stderr).splitlines())
