"""What holds for questions and answers, in plain Python.

`definition` reads a version's JSON, `flattening` turns matrices into single questions, `conditions` decides what is shown,
`answers` reads and checks what was given, `scores` counts, `publishing` finds what keeps a draft from being published.
"""
