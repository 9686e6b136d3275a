"""How an account comes to be. Decides that addresses are compared without case; knows no workspace."""

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager

if TYPE_CHECKING:
    from holdfast.directory.models import Account


class AccountManager(BaseUserManager["Account"]):
    """Accounts by their address, whatever its case."""

    def make(self, email: str, *, password: str | None = None) -> "Account":
        """A new account; without a password nobody can sign in with one (`set_unusable_password`)."""
        account = self.model(email=email.strip().lower())
        account.set_password(password)
        account.save(using=self._db, force_insert=True)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email=(username or "").strip().lower())
