"""Settings from environment variables, and the random numbers that a seed stands for.

An unset or empty variable has its default. Anything else that is not allowed raises BadSetting,
whose text names the variable, the value and what is allowed.
"""

import os
import re
import secrets

MASK = 2**64 - 1


class BadSetting(Exception):
    pass


class Random:
    """The same numbers as in the C++ programs: a seed means the same maze and the same walk."""

    def __init__(self, seed):
        z = (seed + 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        self.state = z ^ (z >> 31)

    def below(self, limit):
        """0 to limit - 1."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return (self.state >> 33) % limit


def escaped(text):
    """At most 80 characters of foreign text, on one line."""
    shown = "".join(
        chr(byte) if 0x20 <= byte <= 0x7E and byte not in b'"\\' else f"\\x{byte:02x}"
        for byte in os.fsencode(text)[:80]
    )
    return shown + ("..." if len(os.fsencode(text)) > 80 else "")


def number(name, default, least, most):
    text = os.environ.get(name, "")
    if not text:
        return default
    if not re.fullmatch("[0-9]{1,40}", text) or not least <= int(text) <= most:
        raise BadSetting(
            f'{name} is "{escaped(text)}": allowed is a whole number from {least} to {most}.'
        )
    return int(text)


def seed(name):
    return number(name, secrets.randbits(64), 0, MASK)
