"""How long packs last."""


def days_of_supply(packs: int, pieces_per_pack: int, intake_per_day: int) -> int:
    """Whole days that packs last, rounded down (PRD-003, Annex 4): 3 packs x 60 pieces at 2 x 2 a day are 45 days.

    Raises ValueError for an intake below one piece a day or for negative quantities.
    """
    if intake_per_day < 1 or packs < 0 or pieces_per_pack < 0:
        raise ValueError("the daily intake is at least one piece, quantities at least zero")
    return packs * pieces_per_pack // intake_per_day
