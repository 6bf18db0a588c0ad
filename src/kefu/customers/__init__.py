"""Leads and customers: contact points, family, ownership, identity, the service timeline, and finding them again."""
