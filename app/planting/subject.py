"""The names under which other rooms know planting: the kind of subject, and the act that earns points."""

SUBJECT_KIND = "planting.claim"
ACT = "planting.tree"  # Its unit is one tree.
