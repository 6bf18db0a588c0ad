"""The commands that belong to the installation as a whole; those of a module live in the module's `commands`."""
