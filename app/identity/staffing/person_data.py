"""Members of staff act in office: what they did stays on record under their name, and no resident's erasure touches it."""

from app.identity.rights.parts import PersonData, nothing_to_erase, nothing_to_export

_IN_OFFICE = "a member of staff in office; the agency's record, not a resident's data"


STAFFING = PersonData(
    held=(),
    export=nothing_to_export,
    erase=nothing_to_erase,
    not_personal={
        "identity_agency": "offices",
        "identity_staff": _IN_OFFICE,
        "identity_staff_role": _IN_OFFICE,
        "identity_staff_pending": _IN_OFFICE,
        "identity_staff_enrolment": _IN_OFFICE,
        "identity_staff_role_end": _IN_OFFICE,
        "identity_staff_leave": _IN_OFFICE,
        "identity_deputyship": _IN_OFFICE,
        "identity_deputy": _IN_OFFICE,
    },
)
