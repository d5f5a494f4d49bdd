"""A completion mask of rows with EOS at known places."""

from antifoul.facts.reinforcement import EndMask
from antifoul.facts.run import ELSEWHERE, Unjudged
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.building import told
from antifoul.smoke.words import Words


def record(program: Program, _seed: int) -> EndMask | Unjudged:
    """The mask that the program makes, or why there is none."""
    if program.task != "reinforcement":
        return ELSEWHERE
    function = program.get("completion_mask") if isinstance(program, Loop) else None
    if not callable(function) or not isinstance(program, Loop):
        return Unjudged("no completion_mask", "completion_mask = lambda ids: ...  # 1 up to the first EOS")
    words = Words(program.tokenizer, program.model)
    eos = words.eos
    if eos is None:
        return Unjudged("no token ends a sequence", "tokenizer.eos_token_id = ...")
    a, b = [one for one in range(8) if one not in {eos, words.pad, words.bos}][:2]
    pad = words.pad if words.pad is not None else eos
    rows = [[a, b, eos, a, eos, b], [a, b, a, b, a, b], [eos, a, b, pad, pad, pad], [b, a, b, a, eos, pad]]
    import torch

    try:
        found = torch.as_tensor(function(torch.tensor(rows)))
    except Exception as problem:  # noqa: BLE001  a guest's function
        return Unjudged(f"completion_mask stopped ({told(problem)})")
    if tuple(found.shape) != (4, 6):
        return Unjudged(f"completion_mask gives a shape of {tuple(found.shape)} for ids of (4, 6)")
    cut = "masked" if program.get("mask_truncated_completions") else ""
    given = tuple(tuple(int(bool(one)) for one in row) for row in found.tolist())
    return EndMask(tuple(map(tuple, rows)), given, eos, cut)
