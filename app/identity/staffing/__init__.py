"""Agencies and their staff: accounts, roles and the scope of each, deputies, leaving, and the open work handed over."""
