"""Pure decisions about planting claims: what may be recorded when, where a claim stands, and how alike two of them are."""
