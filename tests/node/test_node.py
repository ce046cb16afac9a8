"""Lays out certificates as files, and lets certificate.test.mjs check them by published JavaScript software."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785

from app.demo.journey import Journey
from app.foundation.data import clock
from tests.journeys.test_spine import journey
from tests.journeys.test_stranger import certified, path_of, revoke
from tests.verifier.forge import INDEX, did_document, status_list
from tests.verifier.test_known_answer import EXAMPLE, KEY
from verifier.canonical import canonical, read_strictly

__all__ = ["certified", "journey"]

HERE = Path(__file__).parent
CONTEXT = HERE.parents[1] / "app" / "certificates" / "data" / "carbon.v1.context.json"


def check(folder: Path, *, count: int) -> None:
    """Let the test file check a folder; `count` tests of it must have run, and all have passed."""
    command = ["node", "--test", "--test-reporter=tap", "certificate.test.mjs"]
    environment = {**os.environ, "LINTAN_CERTIFICATE": str(folder)}
    answer = subprocess.run(
        command, cwd=HERE, env=environment, capture_output=True, text=True, timeout=120, check=False
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"\n# pass {count}\n" in answer.stdout
    assert "\n# fail 0\n" in answer.stdout


def test_the_known_answer_is_accepted_by_other_software(tmp_path):
    made = clock.now() - timedelta(minutes=1)  # Its list is judged by the machine's clock.
    (tmp_path / "credential.json").write_bytes(canonical(read_strictly(EXAMPLE.read_bytes())))
    (tmp_path / "did.json").write_bytes(rfc8785.dumps(did_document(KEY)))
    (tmp_path / "status.json").write_bytes(status_list(key=KEY, made=made))
    (tmp_path / "revoked.json").write_bytes(status_list(INDEX, key=KEY, made=made))
    (tmp_path / "context.json").write_bytes(CONTEXT.read_bytes())

    check(tmp_path, count=6)


@pytest.mark.parametrize("engine_name", ["sqlite"])  # What differs between the engines is asked elsewhere.
def test_a_real_certificate_is_accepted_by_other_software(certified: Journey, tmp_path):
    links = certified.found["verification"]["links"]
    for name, address in (
        ("credential.json", links["credential"]),
        ("credential.jwt", links["jwt"]),
        ("did.json", links["did"]),
        ("context.json", "/contexts/carbon/v1"),
    ):
        (tmp_path / name).write_bytes(certified.fetch(address))
    status = read_strictly((tmp_path / "credential.json").read_bytes())["credentialStatus"]["statusListCredential"]
    (tmp_path / "status.json").write_bytes(certified.fetch(path_of(status)))
    revoke(certified)
    (tmp_path / "revoked.json").write_bytes(certified.fetch(path_of(status)))

    check(tmp_path, count=7)
