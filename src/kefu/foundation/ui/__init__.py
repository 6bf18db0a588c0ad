"""The screens' parts: tokens, components, behaviours, and the view helpers every module uses. See README.md."""
