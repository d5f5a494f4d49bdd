"""What is known of trainers by the class names in their MRO, so that none has to be imported: one table.

The versions are those in which the name meant this, both ends included; "" is open.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """What a class name in a Trainer's MRO says."""

    name: str
    task: str  # "sft", "preference", "reinforcement", "reward"
    package: str
    versions: str
    samples: bool = False  # it makes its own training rows


KINDS = (
    Kind("SFTTrainer", "sft", "trl", ">=0.4"),
    Kind("DPOTrainer", "preference", "trl", ">=0.5"),
    Kind("CPOTrainer", "preference", "trl", ">=0.8.2"),
    Kind("ORPOTrainer", "preference", "trl", ">=0.8.2"),
    Kind("KTOTrainer", "preference", "trl", ">=0.7.11"),
    Kind("BCOTrainer", "preference", "trl", ">=0.9.4"),
    Kind("RewardTrainer", "reward", "trl", ">=0.4"),
    Kind("PRMTrainer", "reward", "trl", ">=0.13"),
    Kind("GRPOTrainer", "reinforcement", "trl", ">=0.14", samples=True),
    Kind("RLOOTrainer", "reinforcement", "trl", ">=0.9.4", samples=True),
    Kind("PPOTrainer", "reinforcement", "trl", ">=0.2", samples=True),
    Kind("PPOv2Trainer", "reinforcement", "trl", ">=0.9.4,<0.12", samples=True),
    Kind("OnlineDPOTrainer", "reinforcement", "trl", ">=0.11", samples=True),
    Kind("NashMDTrainer", "reinforcement", "trl", ">=0.12", samples=True),
    Kind("XPOTrainer", "reinforcement", "trl", ">=0.12", samples=True),
    Kind("GKDTrainer", "reinforcement", "trl", ">=0.11", samples=True),
    Kind("GOLDTrainer", "reinforcement", "trl", ">=0.25", samples=True),
)
# Classes of transformers' and TRL's that were derived from one another belong to the most derived one's kind.


def kind_of(found: object) -> Kind | None:
    """The kind of the most derived class that is known; a name may carry more than the known one (MyGRPOTrainer)."""
    names = [kind.__name__ for kind in type(found).__mro__]
    by_name = {kind.name: kind for kind in KINDS}
    known = next((by_name[name] for name in names if name in by_name), None)
    if known is not None:
        return known
    return next((kind for name in names for kind in KINDS if name.endswith(kind.name)), None)
