"""The data contract: what a row must look like for the model to answer it."""

from app.lab.contract.breach import breaches
from app.lab.contract.column import Column, column_of
from app.lab.contract.contract import Contract, ContractError, contract_of
from app.lab.contract.frames import frame_of, rows_of
from app.lab.contract.remark import Remark, refusals, remarks

__all__ = [
    "Column",
    "Contract",
    "ContractError",
    "Remark",
    "breaches",
    "column_of",
    "contract_of",
    "frame_of",
    "refusals",
    "remarks",
    "rows_of",
]
