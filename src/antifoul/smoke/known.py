"""What is known of trainers by the class names in their MRO, so that none has to be imported: one table.

The versions are those in which the package has a class of the name that means this. `bench/smoke_versions.py` reads
the releases for it.
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
    Kind("CPOTrainer", "preference", "trl", ">=0.8"),
    Kind("ORPOTrainer", "preference", "trl", ">=0.8"),
    Kind("KTOTrainer", "preference", "trl", ">=0.8"),
    Kind("TPOTrainer", "preference", "trl", ">=1.4"),
    Kind("BCOTrainer", "preference", "trl", ">=0.11,<1.16"),
    Kind("RewardTrainer", "reward", "trl", ">=0.4"),
    Kind("PRMTrainer", "reward", "trl", ">=0.13,<1.16"),
    Kind("GRPOTrainer", "reinforcement", "trl", ">=0.14", samples=True),
    Kind("RLOOTrainer", "reinforcement", "trl", ">=0.9.4", samples=True),
    Kind("PPOTrainer", "reinforcement", "trl", ">=0.2,<1.16", samples=True),
    Kind("PPOv2Trainer", "reinforcement", "trl", ">=0.9.4,<0.13", samples=True),
    Kind("OnlineDPOTrainer", "reinforcement", "trl", ">=0.11", samples=True),
    Kind("NashMDTrainer", "reinforcement", "trl", ">=0.11,<1.16", samples=True),
    Kind("XPOTrainer", "reinforcement", "trl", ">=0.11,<1.16", samples=True),
    Kind("GKDTrainer", "reinforcement", "trl", ">=0.11", samples=True),
    Kind("GOLDTrainer", "reinforcement", "trl", ">=0.25", samples=True),
    Kind("MiniLLMTrainer", "reinforcement", "trl", ">=0.26,<1.16", samples=True),
    Kind("DistillationTrainer", "reinforcement", "trl", ">=1.4", samples=True),
    Kind("SDFTTrainer", "reinforcement", "trl", ">=1.0", samples=True),
    Kind("SDPOTrainer", "reinforcement", "trl", ">=1.0", samples=True),
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


def is_in(versions: str, version: str) -> bool:
    """The version lies in a range such as `>=0.9.4,<0.13`."""
    own = _numbers(version)
    return all(
        own >= _numbers(one[2:]) if one.startswith(">=") else own < _numbers(one[1:]) for one in versions.split(",")
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in version.split(".")[:3] if one.isdecimal())
