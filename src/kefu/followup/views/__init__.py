"""Pages of follow-ups, birthdays and pushes."""
