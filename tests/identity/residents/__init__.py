"""Residents' accounts: birth dates, guardians, numbers, devices, and what is done at a desk."""
