"""The chain as it is built: nodes, rooms, users, roles, grants. Tables and rules only; actions live in administration."""
