"""What the desks of the console call things: proposals by what they would do, members of a content by what they mean."""

from app.web.desk.members import SaidChange, label_of, said, said_changes
from app.web.desk.names import ORGANISATION_KINDS, ROLE_NAMES
from app.web.desk.proposals import proposal_heading

__all__ = ["ORGANISATION_KINDS", "ROLE_NAMES", "SaidChange", "label_of", "proposal_heading", "said", "said_changes"]
