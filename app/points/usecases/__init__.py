"""Use cases of points, by what happens to an award: decided, posted, settled later, taken back, read."""
