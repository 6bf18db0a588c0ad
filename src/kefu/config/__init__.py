"""Wires the modules into one server: settings, urls, command line, navigation, workbench. Imported by nobody."""
