"""The ground of Kefu: money, periods, contacts, names, dates and working time in plain Python."""
