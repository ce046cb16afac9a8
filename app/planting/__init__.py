"""Planting: trees that residents say they planted, recorded offline, proved by photos and decided in review.

An approved claim earns points by the rule set in force on the day of the planting; no carbon figure is shown for a tree that
cannot be measured yet.
"""

from app.planting.catalogue import DutyForm, Species, find_duty_form, find_species, list_duty_forms, list_species
from app.planting.errors import PlantingNotFound
from app.planting.routes import register
from app.planting.rules.claims import ClaimStatus
from app.planting.subject import ACT, SUBJECT_KIND
from app.planting.usecases.reading import Claim, Planting, get_planting, list_plantings
from app.planting.usecases.record import NewPlanting, SentPosition, change_planting, record_planting
from app.planting.usecases.submit import submit_planting, withdraw_planting

__all__ = [
    "ACT",
    "SUBJECT_KIND",
    "Claim",
    "ClaimStatus",
    "DutyForm",
    "NewPlanting",
    "Planting",
    "PlantingNotFound",
    "SentPosition",
    "Species",
    "change_planting",
    "find_duty_form",
    "find_species",
    "get_planting",
    "list_duty_forms",
    "list_plantings",
    "list_species",
    "record_planting",
    "register",
    "submit_planting",
    "withdraw_planting",
]
