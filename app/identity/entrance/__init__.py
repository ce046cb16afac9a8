"""The entrance: codes, sessions and tokens, of residents and staff."""
