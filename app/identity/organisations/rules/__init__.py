"""Pure decisions about organisations, one file a subject."""
