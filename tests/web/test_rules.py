"""The little map of a claim and the numbering of its questions."""

import re

from app.places import Position, cell_of, cell_outline, distance_m
from app.review import Option, Question
from app.web.rules import MAP_HEIGHT, MAP_WIDTH, cell_map, number_questions

HERE = Position(284_517_000, 1_199_219_000)
NORTH_EAST = Position(284_527_000, 1_199_229_000)
OUTLINE = cell_outline(cell_of(HERE, 9))


def points(path):
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)]


def test_the_declared_place_is_the_middle_of_the_map():
    drawn = cell_map(HERE, OUTLINE, [], nearest_m=None)

    assert (drawn.here.x, drawn.here.y) == ("110.0", "80.0")
    assert (len(points(drawn.outline)), drawn.ring, drawn.photos) == (6, None, ())


def test_north_is_up_and_east_is_right():
    mark = cell_map(HERE, OUTLINE, [NORTH_EAST], nearest_m=None).photos[0]

    assert float(mark.x) > 110
    assert float(mark.y) < 80


def test_everything_lies_on_the_map_however_far_it_is():
    far = Position(285_517_000, 1_199_219_000)

    for others, nearest_m in (([], None), ([NORTH_EAST], 24), ([far], 3), ([], 9_000)):
        drawn = cell_map(HERE, OUTLINE, others, nearest_m=nearest_m)
        marks = points(drawn.outline) + [(float(each.x), float(each.y)) for each in drawn.photos]
        assert all(0 <= x <= MAP_WIDTH and 0 <= y <= MAP_HEIGHT for x, y in marks), (others, nearest_m)
        assert float(drawn.ring or 0) <= MAP_HEIGHT / 2
        assert 10 <= float(drawn.bar) <= MAP_WIDTH / 3


def test_the_bar_has_the_scale_of_the_map():
    drawn = cell_map(HERE, OUTLINE, [NORTH_EAST], nearest_m=None)

    x, y = float(drawn.photos[0].x) - 110, float(drawn.photos[0].y) - 80
    metres = (x * x + y * y) ** 0.5 * drawn.bar_m / float(drawn.bar)
    assert abs(metres - distance_m(HERE, NORTH_EAST)) < 3


def test_a_record_at_the_same_spot_still_has_a_ring_to_see():
    assert float(cell_map(HERE, OUTLINE, [], nearest_m=0).ring) >= 9


def test_answers_are_numbered_through_and_only_nine_have_a_key():
    pair = (Option("no", "No", True), Option("yes", "Yes", False))

    numbered = number_questions([Question(f"a.{place}", "odd", "Odd?", pair) for place in range(5)])

    keys = [option.key for question in numbered for option in question.options]
    assert keys == [1, 2, 3, 4, 5, 6, 7, 8, 9, None]
    assert [(question.field, question.anchor) for question in numbered[:2]] == [
        ("answer.a.0", "q1"),
        ("answer.a.1", "q2"),
    ]
    assert [option.forbids for option in numbered[0].options] == [False, True]


def test_the_outline_of_a_cell_runs_around_its_points():
    assert len(OUTLINE) == 6
    assert all(50 < distance_m(HERE, corner) < 500 for corner in OUTLINE)
