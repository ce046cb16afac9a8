"""Photos come in over HTTP."""

import gc
import io
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from PIL import Image
from sqlalchemy import func, select

from app.evidence import bind_files
from app.evidence.models import EvidenceFile, EvidenceStray
from app.evidence.routes import FORM_BYTES_MAX
from app.evidence.rules import images
from app.evidence.usecases import receive
from app.evidence.usecases.expire import expire_files
from app.evidence.usecases.receive import FILE_BYTES_MAX, store_upload
from app.foundation.data import clock, file_store, parse_public_id, reading, transaction
from app.foundation.http.models import IdempotencyRow
from app.foundation.proof import ActorKind
from tests.evidence.pictures import black_png, camera_exif, jpeg, png, webp

MIB = 1024 * 1024


# Stands for a part with a file name; each test opens its own.
A_FILE = ("x", "a.jpg")


def opened(value):
    if isinstance(value, list):
        return [opened(each) for each in value]
    return (io.BytesIO(value[0].encode()), value[1]) if isinstance(value, tuple) else value


def count(model) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def row_of(answer) -> EvidenceFile:
    with reading() as session:
        return session.get(EvidenceFile, parse_public_id("fil", answer.json["id"]))


def test_a_photo_is_received_with_what_its_camera_noted(resident):
    answer = resident.upload(jpeg(exif=camera_exif()))

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/files/{answer.json['id']}"
    assert (answer.json["state"], answer.json["media_type"], answer.json["purpose"]) == (
        "received", "image/jpeg", "planting",
    )  # fmt: skip
    assert (answer.json["width_px"], answer.json["height_px"]) == (320, 240)
    assert answer.json["exif_captured_at"] == "2026-03-12T01:30:00Z"


def test_what_is_stored_has_no_exif_and_is_what_the_row_says(resident):
    answer = resident.upload(jpeg(exif=camera_exif(), comment=b"a note"))

    row = row_of(answer)
    stored = file_store().get(row.store_key)
    image = Image.open(io.BytesIO(stored))
    assert dict(image.getexif()) == {}
    assert not image.info.keys() & {"exif", "xmp", "icc_profile", "comment"}
    assert row.byte_count == len(stored)
    assert b"phone maker" not in stored


def test_the_cameras_place_is_kept_exactly_and_shown_to_three_decimals(resident):
    answer = resident.upload(jpeg(exif=camera_exif()))

    assert answer.json["exif_position"] == {"lat_e7": 284_520_000, "lon_e7": 1_199_220_000}
    assert (row_of(answer).exif_lat_e7, row_of(answer).exif_lon_e7) == (284_517_000, 1_199_219_000)


def test_a_verifier_sees_the_cameras_place_exactly(sign_in):
    verifier = sign_in("staff", "verifier", kind=ActorKind.STAFF)

    answer = verifier.upload(jpeg(exif=camera_exif()))

    assert answer.json["exif_position"] == {"lat_e7": 284_517_000, "lon_e7": 1_199_219_000}


def test_the_name_of_the_file_decides_nothing(resident):
    answer = resident.upload(webp(), name="../../photo.php")

    assert (answer.status_code, answer.json["media_type"]) == (201, "image/webp")
    assert "photo" not in row_of(answer).store_key


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "evidence.file_empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "evidence.media_type_not_supported"),
        (png()[:-200], 422, "evidence.image_broken"),
        (jpeg(comment=b"<script>alert(1)</script>"), 422, "evidence.image_disguised"),
        (black_png(30_000, 30_000), 422, "evidence.too_many_pixels"),
    ],
    ids=["empty", "svg", "truncated", "polyglot", "bomb"],
)
def test_what_is_no_photo_is_a_clear_problem_and_leaves_nothing(resident, content, status, code):
    answer = resident.upload(content)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.json["errors"][0]["pointer"] == "/file"
    assert count(EvidenceFile) == count(EvidenceStray) == 0


def test_a_bomb_over_http_costs_no_memory(resident):
    bomb = black_png(30_000, 30_000)
    before = psutil.Process().memory_info().rss

    answer = resident.upload(bomb)

    assert answer.json["pixels_max"] == 40_000_000
    # SECURITY C1 allows 300 MiB; the form itself is kept in a temporary file.
    assert psutil.Process().memory_info().rss - before < 30 * MIB


def test_a_file_of_exactly_ten_mebibytes_is_read_and_one_byte_more_is_not(resident):
    whole = jpeg()

    fits = resident.upload(whole + b"\x00" * (FILE_BYTES_MAX - len(whole)))
    exceeds = resident.upload(whole + b"\x00" * (FILE_BYTES_MAX - len(whole) + 1))

    assert fits.status_code == 201
    assert (exceeds.status_code, exceeds.json["code"], exceeds.json["bytes_max"]) == (
        413, "evidence.file_too_large", FILE_BYTES_MAX,
    )  # fmt: skip


class Endless(io.RawIOBase):
    """A body without a declared length that would never end, and counts what is taken from it."""

    def __init__(self, start: bytes) -> None:
        self.start = start
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        part = (self.start[self.taken :] or b"\x00" * len(buffer))[: len(buffer)]
        buffer[: len(part)] = part
        self.taken += len(part)
        return len(part)


# The parser is stopped in the middle of a part; what it had begun to keep is closed when it is collected, with a warning.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_body_that_never_ends_is_cut_off_at_the_limit(resident):
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body = Endless(head)

    answer = resident.client.post(
        "/v1/files",
        headers=resident._headers,
        environ_overrides={
            "CONTENT_TYPE": "multipart/form-data; boundary=b",
            "CONTENT_LENGTH": "",
            "wsgi.input": io.BufferedReader(body),
            "wsgi.input_terminated": True,
        },
    )
    gc.collect()

    assert (answer.status_code, answer.json["code"]) == (413, "evidence.file_too_large")
    assert FILE_BYTES_MAX < body.taken < FILE_BYTES_MAX + FORM_BYTES_MAX + 256 * 1024


@pytest.mark.parametrize("purpose", ["p" * 600_000, "p" * 20_000])
def test_a_text_that_is_too_long_is_not_called_a_file_that_is_too_large(resident, purpose):
    answer = resident.upload(jpeg(), purpose=purpose)

    told = (answer.status_code, answer.json["code"])
    assert told == ((413, "request.too_large") if len(purpose) > 500_000 else (422, "request.invalid"))


@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ({"purpose": "planting"}, "/file"),
        ({"file": A_FILE}, "/purpose"),
        ({"file": "text", "purpose": "planting"}, "/file"),
        ({"file": A_FILE, "purpose": "Planting!"}, "/purpose"),
        ({"file": A_FILE, "purpose": "p" * 41}, "/purpose"),
        ({"file": A_FILE, "purpose": "planting\x00"}, "/purpose"),
        ({"file": A_FILE, "purpose": "planting", "more": "1"}, "/more"),
        ({"file": [A_FILE, A_FILE], "purpose": "planting"}, "/file"),
    ],
)
def test_a_form_with_wrong_parts_names_the_part(resident, form, pointer):
    answer = resident.post_form({name: opened(value) for name, value in form.items()})

    assert (answer.status_code, answer.json["code"]) == (422, "request.invalid")
    assert answer.json["errors"][0]["pointer"] == pointer


def test_a_body_that_is_no_form_is_refused(resident):
    answer = resident.post(jpeg(), "image/jpeg")

    assert (answer.status_code, answer.json["code"]) == (415, "request.unsupported_media_type")


def test_a_stranger_cannot_upload(client, sign_in):
    assert client.post("/v1/files", data={"purpose": "planting"}).status_code == 401
    assert sign_in("merchant").upload(jpeg()).status_code == 403
    assert count(EvidenceFile) == 0


def test_the_same_upload_sent_twice_is_one_file(resident):
    key, before = {"Idempotency-Key": "one"}, len(stored_photos())

    first, again = resident.upload(jpeg(), **key), resident.upload(jpeg(), **key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json["id"] == first.json["id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(EvidenceFile) == 1
    assert len(stored_photos()) == before + 1, "the bytes of the repetition are nobody's, and go at once"
    assert count(EvidenceStray) == 0


def test_an_upload_that_is_refused_in_its_transaction_leaves_no_bytes(resident):
    key, before = {"Idempotency-Key": "one"}, len(stored_photos())
    resident.upload(jpeg(seed=1), **key)

    assert resident.upload(jpeg(seed=2), **key).json["code"] == "idempotency.key_reused"
    assert resident.upload(jpeg(seed=2), **{"Idempotency-Key": None}).json["code"] == "idempotency.key_missing"

    assert len(stored_photos()) == before + 1
    assert count(EvidenceStray) == 0


def stored_photos() -> list[str]:
    store = file_store()
    return list(store._filesystem.find(f"{store._root}/evidence"))


def test_an_answer_is_kept_without_its_link_and_given_again_with_a_fresh_one(resident, client):
    key = {"Idempotency-Key": "one"}
    with clock.standing_at(datetime(2026, 3, 12, 4, 0, tzinfo=UTC)):
        first = resident.upload(jpeg(), **key)
    with reading() as session:
        kept = session.scalars(select(IdempotencyRow.body)).one()
    with clock.standing_at(datetime(2026, 3, 12, 5, 0, tzinfo=UTC)):
        again = resident.upload(jpeg(), **key)

        assert client.get(first.json["content_path"]).status_code == 410
        assert client.get(again.json["content_path"]).status_code == 200

    assert "signature" in first.text
    assert "signature" not in kept
    assert {**again.json, "content_path": None} == {**first.json, "content_path": None}


def test_a_person_with_too_many_photos_that_prove_nothing_uses_them_first(sign_in, monkeypatch):
    one, other = sign_in(), sign_in()
    fits = one.upload(jpeg(seed=1))
    monkeypatch.setattr(receive, "UNUSED_BYTES_MAX", fits.json["byte_count"])

    refused = one.upload(jpeg(seed=2))
    others = other.upload(jpeg(seed=3))
    with transaction() as session:
        file_id = parse_public_id("fil", fits.json["id"])
        bind_files(session, [file_id], owner=one.actor, subject_kind="test", subject_id=file_id, now=clock.now())
    used = one.upload(jpeg(seed=2))

    assert (refused.status_code, refused.json["code"]) == (409, "evidence.too_much_unused")
    assert refused.json["bytes_max"] == fits.json["byte_count"]
    assert (others.status_code, used.status_code) == (201, 201)


def test_a_person_below_the_limit_by_one_byte_may_send_another_photo(resident, monkeypatch):
    first = resident.upload(jpeg(seed=1))
    monkeypatch.setattr(receive, "UNUSED_BYTES_MAX", first.json["byte_count"] + 1)

    assert resident.upload(jpeg(seed=2)).status_code == 201


def test_the_expiry_gives_the_room_back(resident, monkeypatch):
    first = resident.upload(jpeg(seed=1))
    monkeypatch.setattr(receive, "UNUSED_BYTES_MAX", first.json["byte_count"])
    with transaction() as session:
        expire_files(session, clock.now() + timedelta(days=8))

    assert resident.upload(jpeg(seed=2)).status_code == 201


def test_a_photo_whose_turn_does_not_come_is_refused_for_now(resident, monkeypatch):
    monkeypatch.setattr(images, "TURN_S", 0.1)
    with images._turn, images._turn:
        answer = resident.upload(jpeg())

    assert (answer.status_code, answer.json["code"]) == (503, "evidence.decoding_queued")
    assert "Retry-After" in answer.headers
    assert resident.upload(jpeg()).status_code == 201


def test_a_webp_that_gives_up_gives_back_its_first_turn(resident, monkeypatch):
    monkeypatch.setattr(images, "TURN_S", 0.1)
    with images._turn, images._turn:
        assert resident.upload(webp()).status_code == 503

    assert resident.upload(webp()).status_code == 201


def test_one_key_for_two_photos_is_refused(resident):
    key = {"Idempotency-Key": "one"}
    resident.upload(jpeg(seed=1), **key)

    other = resident.upload(jpeg(seed=2), **key)

    assert (other.status_code, other.json["code"]) == (422, "idempotency.key_reused")


def test_an_owner_reads_their_file_and_nobody_else_does(sign_in):
    owner, stranger = sign_in(), sign_in()
    verifier = sign_in("staff", "verifier", kind=ActorKind.STAFF)
    path = f"/v1/files/{owner.upload(jpeg()).json['id']}"

    assert owner.get(path).json["state"] == "received"
    for other in (stranger, verifier):
        answer = other.get(path)
        assert (answer.status_code, answer.json["code"]) == (404, "evidence.file_not_found")


def test_an_id_that_is_none_is_not_found(resident):
    for text in ("fil_00000000000000000000000000", "fil_0", "plt_00000000000000000000000011", "1"):
        answer = resident.get(f"/v1/files/{text}")

        assert (answer.status_code, answer.json["code"]) == (404, "evidence.file_not_found")


def test_the_answer_tells_neither_store_key_nor_owner(resident):
    answer = resident.upload(jpeg())

    assert answer.json.keys() == {
        "id", "purpose", "state", "media_type", "byte_count", "width_px", "height_px", "sha256",
        "exif_position", "exif_captured_at", "received_at", "content_path",
    }  # fmt: skip
    assert row_of(answer).store_key not in answer.text


def test_no_photo_is_decoded_while_a_transaction_is_open(app):
    with transaction(), pytest.raises(RuntimeError):
        store_upload(jpeg(), now=clock.now())


def test_the_time_of_receipt_is_the_products_clock(resident):
    with clock.standing_at(datetime(2026, 3, 12, 4, 0, tzinfo=UTC)):
        assert resident.upload(jpeg()).json["received_at"] == "2026-03-12T04:00:00Z"
