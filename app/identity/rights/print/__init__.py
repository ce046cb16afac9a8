"""A copy on paper: the template, and what it prints."""
