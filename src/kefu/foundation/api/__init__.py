"""The rules every API route keeps: types, problems, tokens, one transaction per write, idempotency keys, keyset pages."""
