"""What people and the worker do with payments, one file a subject."""
