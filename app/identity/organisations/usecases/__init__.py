"""What owners, members and agencies do with organisations, one file a subject."""
