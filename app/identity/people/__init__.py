"""Residents: the profile, the number, child and guardian, the help desk's part, and what others may see of them."""
