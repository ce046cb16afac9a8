"""Issuing: under whose word something is signed, what it says, and the bit that could take it back."""
