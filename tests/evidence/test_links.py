"""Short links."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from app.evidence.models import EvidenceFile
from app.foundation.data import clock, file_store, parse_public_id, reading
from tests.evidence.pictures import jpeg, png, webp

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("encode", "media_type", "ending"),
    [(jpeg, "image/jpeg", "jpg"), (png, "image/png", "png"), (webp, "image/webp", "webp")],
)
def test_a_link_shows_the_stored_photo_to_whoever_holds_it(client, resident, encode, media_type, ending):
    file = resident.upload(encode()).json

    answer = client.get(file["content_path"])

    assert (answer.status_code, answer.content_type) == (200, media_type)
    with reading() as session:
        row = session.get(EvidenceFile, parse_public_id("fil", file["id"]))
    assert answer.data == file_store().get(row.store_key)
    assert answer.headers["Content-Disposition"] == f'inline; filename="{file["id"]}.{ending}"'


def test_a_photo_is_served_so_that_no_browser_runs_or_keeps_it(client, resident):
    headers = client.get(resident.upload(jpeg()).json["content_path"]).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (599, 200), (600, 410), (86_400, 410)])
def test_a_link_lasts_ten_minutes(client, resident, seconds, status):
    with clock.standing_at(NOON) as standing:
        path = resident.upload(jpeg()).json["content_path"]
        standing.move(timedelta(seconds=seconds))

        answer = client.get(path)

    assert answer.status_code == status
    if status == 410:
        assert answer.json["code"] == "evidence.link_expired"


def test_a_link_cannot_be_stretched_or_moved_to_another_photo(client, resident):
    one, other = resident.upload(jpeg(seed=1)).json, resident.upload(jpeg(seed=2)).json
    query = urlsplit(one["content_path"]).query
    expires, signature = (part.partition("=")[2] for part in query.split("&"))
    last = "0" if signature[-1] != "0" else "1"

    for path in (
        f"/v1/files/{other['id']}/content?{query}",
        f"/v1/files/{one['id']}/content?expires={int(expires) + 1}&signature={signature}",
        f"/v1/files/{one['id']}/content?expires={expires}&signature={signature[:-1]}{last}",
        f"/v1/files/{one['id']}/content?expires=253402300799&signature={'0' * 64}",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.json["code"]) == (404, "evidence.file_not_found")


def test_a_link_with_parts_missing_or_misshapen_is_refused(client, resident):
    file_id = resident.upload(jpeg()).json["id"]

    for query in ("", "expires=1", "expires=x&signature=" + "0" * 64, "expires=1&signature=é", "expires=-1"):
        assert client.get(f"/v1/files/{file_id}/content?{query}").status_code == 422


def test_a_link_to_a_photo_whose_bytes_are_lost_is_not_found(client, resident):
    file = resident.upload(jpeg()).json
    with reading() as session:
        file_store().delete(session.get(EvidenceFile, parse_public_id("fil", file["id"])).store_key)

    assert client.get(file["content_path"]).status_code == 404


def test_reading_the_file_again_gives_a_fresh_link(client, resident):
    with clock.standing_at(NOON) as standing:
        file = resident.upload(jpeg()).json
        standing.move(timedelta(hours=1))

        fresh = resident.get(f"/v1/files/{file['id']}").json["content_path"]

        assert fresh != file["content_path"]
        assert client.get(fresh).status_code == 200
