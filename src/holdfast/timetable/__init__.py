"""Times, pure: spans of instants, zones by name, wall times and whole days. No clock is read here."""
