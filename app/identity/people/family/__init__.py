"""Birth dates, and guardians of children under 14 (PIPL, arts. 28 and 31)."""
