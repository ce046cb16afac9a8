"""Shapes of bodies and queries: what is asked, and what is told."""
