"""How long an invitation lives and how many may be open."""

from datetime import timedelta

CODE_CHARACTERS = 10
CODE_LIFE = timedelta(days=7)
# Product choice: a firm invites a team at a time, and nobody fills the table.
OPEN_MAX = 50
_FILLERS = str.maketrans({"o": "0", "i": "1", "l": "1", " ": "", "-": ""})


def normal_code(text: str) -> str:
    """Return a code as it is compared: what people write for the digits is forgiven.

    >>> normal_code("7K3M-9QWD-OL")
    '7k3m9qwd01'
    """
    return text.lower().translate(_FILLERS)
