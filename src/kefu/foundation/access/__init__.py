"""Who may do what: permission names, levels from the matrix, reach over nodes and own customers.

`checks.require(by, LabPermission.ORDER, customer=customer)` in an action; `queries.scope(user, permission, ...)` in a queryset;
`rules.grants({...})` at the end of each module's `permissions.py`.
"""
