"""Services every module stands on: access, audit, worktime, jobs, outbox, gates, files, prints, screens."""
