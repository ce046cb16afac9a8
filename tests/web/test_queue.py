"""The queue of the console: one's own office and counties, due first, with what needs judgement."""

from datetime import timedelta

from app.foundation.work import work_until_idle
from app.identity import Role
from tests.planting.people import LONGQUAN, camera, gcj02, photo


def test_a_clerk_sees_the_claims_of_their_own_county_and_no_others(clerk, make_clerk, resident):
    resident.claim(tree_count=5)
    resident.claim(tree_count=7, county=LONGQUAN)
    longquan = make_clerk("zhao.lei", county=LONGQUAN)

    mine, theirs = clerk.get("/console"), longquan.sign_in()

    assert mine.title == theirs.title == "1 to do · Lintan console"
    assert "5 × Cinnamomum camphora" in mine.text
    assert "7 × Cinnamomum camphora" not in mine.text
    assert "7 × Cinnamomum camphora" in theirs.text


def test_names_are_masked_and_the_earliest_due_comes_first(make_clerk, city, hands):
    city.resident("张建国").claim(tree_count=5)
    hands.move(timedelta(days=1))
    city.resident("陈明").claim(tree_count=6, position=gcj02(28.48, 119.9), captured_at="2026-03-13T03:00:00Z")

    page = make_clerk().sign_in()

    assert "张建国" not in page.source
    assert page.source.index("张**") < page.source.index("陈*")


def test_what_is_due_today_and_what_is_overdue_is_said(make_clerk, resident, hands):
    resident.claim()

    hands.move(timedelta(days=6, hours=20))
    today = make_clerk().sign_in()
    hands.move(timedelta(hours=20))
    later = make_clerk("li.wei").sign_in()

    assert "1 is due today. None is overdue." in today.text
    assert "None is due today. 1 is overdue." in later.text
    assert "overdue 19 March" in later.text


def test_filters_are_links_with_counts(clerk, resident):
    resident.claim(photo(exif=camera(minutes_off=500)), tree_count=5)
    resident.claim(tree_count=6, position=gcj02(28.48, 119.9))

    everything = clerk.get("/console")
    flagged = clerk.get(everything.link("Only what needs attention"))

    assert "All 2" in everything.text
    assert "Time differs 1" in everything.text
    assert "Place differs 0" not in everything.text
    assert flagged.title == "1 to do · Lintan console"
    assert "6 × Cinnamomum camphora" not in flagged.text
    assert "?flag=any" in flagged.link("5 × Cinnamomum camphora")


def test_a_filter_that_makes_no_sense_filters_nothing(clerk, resident):
    resident.claim()

    assert clerk.get("/console?flag=A%20B").title == "1 to do · Lintan console"
    assert clerk.get("/console?flag=nobody_has_this").title == "0 to do · Lintan console"


def test_a_long_queue_has_pages(clerk, resident):
    for place in range(22):
        resident.claim(tree_count=1, position=gcj02(28.45, 119.9 + place / 100))

    first = clerk.get("/console")
    second = clerk.get(first.link("Next page"))

    assert "20 shown, 22 in all" in first.text
    assert "2 shown, 22 in all" in second.text
    assert second.link("To the start") == "/console"


def test_a_cursor_that_is_not_ours_gives_a_page_that_says_so(clerk):
    page = clerk.get("/console?cursor=AAAA")

    assert page.status == 400
    assert "Go back, look at what you entered" in page.text


def test_a_case_is_found_by_its_number_or_that_of_the_planting(clerk, resident):
    claim = resident.claim()

    for number in (claim["id"], claim["review"]["case_id"]):
        answer = clerk.client.get(f"/console?number=%20{number}")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/console/cases/{claim['review']['case_id']}")


def test_the_number_of_another_county_is_not_found(clerk, resident):
    foreign = resident.claim(county=LONGQUAN)
    draft = resident.draft()

    for number in (foreign["id"], foreign["review"]["case_id"], draft["id"], "plt_0", "nothing"):
        page = clerk.get(f"/console?number={number}")
        assert (page.status, "There is no case with this number" in page.text) == (200, True), number


def test_the_most_urgent_case_is_one_that_this_clerk_can_decide(clerk, resident):
    second = resident.claim(tree_count=40)
    clerk.decide(clerk.case(second))
    other = resident.claim(tree_count=2, position=gcj02(28.48, 119.9))
    work_until_idle()

    start = clerk.get("/console").link("Begin with the most urgent")

    assert other["review"]["case_id"] in start


def test_an_auditor_reads_every_county(make_clerk, resident):
    resident.claim()
    resident.claim(county=LONGQUAN, position=gcj02(28.07, 119.14))
    auditor = make_clerk("audit.one", role=Role.AUDITOR)

    page = auditor.sign_in()

    assert page.title == "2 to do · Lintan console"
    assert "Begin with the most urgent" not in page.text
