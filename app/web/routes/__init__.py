"""Pages over HTTP: parse, call a room, render."""
