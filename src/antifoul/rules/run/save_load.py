"""save-load."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.names import grouped
from antifoul.facts.saving import Saving
from antifoul.rules.registry import rule

_HALF = 2.0**-7  # what rounding to bfloat16 may change, as a share of the largest element


@rule("save-load", severity="error", cost="run")
def save_load(saving: Saving) -> Iterator[Hit]:
    """A trained weight that does not come back from a checkpoint.

    A head that is not saved, a tie that is broken, adapters under other names: loading says nothing, fills in
    random numbers, and the evaluation after it measures a model that nobody trained.

    One step is taken, the program saves, its trainable weights are scrambled, and it loads: each must be what it
    was. Saving must not change the model that goes on training.

    Bad::

        torch.save({k: v for k, v in model.state_dict().items() if "head" not in k}, path)

    Good::

        torch.save(model.state_dict(), path)
    """
    if saving.changed:
        yield Hit(
            line=1,
            anchor="changed",
            message=f"saving changes {len(saving.changed)} of {saving.total} trainable parameters\n"
            f"parameters: {'; '.join(grouped(saving.changed))}\n"
            "likely cause: the model itself is cast, merged or moved for the file\n"
            "fix: cast a copy of the state_dict",
        )
    missing = [one.name for one in saving.apart if one.scrambled]
    if missing:
        everything = len(missing) == saving.total
        yield Hit(
            line=1,
            anchor="missing",
            message=f"{len(missing)} of {saving.total} trainable parameters are not loaded\n"
            f"parameters: {'; '.join(grouped(missing))}\n"
            + (
                "likely cause: load() does not put weights into the model that is trained\n"
                "fix: model.load_state_dict(...) on the model that the optimizer holds"
                if everything
                else "likely cause: they are left out of the file, or saved under names that the model does not have, "
                "and strict=False hides it\n"
                "seen in: LLaMA-Factory < 0.9.5 (PR 10137), peft < 0.15 (PR 2334)\n"
                "fix: save the whole state_dict, and load with strict=True"
            ),
        )
    other = [one for one in saving.apart if not one.scrambled]
    rounded = [one for one in other if one.difference <= _HALF * one.scale]
    if rounded:
        yield Hit(
            line=1,
            anchor="rounded",
            message=f"{len(rounded)} of {saving.total} trainable parameters come back rounded\n"
            f"parameters: {'; '.join(grouped([one.name for one in rounded]))}; off by up to "
            f"{max(one.difference for one in rounded):.2g}\n"
            "likely cause: the file is written in half precision\n"
            "fix: save in the dtype that is trained, or go on training from the file's weights everywhere",
        )
    wrong = [one.name for one in other if one not in rounded]
    if wrong:
        yield Hit(
            line=1,
            anchor="wrong",
            message=f"{len(wrong)} of {saving.total} trainable parameters come back with other values\n"
            f"parameters: {'; '.join(grouped(wrong))}\n"
            "likely cause: the file is of another step, or its names are those of other parameters\n"
            "fix: write and read the same file, and the same names",
        )
    if saving.untied:
        yield Hit(
            line=1,
            anchor="untied",
            message=f"{saving.untied[0][0]} and {saving.untied[0][1]} share a weight, and do not after loading\n"
            "likely cause: the loaded model is not tied again\n"
            "seen in: verl (PR 6334), accelerate (PR 1204)\n"
            "fix: call model.tie_weights() after loading",
        )
    if saving.mode:
        yield Hit(
            line=1,
            anchor="mode",
            message="saving leaves the model in another mode\n"
            "likely cause: model.eval() before saving, and no model.train() after\n"
            "fix: restore the mode",
        )
