"""Households: who lives together from which day to which, and what their members did in that time."""
