"""How plantings are reviewed: what makes a claim doubtful, what is asked about it, and all that a verifier sees."""
