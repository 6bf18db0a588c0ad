"""The doctor's interviews: drafts that survive, saving that gives the archive number, corrections and handovers (JRN-004, CUS-004)."""
