"""The command as it is typed: its answers, its exit status, and that it cannot reach the network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verifier.forge import INDEX, Presented, retirement_document, status_list, token
from verifier.canonical import instant_text

ROOT = Path(__file__).parents[2]
GOOD = Presented()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """What a stranger has: the certificate, and what they fetched beforehand."""
    (tmp_path / "certificate.pdf").write_bytes(GOOD.pdf())
    (tmp_path / "did.json").write_bytes(GOOD.trusted_did)
    (tmp_path / "vkeys").write_text(GOOD.trusted_vkeys + "\n")
    (tmp_path / "credential.jwt").write_text(token(GOOD.document) + "\n")
    return tmp_path


def ask(files: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "verifier", str(files / "certificate.pdf")]
    command += ["--did", str(files / "did.json"), "--vkeys", str(files / "vkeys"), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


AT = ("--at", instant_text(GOOD.at))


def test_a_good_certificate_gets_a_line_a_check_and_status_0(files):
    answer = ask(files, "--jwt", str(files / "credential.jwt"), *AT)

    lines = answer.stdout.splitlines()
    assert (answer.returncode, answer.stderr) == (0, "")
    assert [line.split()[:2] for line in lines[:11]] == [
        ["ok", name]
        for name in [
            "file",
            "document",
            "issuer",
            "page",
            "signature",
            "figures",
            "paper",
            "term",
            "status",
            "log",
            "jwt",
        ]
    ]
    assert "not revoked as of 2026-05-30T02:15:00Z / 截至 2026-05-30T02:15:00Z 未撤销" in answer.stdout
    assert "for 受益人: M***" in answer.stdout


def test_a_revoked_one_gets_its_reason_and_status_1(files):
    (files / "status.json").write_bytes(status_list(INDEX))

    answer = ask(files, "--status", str(files / "status.json"), *AT)

    assert answer.returncode == 1
    assert "REFUSED   status     the issuer has revoked this certificate" in answer.stdout
    assert "do not rely on this certificate" in answer.stdout
    assert "受益人" not in answer.stdout


def test_without_a_time_the_question_is_about_now(files):
    answer = ask(files)

    assert answer.returncode == 1
    assert "the status list speaks for 2026-05-30T02:15:00Z" in answer.stdout


def test_programs_get_json(files):
    answer = ask(files, "--json", *AT)

    told = json.loads(answer.stdout)
    assert (told["passed"], told["at"]) == (True, instant_text(GOOD.at))
    assert {check["result"] for check in told["checks"]} == {"ok"}


def test_programs_get_json_of_a_date_at_the_end_of_time_too(files):
    odd = GOOD.with_document(retirement_document() | {"validFrom": "9999-12-31T23:59:59Z"})
    (files / "certificate.pdf").write_bytes(odd.pdf())

    answer = ask(files, "--json", *AT)

    assert (answer.returncode, answer.stderr) == (1, "")
    assert json.loads(answer.stdout)["passed"] is False


def test_an_explanation_says_what_each_check_leaves_open(files):
    assert ask(files, "--explain", *AT).stdout.count("leaves open:") == 10


@pytest.mark.parametrize(
    ("name", "content"), [("did.json", b"{}"), ("did.json", b"\xff"), ("vkeys", b"no key"), ("vkeys", b"\n")]
)
def test_what_was_brought_along_must_be_usable(files, name, content):
    (files / name).write_bytes(content)

    answer = ask(files, *AT)

    assert (answer.returncode, answer.stdout) == (2, "")
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + b"[" * 100_000, b"\0" * 10_000_001])
def test_what_is_no_pdf_is_refused_without_a_traceback(files, content):
    (files / "certificate.pdf").write_bytes(content)

    answer = ask(files, *AT)

    assert (answer.returncode, answer.stderr) == (1, "")
    assert answer.stdout.startswith("REFUSED   file")


def test_the_command_itself_has_the_network_off(files):
    code = (
        "import socket, sys\nfrom verifier.__main__ import main\n"
        "main(sys.argv[1:])\nsocket.create_connection(('127.0.0.1', 9), 1)\n"
    )
    command = [sys.executable, "-c", code, str(files / "certificate.pdf")]
    command += ["--did", str(files / "did.json"), "--vkeys", str(files / "vkeys"), *AT]

    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert "All checks passed" in answer.stdout
    assert "NetworkIsOff: the network is off" in answer.stderr


@pytest.mark.parametrize(
    "reach",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
    ],
)
def test_after_the_network_is_off_nothing_gets_out(reach):
    code = f"from verifier.offline import turn_network_off; turn_network_off()\n{reach}\n"

    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert answer.returncode == 1
    assert "NetworkIsOff: the network is off" in answer.stderr
