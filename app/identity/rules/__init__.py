"""Pure decisions of identity, by subject: numbers, codes, delays, roles, passwords, refresh tokens, masked names."""
