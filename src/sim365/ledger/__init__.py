"""The mails that Exchange would have sent, each with its cause."""

from sim365.ledger.mails import Ledger, Mail, MailKind

__all__ = ["Ledger", "Mail", "MailKind"]
