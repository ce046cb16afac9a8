"""Residents: the profile, the number, and what others may see of them."""
