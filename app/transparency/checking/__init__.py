"""What `flask log check` and `flask log audit` recompute, and the look at the head before serving."""
