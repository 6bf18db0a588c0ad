"""Tables of the warehouse."""

from kefu.stock.models.climate import ClimateBreach, ClimateReading, HeldLot
from kefu.stock.models.destructions import Destruction, DestructionStep
from kefu.stock.models.ledger import Balance, LotCheck, Move, Reservation
from kefu.stock.models.places import Lot, Warehouse, Zone
from kefu.stock.models.recalls import Recall, RecallTold
from kefu.stock.models.slips import IssueLine, IssueSlip, Receipt, ReceiptLine
from kefu.stock.models.stocktakes import Stocktake, StocktakeCount, StocktakeLine

__all__ = [
    "Balance",
    "ClimateBreach",
    "ClimateReading",
    "Destruction",
    "DestructionStep",
    "HeldLot",
    "IssueLine",
    "IssueSlip",
    "Lot",
    "LotCheck",
    "Move",
    "Recall",
    "RecallTold",
    "Receipt",
    "ReceiptLine",
    "Reservation",
    "Stocktake",
    "StocktakeCount",
    "StocktakeLine",
    "Warehouse",
    "Zone",
]
