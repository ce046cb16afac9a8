"""How long an invitation lives and how many may be open."""

from datetime import timedelta

CODE_LIFE = timedelta(days=7)
# Product choice: a firm invites a team at a time, and nobody fills the table.
OPEN_MAX = 50
