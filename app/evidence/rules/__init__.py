"""Pure decisions about photos: what a file is, what is kept of it, whom it resembles, and what its camera said."""
