"""What is off without its consent, over HTTP: places, photos, and the way back after a withdrawal."""

import io

from tests.planting.people import camera, new_planting, photo, wgs84


def refused(answer, purpose, resident):
    """Whether an answer asks for a consent and names the text to show."""
    named = (answer.status_code, answer.json["code"], answer.json.get("purpose"), answer.json.get("document_id"))
    return named == (409, "identity.consent_needed", purpose, resident.texts()[purpose]["document_id"])


def test_without_location_no_planting_is_recorded_and_with_it_one_is(resident):
    planter, planting = resident.resident, new_planting()

    assert refused(planter.post("/v1/plantings", planting), "location", resident)
    assert planter.get("/v1/plantings").json["items"] == []

    resident.agree("location")
    assert planter.post("/v1/plantings", planting).status_code == 201


def test_a_withdrawal_of_location_stops_what_is_new_at_once_and_nothing_in_review(resident, city):
    planter, verifier = resident.resident, city.verifier()
    resident.agree("location", "photos")
    in_review, draft, sent = planter.claim(), planter.draft(), new_planting()
    assert planter.post("/v1/plantings", sent).status_code == 201

    resident.withdraw("location")

    assert refused(planter.record(), "location", resident)
    assert refused(planter.submit(draft), "location", resident)
    etag = planter.get(f"/v1/plantings/{draft['id']}").headers["ETag"]
    moved = planter.patch(f"/v1/plantings/{draft['id']}", {"position": wgs84(28.46)}, etag=etag)
    assert refused(moved, "location", resident)
    # What was said before is the same draft, and correcting it tells no new place.
    assert planter.post("/v1/plantings", sent).status_code == 200
    assert planter.patch(f"/v1/plantings/{draft['id']}", {"tree_count": 4}, etag=etag).status_code == 200
    # The bureau goes on with what it has, and may ask for more of it.
    assert verifier.decide(in_review, "needs_more", reason_code="count_unclear").status_code == 200
    assert planter.submit(in_review).status_code == 200
    assert verifier.approve(planter.read(in_review)).status_code == 200


def test_without_photos_nothing_is_uploaded(resident):
    planter = resident.resident

    def upload():
        form = {"file": (io.BytesIO(photo()), "a.jpg"), "purpose": "planting"}
        return planter.client.post("/v1/files", data=form, content_type="multipart/form-data", headers=planter.headers)

    assert refused(upload(), "photos", resident)
    resident.agree("photos")
    assert upload().status_code == 201
    resident.withdraw("photos")
    assert refused(upload(), "photos", resident)


def test_without_location_a_photo_goes_through_and_its_place_is_dropped(resident):
    planter = resident.resident
    resident.agree("photos")

    def place_of_upload():
        file_id = planter.upload(photo(exif=camera()))
        file = planter.get(f"/v1/files/{file_id}").json
        assert file["exif_captured_at"] == "2026-03-12T04:00:00Z"
        return file["exif_position"]

    assert place_of_upload() is None
    resident.agree("location")
    assert place_of_upload() == {"lat_e7": 284_520_000, "lon_e7": 1_199_220_000}
    resident.withdraw("location")
    assert place_of_upload() is None
