"""The directory: users and what becomes of them, mailbox settings, categories, languages and time zone names."""
