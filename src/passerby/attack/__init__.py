"""Tries to undo what an anonymizer did and to recognise people through it.

Every attack is one file in `passerby.attack.attacks`, and joins the table `ATTACKS` there.
"""

from passerby.attack.attacks import ATTACKS

__all__ = ["ATTACKS"]
