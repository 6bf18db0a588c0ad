"""Finding rows of a large table by any part of their texts, by pinyin and by digits, in a given order and within a scope."""
