"""What a resident may ask about their own data: a copy of it, and its erasure.

Each room tells through the hook of `parts.py` what it keeps of a person, hands it out and lets go of it; nothing here knows a
tree or a kilogram.
"""
