"""The staff bell: what a colleague should know, told inside the transaction that made it true."""
