"""Which telephone numbers a code can be sent to, and how they are written."""

import re

_FILLERS = str.maketrans("", "", " -")
# Mainland mobile numbers: eleven digits, the first 1, the second 3 to 9 (number plan of the telecom network, MIIT 2017).
_MAINLAND = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")


def e164_of(text: str) -> str | None:
    """Return the number in E.164, or None when it is no mainland mobile number.

    Other countries wait until somebody decides who pays for them: a code to a premium number abroad costs a hundred times as much.

    >>> e164_of("138 0013 8000")
    '+8613800138000'
    """
    match = _MAINLAND.fullmatch(text.translate(_FILLERS))
    return f"+86{match.group(1)}" if match else None
