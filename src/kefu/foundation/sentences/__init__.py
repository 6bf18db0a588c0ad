"""What the program says about facts, kept so that everybody reads it in his or her own language.

A module declares its sentences once, in `sentences.py`:

    ORDER_PLACED = sentence("lab.order.placed", _("检测单 %(number)s"))

and says one with values: `ORDER_PLACED(number=order.number)`. Kept are the code and the values, never the words.
"""
