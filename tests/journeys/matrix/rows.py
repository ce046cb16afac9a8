"""One row an operation, or one for residents and one for staff: whom it lets in, and who holds the role and is told nothing.

A probe is a request that says nothing: no key, no version, no body, or one that cannot be read. Whoever is let in is answered by
what it lacks, and nothing happens. An operation that lacks nothing acts: then the row names the answer, and things of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.journeys.matrix.cast import OTHER_RESIDENTS, OTHER_STAFF


@dataclass(frozen=True, kw_only=True)
class Row:
    """Who may, at one operation.

    Args:
        names: the thing behind each parameter of the path.
        who: who is let in, by name; nobody where everybody is.
        out: who holds a role for it, and whose it is not.
        query: what the query must say, with the names of things in braces.
        told: the answer to a probe that acts.
        refused: the answer to those outside. What the world may see it exists, may be refused with 403.
    """

    names: dict[str, str] = field(default_factory=dict)
    who: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    query: str = ""
    told: int | None = None
    refused: int = 404


def public(**names: str) -> Row:
    """Everybody, signed in or not."""
    return Row(names=names)


def free(*who: str, told: int | None = None) -> Row:
    """Whoever has the role; what is read or changed is the caller's own."""
    return Row(who=who, told=told)


def own(*also: str, out: Iterable[str] = OTHER_RESIDENTS, **names: str) -> Row:
    """Alice's, and that of those named besides."""
    return Row(names=names, who=("alice", *also), out=tuple(out))


def of_agency(*who: str, out: Iterable[str] = OTHER_STAFF, **names: str) -> Row:
    """What an agency runs in a county; the same role elsewhere is outside."""
    return Row(names=names, who=who, out=tuple(out))


Part = dict[str, Row | tuple[Row, ...]]

_RESIDENT, _BOTH = ("mallory",), ("mallory", "verifier")
_NOT_MEMBERS = ("dave", *OTHER_RESIDENTS)
_NOT_OWNERS = ("bob", *_NOT_MEMBERS)
_HEADS = ("carol",)
_HOME = {"household_id": "household"}
_FIRM = {"organisation_id": "organisation"}
_HOOK = {"endpoint_id": "endpoint"}
_TICKET = {"ticket_id": "ticket"}
_TICKET_OF_CLERK = Row(
    names={"ticket_id": "ticket_of_clerk"}, who=("verifier",), out=("registrar", "support", "mallory")
)
_NOT_ASKING = ("support", "verifier", "admin", *OTHER_RESIDENTS)
_CASE = {"case_id": "case_open"}
_STAFF = {"staff_id": "clerk"}
_OUTSIDE_APPROVAL = (*OTHER_STAFF, "verifier", "admin", "support")

FOUNDATION: Part = {
    "audit_search": Row(who=("admin", "auditor"), query="object={planting}"),
    "sync_list_changes": free(*_RESIDENT),
    "places_list_places": public(),
    "places_get_place": public(code="county"),
    "places_get_calendar": public(year="year"),
    "approvals_list_approvals": free("verifier"),
    "approvals_get_approval": of_agency(
        "registrar", "registrar2", "auditor", out=_OUTSIDE_APPROVAL, approval_id="approval"
    ),
    "approvals_approve": of_agency("registrar2", out=_OUTSIDE_APPROVAL, approval_id="approval"),
    "approvals_refuse": of_agency("registrar2", out=_OUTSIDE_APPROVAL, approval_id="approval"),
    "approvals_withdraw": of_agency("registrar", out=_OUTSIDE_APPROVAL, approval_id="approval"),
    "rulebook_list_documents": public(),
    "rulebook_propose_document": free("city_registrar"),
    "rulebook_get_document": public(document_id="document"),
}
ENTRANCE: Part = {
    "auth_request_code": public(),
    "auth_sign_in_with_code": public(),
    "auth_sign_in_staff": public(),
    "auth_refresh_session": public(),
    "auth_sign_out": free("parting", "clerk_parting", told=204),
    "auth_list_sessions": free(*_BOTH),
    "auth_end_other_sessions": free(*_BOTH, told=204),
    "auth_end_session": (
        Row(names={"session_id": "session"}, who=("leaver",), out=("verifier", *OTHER_RESIDENTS), told=204),
        Row(names={"session_id": "session_of_clerk"}, who=("clerk_leaver",), out=("verifier", "mallory"), told=204),
    ),
    "auth_list_devices": free(*_BOTH),
    "auth_forget_device": (
        Row(names={"device_id": "device"}, who=("mover",), out=("verifier", *OTHER_RESIDENTS), told=204),
        Row(names={"device_id": "device_of_clerk"}, who=("clerk_mover",), out=("verifier", "mallory"), told=204),
    ),
    "outside_sign_in_wechat": public(),
    "outside_sign_in_zheliban": public(),
    "outside_list_accounts": free(*_RESIDENT),
    "outside_unlink_account": Row(names={"account_id": "account_spare"}, who=("alice",), out=OTHER_RESIDENTS, told=204),
}
PEOPLE: Part = {
    "me_show": free(*_BOTH),
    "me_rename": free(*_BOTH),
    "me_give_birth_date": free(*_RESIDENT),
    "me_forget_birth_date": free(*_RESIDENT),
    "me_request_phone_code": free(*_RESIDENT),
    "me_change_phone": free(*_RESIDENT),
    "family_list_children": free(*_RESIDENT),
    "family_open_child": free(*_RESIDENT),
    "family_show_child": own(child_id="child"),
    "family_change_child": own(child_id="child"),
    "family_end_guardianship": own(child_id="child"),
    "family_request_child_code": own(child_id="child"),
    "family_give_child_phone": own(child_id="child"),
    "family_show_guardian": free(*_RESIDENT),
    "family_invite_guardian": free(*_RESIDENT),
    "family_withdraw_invitation": free("kid2", told=204),
    "family_list_invitations": free(*_RESIDENT),
    "family_accept_invitation": own(guardian_invitation_id="guardian_invitation"),
    "family_decline_invitation": own(guardian_invitation_id="guardian_invitation"),
    "desk_look_up": free("support"),
    "desk_request_desk_code": free("support"),
    "desk_open_recovery": free("support"),
    "desk_show_recovery": of_agency("support", "support2", "auditor", out=(), recovery_id="recovery"),
    "desk_open_assisted_person": free("support"),
    "desk_show_assisted_person": of_agency("support", "auditor", out=(), person_id="assisted_person"),
    "desk_open_assisted_session": free("support"),
    "consents_list_consent_texts": public(),
    "consents_list_consents": free(*_RESIDENT),
    "consents_give_consent": free(*_RESIDENT),
    "consents_withdraw_consent": Row(names={"purpose": "purpose"}, who=("mallory",), told=200),
    "consents_list_consents_of_child": own(child_id="child"),
    "consents_give_consent_for_child": own(child_id="child"),
    "consents_withdraw_consent_of_child": Row(
        names={"child_id": "child", "purpose": "purpose"}, who=("alice",), out=OTHER_RESIDENTS, told=200
    ),
}
TOGETHER: Part = {
    "households_list_households": free(*_RESIDENT),
    "households_open_household": free(*_RESIDENT),
    "households_read_household": own("bob", **_HOME),
    "households_rename_household": own(out=_HEADS, **_HOME),
    "households_list_invitations": own(out=_HEADS, **_HOME),
    "households_invite": own(out=_HEADS, **_HOME),
    "households_withdraw_invitation": Row(
        names=_HOME | {"invitation_id": "invitation_spare"}, who=("alice",), out=_HEADS, told=204
    ),
    "households_join": free(*_RESIDENT),
    "households_leave": own("bob", membership_id="membership", **_HOME),
    "households_change_head": own(out=_HEADS, **_HOME),
    "households_read_figures": Row(
        names=_HOME, who=("alice", "bob"), out=OTHER_RESIDENTS, query="first=2026-01-01&until=2026-02-01"
    ),
    "organisations_list_own": free(*_RESIDENT),
    "organisations_sign_up_organisation": free(*_RESIDENT),
    "organisations_show": own("bob", "verifier", out=(*_NOT_MEMBERS, *OTHER_STAFF, "city_verifier"), **_FIRM),
    "organisations_change": own(out=_NOT_OWNERS, **_FIRM),
    "organisations_submit": own(out=_NOT_OWNERS, **_FIRM),
    "organisations_close": own(out=_NOT_OWNERS, **_FIRM),
    "organisation-members_list_members": own("bob", out=_NOT_MEMBERS, **_FIRM),
    "organisation-members_change_role": own(out=_NOT_OWNERS, organisation_member_id="organisation_member", **_FIRM),
    "organisation-members_end_membership": own(
        "bob", out=_NOT_MEMBERS, organisation_member_id="organisation_member", **_FIRM
    ),
    "organisation-members_list_invitations": own(out=_NOT_OWNERS, **_FIRM),
    "organisation-members_invite": own(out=_NOT_OWNERS, **_FIRM),
    "organisation-members_withdraw": own(
        out=_NOT_OWNERS, organisation_invitation_id="organisation_invitation", **_FIRM
    ),
    "organisation-members_join": free(*_RESIDENT),
    "organisation-profiles_propose_evaluator": own(out=_NOT_OWNERS, **_FIRM),
    "organisation-profiles_propose_station": own(out=_NOT_OWNERS, **_FIRM),
    "organisation-profiles_propose_merchant": own(out=_NOT_OWNERS, **_FIRM),
    "organisation-profiles_propose_sponsor": own(out=_NOT_OWNERS, **_FIRM),
    "organisation-profiles_propose_project_owner": own(out=_NOT_OWNERS, **_FIRM),
    "organisation-checks_list_queue": free("verifier"),
    "organisation-checks_check_organisation": of_agency("verifier", **_FIRM),
    "organisation-checks_check_profile": of_agency("verifier", kind="kind", **_FIRM),
    "organisation-checks_suspend": of_agency("verifier", **_FIRM),
    "organisation-checks_reinstate": of_agency("verifier", **_FIRM),
    "organisation-checks_invite_owner": of_agency("verifier", **_FIRM),
    "organisation-checks_import_table": free("verifier"),
    "organisation-lists_list_stations": public(),
    "organisation-lists_list_evaluators": public(),
}
OFFICE: Part = {
    "agencies_list_agencies": public(),
    "agencies_propose_agency": free("admin"),
    "agencies_read_agency": public(agency_id="agency"),
    "agencies_propose_names": of_agency("admin", out=(), agency_id="agency"),
    "staff_list_staff": free("admin", "auditor"),
    "staff_propose_staff": free("admin"),
    "staff_read_staff": of_agency("admin", "auditor", out=(), **_STAFF),
    "staff_make_enrolment_code": Row(
        names={"staff_id": "staff_new"}, who=("admin", "admin2"), out=("admin3",), told=201, refused=403
    ),
    "staff_propose_reset": of_agency("admin", out=(), **_STAFF),
    "staff_propose_role": of_agency("admin", out=(), **_STAFF),
    "staff_end_role": of_agency("admin", out=(), role_id="role", **_STAFF),
    "staff_list_open_work": of_agency("admin", "auditor", out=(), **_STAFF),
    "staff_leave": of_agency("admin", out=(), **_STAFF),
    "deputies_propose_deputy": of_agency("verifier2", "admin", out=("verifier", "support", *OTHER_STAFF), **_STAFF),
    "deputies_end_deputyship": of_agency(
        "verifier2", "admin", out=("registrar", "support", *OTHER_STAFF), staff_id="staff", deputyship_id="deputyship"
    ),
    "staff_entrance_choose_credentials": public(),
    "staff_entrance_confirm_enrolment": public(),
    "staff_entrance_change_password": free("verifier"),
}
RIGHTS: Part = {
    "rights_ask_for_export": free(*_RESIDENT),
    "rights_show_export": own(export_id="export"),
    "rights_open_export": public(export_id="export"),
    "rights_show_own_erasure": free("zoe"),
    "rights_ask_for_erasure": free(*_RESIDENT),
    "rights_call_off_erasure": free("stayer", told=204),
    "rights_show_erasure": public(erasure_id="erasure"),
}
HELP: Part = {
    "webhooks_list_endpoints": Row(who=("alice",), out=_NOT_OWNERS, query="organisation_id={organisation}"),
    "webhooks_create_endpoint": free(*_RESIDENT),
    "webhooks_read_endpoint": own(out=_NOT_OWNERS, **_HOOK),
    "webhooks_change_endpoint": own(out=_NOT_OWNERS, **_HOOK),
    "webhooks_delete_endpoint": own(out=_NOT_OWNERS, **_HOOK),
    "webhooks_renew_secret": own(out=_NOT_OWNERS, **_HOOK),
    "webhooks_list_deliveries": own(out=_NOT_OWNERS, **_HOOK),
    "webhooks_replay_delivery": own(out=_NOT_OWNERS, delivery_id="delivery", **_HOOK),
    "webhooks_send_test": own(out=_NOT_OWNERS, **_HOOK),
    "notices_list_notices": free(*_BOTH),
    "notices_read_notice": (
        Row(names={"notice_id": "notice"}, who=("alice",), out=("verifier", *OTHER_RESIDENTS), told=200),
        Row(names={"notice_id": "notice_of_clerk"}, who=("verifier2",), out=("verifier", "mallory"), told=200),
    ),
    "notices_read_up_to": free(*_BOTH),
    "notices_show_preferences": free(*_BOTH),
    "notices_choose_preferences": free(*_BOTH),
    "notices_put_push_target": free(*_BOTH),
    "notices_remove_push_target": free(*_BOTH, told=204),
    "notices_show_wechat_grants": free(*_RESIDENT),
    "notices_allow_wechat": free(*_RESIDENT),
    "notices_forget_wechat": free(*_RESIDENT, told=204),
    "help_list_tickets": free(*_BOTH),
    "help_open_ticket": free(*_BOTH),
    "help_read_ticket": own("support", out=("verifier", "admin", *OTHER_RESIDENTS), **_TICKET),
    "help_write_message": (own(out=_NOT_ASKING, **_TICKET), _TICKET_OF_CLERK),
    "help_close_ticket": (own(out=_NOT_ASKING, **_TICKET), _TICKET_OF_CLERK),
    "help_desk_list_queue": free("support"),
    "help_desk_take_ticket": of_agency("support", out=(), **_TICKET),
    "help_desk_release_ticket": of_agency("support", out=(), **_TICKET),
    "help_desk_answer_ticket": of_agency("support", out=(), **_TICKET),
    "help_desk_hand_over_ticket": of_agency("support", out=(), **_TICKET),
    "help_desk_settle_ticket": of_agency("support", out=(), **_TICKET),
    "help_desk_read_contact": of_agency("support", out=(), **_TICKET),
    "help_desk_list_canned_answers": free("support"),
}
FOREST: Part = {
    "files_upload_file": free("alice", "verifier"),
    # Who decides sees a photo through its case, and not by its id.
    "files_read_file": (
        own(out=("verifier", "admin", "support", *OTHER_RESIDENTS, *OTHER_STAFF), file_id="file"),
        Row(names={"file_id": "file_of_clerk"}, who=("verifier",), out=("verifier2", "mallory")),
    ),
    "files_open_file": public(file_id="file"),
    "plantings_list_plantings": free(*_RESIDENT),
    "plantings_record_planting": free(*_RESIDENT),
    "plantings_read_planting": own(planting_id="planting"),
    "plantings_change_planting": own(planting_id="planting_draft"),
    "plantings_submit_planting": own(planting_id="planting_draft"),
    "plantings_withdraw_planting": own(planting_id="planting_open"),
    "plantings_list_tree_species": public(),
    "plantings_list_duty_forms": public(),
    "reviews_list_reviews": free("verifier", "auditor"),
    "reviews_read_review": of_agency("verifier", "auditor", out=(*OTHER_STAFF, "city_verifier"), **_CASE),
    "reviews_decide_review": of_agency("verifier", out=(*OTHER_STAFF, "city_verifier"), **_CASE),
    "reviews_take_review": of_agency("verifier", out=(*OTHER_STAFF, "city_verifier"), **_CASE),
    "reviews_release_review": of_agency("verifier", out=(*OTHER_STAFF, "city_verifier"), **_CASE),
    "reviews_forward_review": of_agency("verifier", out=(*OTHER_STAFF, "city_verifier"), **_CASE),
    "points_show_account": free(*_RESIDENT),
    "points_list_entries": free(*_RESIDENT),
    "points_list_awards": free(*_RESIDENT),
    "points_show_award": own(award_id="award"),
    "factors_list_factors": public(),
    "factors_show_factor": public(factor_id="factor"),
    "footprints_list_footprints": free(*_RESIDENT),
    "footprints_calculate_footprint": free(*_RESIDENT),
    "footprints_show_footprint": own(footprint_id="footprint"),
    "footprints_estimate_footprints": public(),
}
MONEY: Part = {
    "credits_list_projects": public(),
    "credits_propose_project": free("registrar"),
    "credits_get_project": public(project_id="project"),
    "credits_list_batches": public(),
    "credits_propose_batch": free("registrar"),
    "credits_get_batch": public(batch_id="batch"),
    "credits_propose_price": of_agency("registrar", batch_id="batch"),
    "credits_get_serial": public(serial="serial"),
    "credits_list_retirements": free(*_RESIDENT),
    "credits_get_retirement": public(retirement_id="retirement"),
    "payments_get_payment": own(payment_id="payment"),
    "payments_list_payees": public(),
    "payments_propose_payee": free("finance"),
    "payments_receive_webhook": public(),
    "certificates_list_own": free(*_RESIDENT),
    "certificates_list_of_organisation": own("bob", out=_NOT_MEMBERS, **_FIRM),
    "certificates_show_own": own(number="number"),
    "certificates_change_visibility": own(number="number"),
    "certificates_forget_holder": Row(names={"number": "number_spare"}, who=("alice",), out=OTHER_RESIDENTS, told=204),
    # A certificate is its agency's, of whatever county the kilograms come.
    "certificates_propose_revocation": of_agency(
        "issuer", "city_of_longquan", out=("park", "longquan"), number="number"
    ),
    "certificates_verify_certificate": public(number="number"),
    "offsets_make_quote": free(*_RESIDENT),
    "offsets_show_quote": own(quote_id="quote"),
    "offsets_list_orders": free(*_RESIDENT),
    "offsets_place_order": free(*_RESIDENT),
    "offsets_show_order": own(order_id="order"),
    "offsets_cancel_order": own(order_id="order"),
    "offsets_refund_order": own(order_id="order"),
    "offsets_list_organisation_orders": own("bob", out=_NOT_MEMBERS, **_FIRM),
}
ROWS: dict[str, tuple[Row, ...]] = {
    name: row if isinstance(row, tuple) else (row,)
    for part in (FOUNDATION, ENTRANCE, PEOPLE, TOGETHER, OFFICE, RIGHTS, HELP, FOREST, MONEY)
    for name, row in part.items()
}
