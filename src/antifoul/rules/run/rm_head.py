"""rm-head."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.names import grouped
from antifoul.facts.scores import Scores
from antifoul.rules.registry import rule


@rule("rm-head", severity="error", cost="run")
def rm_head(scores: Scores) -> Iterator[Hit]:
    """A reward model whose head is not trained.

    The head that makes a score of a hidden state is new, and its weights are random. Frozen with the base, or left out
    of what adapters train and save, the body is bent around a random direction, and the next process draws another.

    Bad::

        LoraConfig(task_type="CAUSAL_LM", target_modules=["q_proj", "v_proj"])

    Good::

        LoraConfig(task_type="SEQ_CLS", target_modules=["q_proj", "v_proj"], modules_to_save=["score"])
    """
    if scores.frozen:
        yield Hit(
            line=1,
            anchor="head",
            message=f"the head that makes the score is frozen ({len(scores.frozen)} parameters)\n"
            f"parameters: {'; '.join(grouped(scores.frozen))}\n"
            "likely cause: the whole model was frozen, or adapters of another task type do not train the head\n"
            "seen in: LLaMA-Factory < 0.9.5 (PR 10555)\n"
            'fix: head.requires_grad_(True); with LoRA task_type="SEQ_CLS" or modules_to_save=["score"]',
        )
