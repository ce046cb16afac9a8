"""What residents' accounts tell rooms above: a number, a guardian, a device or a desk."""

PHONE_CHANGED = "identity.phone_changed"
PHONE_RECOVERED = "identity.phone_recovered"
GUARDIAN_LINKED = "identity.guardian_linked"
GUARDIAN_ENDED = "identity.guardian_ended"
ASSISTED = "identity.assisted"
NEW_DEVICE = "identity.new_device"
OUTSIDE_LINKED = "identity.outside_linked"
