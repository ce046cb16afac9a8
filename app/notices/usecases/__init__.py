"""What people and the worker do with notices, one file a subject."""
