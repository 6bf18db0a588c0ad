"""The administrator's pages: the list, versions, the editor of a draft, and the preview."""
