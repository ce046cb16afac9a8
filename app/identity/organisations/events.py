"""What organisations tell rooms above: an agency looked at one, somebody came or went."""

CHECKED = "identity.organisation_checked"
MEMBER_JOINED = "identity.organisation_member_joined"
OWNER_ENDED = "identity.organisation_owner_ended"  # Removed, demoted or gone: what they have set up is looked at again.
MEMBER_REMOVED = "identity.organisation_member_removed"
