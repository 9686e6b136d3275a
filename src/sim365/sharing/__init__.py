"""Sharing: who may open whose calendar, what they see of it, and how it hangs in their own mailbox."""
