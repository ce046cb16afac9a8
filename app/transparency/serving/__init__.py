"""The log's addresses: checkpoint, tiles, entries; and its state for the pages."""
