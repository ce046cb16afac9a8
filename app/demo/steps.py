"""The main journey from its first step to its last: what `make demo` walks, and tests/journeys/test_spine.py."""

from collections.abc import Callable

from app.demo.journey import Journey, agree_to_texts, approve_trees, compute_year, plant_trees
from app.demo.journey_credits import issue_batch
from app.demo.journey_proof import buy_and_certify, check_as_stranger

STEPS: tuple[Callable[[Journey], str], ...] = (
    agree_to_texts,
    plant_trees,
    approve_trees,
    issue_batch,
    compute_year,
    buy_and_certify,
    check_as_stranger,
)
