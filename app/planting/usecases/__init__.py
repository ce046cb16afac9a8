"""What residents do with plantings: record, change, submit, withdraw and read them; and what follows from a decision."""
