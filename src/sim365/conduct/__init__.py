"""How a client behaves: the record of its requests, and what it must not do."""

from sim365.conduct.record import Conduct, Entry, Misconduct, Offence

__all__ = ["Conduct", "Entry", "Misconduct", "Offence"]
