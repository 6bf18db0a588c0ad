"""The administrator's screens and actions: tree, people, roles, grants, calendars, limits, jobs, audit."""
