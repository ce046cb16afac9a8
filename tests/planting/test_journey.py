"""From five trees in the hand to points on the account: the first two steps of the main journey."""

from app.foundation.work import work_until_idle
from tests.planting.people import LONGQUAN, camera, gcj02, photo


def test_five_trees_planted_offline_are_approved_in_their_county_and_earn_points(city, resident):
    liandu, longquan = city.verifier(), city.verifier(LONGQUAN)
    draft = resident.draft()

    answer = resident.submit(draft, photo(exif=camera()), photo())

    assert answer.status_code == 200, answer.json
    claim = answer.json
    assert (claim["status"], len(claim["files"]), claim["award"]) == ("submitted", 2, None)
    assert longquan.get(f"/v1/reviews/{claim['review']['case_id']}").status_code == 404
    assert longquan.decide(claim).json["code"] == "review.case_not_found"
    assert longquan.queue() == []
    case = liandu.case(claim)
    agreements = sorted((each["what"], each["agreement"]) for each in case["subject"]["comparisons"])
    assert agreements == [("place", "absent"), ("place", "agrees"), ("time", "absent"), ("time", "agrees")]
    assert (case["subject"]["questions"], case["subject"]["points"]["points"]) == ([], 50)
    decided = liandu.decide(claim)
    assert (decided.status_code, decided.json["state"]) == (200, "approved")
    work_until_idle()
    mine = resident.read(claim)
    assert (mine["status"], mine["award"]["points"], mine["award"]["rule_version"]) == ("approved", 50, 1)
    assert mine["award"]["lines"][0]["code"] == "units"
    assert resident.get("/v1/me/account").json["free_points"] == mine["award"]["points_now"]


def test_a_position_comes_back_in_the_system_in_which_it_was_sent(resident):
    sent = gcj02()

    shown = resident.draft(position=sent)["position"]

    assert shown["crs"] == "gcj02"
    assert abs(shown["lat_e7"] - sent["lat_e7"]) <= 1
    assert abs(shown["lon_e7"] - sent["lon_e7"]) <= 1


def test_no_planted_tree_is_given_a_carbon_figure(resident):
    carbon = resident.draft()["carbon"]

    assert carbon["state"] == "not_yet_measurable"
    assert carbon["why"]
    assert set(carbon) == {"state", "why"}
