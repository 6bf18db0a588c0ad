"""The fixed cast of people and centres that every test story uses."""
