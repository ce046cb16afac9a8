"""What agencies and staff may not do."""


class CannotDo(Exception):
    """A command asks for what the rules of agencies and staff forbid. The message is for the operator, in English."""
