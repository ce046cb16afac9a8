"""What households tell rooms above: somebody joined, left or invited."""

JOINED = "identity.household_joined"
LEFT = "identity.household_left"
INVITED = "identity.household_invited"
