"""Names of roles, kinds and members. A word that stands here for itself is one that forms of the console use too."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.identity import AgencyKind, OrganisationKind, Role

ROLE_NAMES: dict[str, LazyString] = {
    Role.VERIFIER: _("Verifier"),
    Role.REGISTRAR: _("Registrar"),
    Role.ISSUER: _("Issuing officer"),
    Role.FINANCE: _("Finance"),
    Role.AUDITOR: _("Auditor"),
    Role.SUPPORT: _("Help desk"),
    Role.ADMIN: _("Administrator"),
}
ORGANISATION_KINDS: dict[str, LazyString] = {
    OrganisationKind.GENERAL: _("Sign-up"),
    OrganisationKind.EVALUATOR: _("Technical body"),
    OrganisationKind.STATION: _("Wildlife station"),
    OrganisationKind.MERCHANT: _("Merchant"),
    OrganisationKind.SPONSOR: _("Sponsor"),
    OrganisationKind.PROJECT_OWNER: _("Project owner"),
}
AGENCY_KINDS: dict[str, LazyString] = {
    AgencyKind.FORESTRY: _("Forestry"),
    AgencyKind.ECOLOGY: _("Ecology and environment"),
    AgencyKind.OFFICE_AFFAIRS: _("Government offices' affairs"),
    AgencyKind.PARK: _("National park"),
}
ANIMAL_GROUPS: dict[str, LazyString] = {
    "small_mammal": _("Small mammals"),
    "large_mammal": _("Large mammals"),
    "primate": _("Primates"),
    "bird": _("Birds"),
    "raptor": _("Birds of prey"),
    "waterbird": _("Water birds"),
    "snake": _("Snakes"),
    "other_reptile": _("Other reptiles"),
    "amphibian": _("Amphibians"),
    "fish": _("Fish"),
}
DOCUMENT_KINDS: dict[str, LazyString] = {
    "resident_card": _("Resident identity card"),
    "temporary_card": _("Temporary identity card"),
    "household_register": _("Household register"),
    "passport": _("Passport"),
    "travel_permit": _("Travel permit of a Hong Kong, Macao or Taiwan resident"),
    "foreigners_card": _("Permanent residence card of a foreigner"),
}
# What members of a content are called, by the name that they carry in it, in the order in which they are read.
LABELS: dict[str, LazyString] = {
    "username": _("User name"),
    "name_masked": _("Name that colleagues see"),
    "staff_id": _("Member of staff"),
    "deputy_id": _("Deputy"),
    "for_staff_id": _("Stands in for"),
    "role": _("Role"),
    "roles": _("Roles"),
    "agency_id": _("Agency"),
    "counties": _("Counties"),
    "county": _("County"),
    "county_code": _("County"),
    "county_codes": _("Counties"),
    "from": _("From"),
    "until": _("Until"),
    "slug": _("Short name in addresses"),
    "name": _("Name"),
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "kind": _("Kind of business"),
    "kinds": _("Parts"),
    "phone": _("Telephone number"),
    "duty_phone": _("Telephone outside the hours"),
    "document_kind": _("Document seen"),
    "accreditation_number": _("Number of the accreditation"),
    "scope": _("Evaluates"),
    "valid_until": _("Valid until"),
    "groups": _("Groups of animals"),
    "hours": _("Open"),
    "capacity": _("Places for animals"),
    "shops": _("Shops"),
    "address": _("Address"),
    "settlement_contact": _("Contact for settlement"),
    "shown_as": _("Shown as"),
    "statement": _("Statement"),
    "description": _("Description"),
}
# What it means that one of these says nothing.
WITHOUT: dict[str, LazyString] = {"from": _("on approval"), "until": _("further notice"), "county": _("the whole city")}
# What only machines compare: it stands in the whole content below the difference.
FOR_MACHINES = frozenset(
    {"name_mark", "phone_mark", "person_version", "role_id", "deputyship_id", "recovery_id", "person_id", "operation"}
)
