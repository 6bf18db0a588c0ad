"""Every number of the catalogue as configuration with effective dates, shipped with its default (NFR-003)."""
