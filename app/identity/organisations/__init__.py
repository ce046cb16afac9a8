"""Organisations: sign-up under their code, the agency's check, who acts for them, and their parts in the city."""
