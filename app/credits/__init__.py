"""Credits: projects, batches and every single kilogram by its serial number, from its issue to its retirement.

Rooms above reserve kilograms, deliver them or retire them; which serials go, and that none goes twice, is settled here.
"""

from datetime import timedelta

from flask import Flask

from app.approvals import ProposalKind
from app.approvals import kinds as proposal_kinds
from app.credits import routes
from app.credits.audit import register_checks
from app.credits.errors import (
    BatchNotFound,
    BeneficiaryUnknown,
    HoldNotForThis,
    NotEnoughKilograms,
    ProjectNotFound,
    RetirementDiffers,
    RetirementNotFound,
    TooScattered,
)
from app.credits.logged import RETIREMENT_SUBJECT, log_older_retirements
from app.credits.person_data import dedications_of, forget_dedications, register_person_data
from app.credits.queries import (
    Batch,
    Cancellation,
    Price,
    Project,
    Retirement,
    batches_by_ids,
    find_retirement,
    find_retirement_by_transfer,
    get_batch,
    projects_by_ids,
    retirements_by_ids,
)
from app.credits.rules import (
    RETIREMENT_PATTERN,
    BeneficiaryKind,
    Custody,
    HolderKind,
    Purpose,
    SerialRange,
    joined,
    kg_for,
    price_fen,
    printed_serial,
    shown_name,
    tonnes,
)
from app.credits.usecases.figures import RegisterFigures, register_figures, write_figures
from app.credits.usecases.household import retired_kg
from app.credits.usecases.issue import BATCH_KIND, apply_batch, batch_difference
from app.credits.usecases.move import (
    Delivery,
    Hold,
    Holder,
    available_kg,
    deliver_held,
    hold_kg,
    release_hold,
    transfer_kg,
)
from app.credits.usecases.price import PRICE_KIND, apply_price, price_difference
from app.credits.usecases.projects import PROJECT_KIND, apply_project, project_difference
from app.credits.usecases.reading import (
    NamedRetirement,
    Offer,
    batches_for_sale,
    get_retirement,
    offer_of,
    projects_at,
)
from app.credits.usecases.retire import Beneficiary, retire, retire_held
from app.foundation.http import add_operations
from app.foundation.work import schedule, setup_step
from app.identity import Role, household_figures

__all__ = [
    "RETIREMENT_PATTERN",
    "RETIREMENT_SUBJECT",
    "Batch",
    "BatchNotFound",
    "Beneficiary",
    "BeneficiaryKind",
    "BeneficiaryUnknown",
    "Cancellation",
    "Custody",
    "Delivery",
    "Hold",
    "HoldNotForThis",
    "Holder",
    "HolderKind",
    "NamedRetirement",
    "NotEnoughKilograms",
    "Offer",
    "Price",
    "Project",
    "ProjectNotFound",
    "Purpose",
    "RegisterFigures",
    "Retirement",
    "RetirementDiffers",
    "RetirementNotFound",
    "SerialRange",
    "TooScattered",
    "available_kg",
    "batches_by_ids",
    "batches_for_sale",
    "dedications_of",
    "deliver_held",
    "find_retirement",
    "find_retirement_by_transfer",
    "forget_dedications",
    "get_batch",
    "get_retirement",
    "hold_kg",
    "joined",
    "kg_for",
    "offer_of",
    "price_fen",
    "printed_serial",
    "projects_at",
    "projects_by_ids",
    "register",
    "register_figures",
    "release_hold",
    "retire",
    "retire_held",
    "retirements_by_ids",
    "shown_name",
    "tonnes",
    "transfer_kg",
]

_FIGURES_ANEW = timedelta(minutes=1)


def register(app: Flask) -> None:
    """Serve the room's operations, take part in approvals and set-up, keep the figures, answer for the serials in the audit."""
    registrar = Role.REGISTRAR.value
    for kind, difference, apply in (
        (PROJECT_KIND, project_difference, apply_project),
        (BATCH_KIND, batch_difference, apply_batch),
        (PRICE_KIND, price_difference, apply_price),
    ):
        proposal_kinds.register(app, kind, ProposalKind(approver_role=registrar, difference=difference, apply=apply))
    register_checks(app)
    setup_step(app, "retirements in the log", log_older_retirements)
    schedule(app, name="credits.figures", period=_FIGURES_ANEW, run=write_figures)
    household_figures.register(app, "retired_kg", retired_kg)
    add_operations(app, routes.blp)
    register_person_data(app)
