"""Consents: to which versioned texts a resident has agreed, what that switches on, and the way back, just as easy."""
