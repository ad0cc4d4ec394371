"""Which columns make the errors: Shapley values of the loss, from those of the prediction."""

from app.lab.loss_attribution.loss import LOSSES, attribute_loss, default_loss
from app.lab.loss_attribution.parts import LossAttribution, LossPart, mean_loss_parts

__all__ = [
    "LOSSES",
    "LossAttribution",
    "LossPart",
    "attribute_loss",
    "default_loss",
    "mean_loss_parts",
]
