"""Agencies and their staff: accounts, roles and the scope of each."""
