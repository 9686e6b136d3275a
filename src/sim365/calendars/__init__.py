"""Events and calendars: what a client may write, how the store normalises it, how it is read back."""
