"""Examples for the document of the API."""

_TAIL = "_01kmkdrp0000008000000000g1"
_ID, _FILE = f"org{_TAIL}", f"fil{_TAIL}"
CONTACT = {"name": "林小姐", "phone": "0578-2000000"}
NEW = {
    "name": "瓯江竹业有限公司",
    "uscc": "91331102EXAMPLE01N",
    "county_code": "331102",
    "kinds": ["general"],
    "contact": CONTACT,
}
STATION_FACTS = {
    "groups": ["bird", "raptor"],
    "hours": [{"weekday": 1, "opens": "08:30", "closes": "17:30"}],
    "county_codes": ["331102"],
    "phone": "0578-2000000",
    "capacity": 12,
    "duty_phone": None,
}
EVALUATOR_FACTS = {
    "accreditation_number": "CMA 251100000000",
    "scope": ["Events", "Public institutions"],
    "valid_until": "2028-12-31",
}
MERCHANT_FACTS = {
    "shops": [{"name": "瓯江边书店", "address": "莲都区中山街 1 号", "county_code": "331102"}],
    "settlement_contact": {"name": "会计室", "phone": "0578-2000000"},
}
SPONSOR_FACTS = {"shown_as": "瓯江源生态基金", "statement": None}
PROJECT_OWNER_FACTS = {"county_codes": ["331102"], "description": "毛竹经营 1,200 亩"}
ORGANISATION = {
    "id": _ID,
    "name": NEW["name"],
    "uscc": NEW["uscc"],
    "county_code": "331102",
    "kinds": ["general"],
    "state": "draft",
    "my_role": "owner",
    "agency": None,
    "contact": CONTACT,
    "proposed": None,
    "profiles": [],
    "waiting": [],
    "checks": [],
    "created_at": "2026-03-12T01:40:00Z",
    "verified_at": None,
}
_AGENCY = {"id": f"agy{_TAIL}", "name_zh": "莲都区林业局", "name_en": "Liandu Forestry Bureau"}
SUBMITTED = {**ORGANISATION, "state": "submitted", "agency": _AGENCY, "waiting": ["general"]}
VERIFIED = {
    **ORGANISATION,
    "state": "verified",
    "agency": _AGENCY,
    "my_role": None,
    "checks": [{"about": "general", "act": "approve", "reason": None, "checked_at": "2026-03-13T02:00:00Z"}],
    "verified_at": "2026-03-13T02:00:00Z",
}
SUSPENDED = {
    **VERIFIED,
    "state": "suspended",
    "checks": [
        {
            "about": "general",
            "act": "suspend",
            "reason": "The licence was revoked.",
            "checked_at": "2026-05-13T02:00:00Z",
        },
        *VERIFIED["checks"],  # type: ignore[misc]
    ],
}
CLOSED = {**ORGANISATION, "state": "closed"}
FILE = {
    **SUBMITTED,
    "documents": [
        {
            "id": _FILE,
            "media_type": "image/jpeg",
            "content_path": f"/v1/files/{_FILE}/content?expires=1773280000&signature={'5f' * 32}",
            "received_at": "2026-03-12T01:39:00Z",
        }
    ],
}
LINE = {
    "id": _ID,
    "name": NEW["name"],
    "state": "verified",
    "kinds": ["general"],
    "my_role": "owner",
    "joined_at": "2026-03-12T01:40:00Z",
}
QUEUE_LINE = {
    "organisation_id": _ID,
    "name": NEW["name"],
    "uscc": NEW["uscc"],
    "county_code": "331102",
    "about": "general",
    "is_change": False,
    "since": "2026-03-12T01:45:00Z",
}
MEMBER = {
    "id": f"omb{_TAIL}",
    "display_name": "小林",
    "role": "member",
    "is_me": False,
    "joined_at": "2026-03-14T01:40:00Z",
    "version": 1,
}
INVITATION = {
    "id": f"oiv{_TAIL}",
    "role": "member",
    "created_at": "2026-03-14T01:40:00Z",
    "expires_at": "2026-03-21T01:40:00Z",
}
MADE_INVITATION = {**INVITATION, "organisation_id": _ID, "code": "7k3m9qwdx4"}
STATION = {
    "id": _ID,
    "name": "瓯江野生动物救助站",
    "county_code": "331102",
    **{name: value for name, value in STATION_FACTS.items() if name != "duty_phone"},
}
EVALUATOR = {
    "id": _ID,
    "name": "瓯江碳计量中心",
    "uscc": NEW["uscc"],
    "county_code": "331102",
    **EVALUATOR_FACTS,
}
NEW_IMPORT = {
    "kind": "evaluator",
    "csv": (
        "uscc,name,county_code,accreditation_number,scope,valid_until\n"
        "91331102EXAMPLE01N,瓯江碳计量中心,331102,CMA 251100000000,Events; Public institutions,2028-12-31\n"
    ),
    "dry_run": True,
}
IMPORT_REPORT = {
    "kind": "evaluator",
    "dry_run": True,
    "applied": False,
    "lines": [{"number": 2, "uscc": NEW["uscc"], "act": "create", "organisation_id": None, "faults": []}],
}
