"""A payment provider in the process, for demo and tests: Stripe's answers over tables of our own, and no network."""
