"""labels."""

from collections.abc import Iterator
from typing import NamedTuple

from antifoul.facts.finding import Hit, Severity
from antifoul.facts.targets import Example, Row, Targets, squashed
from antifoul.rules.registry import rule

_SHOWN = 48  # characters of a text


class _Fault(NamedTuple):
    """What is wrong with the targets of a row."""

    title: str
    evidence: str
    likely: str
    fix: str
    seen: str = ""
    severity: Severity = "error"


@rule("labels", severity="error", cost="run")
def labels(targets: Targets) -> Iterator[Hit]:
    """Tokens that are trained and should not be, or should be trained and are not.

    The loss does not tell: a prompt in the labels, an end of sequence that is masked with the padding, a second
    BOS or a completion that was truncated away all give a smooth curve and a model that never stops, or that
    writes its own prompts.

    Rows of the program's own loader are read as the model saw them, and what each position learns is read from
    the gradient at the logits. Where examples and a tokenizer are given, the trained tokens must be the completion
    and its end. `train_on = "all"` says that the prompt is meant to be trained.

    Bad::

        labels = input_ids.clone()
        labels[labels == tokenizer.pad_token_id] = -100   # pad is eos: the end is masked, too

    Good::

        labels = input_ids.masked_fill(attention_mask == 0, -100)
    """
    if targets.shift != 1 or targets.task == "reinforcement":
        return
    if targets.task == "sft" and sum(one.weight for row in targets.rows for one in row.targets) < 0:
        return  # pushed away from all of them: not a matter of labels
    found: dict[str, tuple[int, _Fault, int]] = {}
    for number, row in enumerate(targets.rows):
        for fault in _faults(targets, row):
            first, kept, count = found.get(fault.title, (number, fault, 0))
            found[fault.title] = first, kept, count + 1
    if not found and (never := _end_never_trained(targets)):
        found[never.title] = 0, never, len(targets.rows)
    for number, fault, count in found.values():
        yield Hit(
            line=1,
            anchor=fault.title,
            severity=fault.severity,
            message=f"{fault.title} ({count} of {len(targets.rows)} rows)\n"
            f"where: row {number} of the batch: {fault.evidence}\n"
            f"likely cause: {fault.likely}\n"
            + (f"seen in: {fault.seen}\n" if fault.seen else "")
            + f"fix: {fault.fix}",
        )


def _faults(targets: Targets, row: Row) -> Iterator[_Fault]:
    """Of a row by itself, then beside its example."""
    real = [row.ids[at] for at in row.real]
    if not real:
        return
    yield from _specials(targets, row, real)
    if row.wanted is not None and targets.train_on != "all":
        marked = list(_beside_marks(targets, row, row.wanted))
        yield from marked
        if marked:
            return
    example = targets.examples[row.example] if row.example is not None else None
    if not row.targets:
        if example is None or targets.task == "sft":
            yield _without_target(targets, row)
        return
    if example is not None:
        yield from _beside(targets, row, example)


def _specials(targets: Targets, row: Row, real: list[int]) -> Iterator[_Fault]:
    if targets.bos is not None and real[:2] == [targets.bos] * 2 and targets.bos not in targets.ends:
        yield _Fault(
            "a row begins with BOS twice",
            f"it begins with {_show(targets, real[:4])}",
            "the chat template writes BOS, and the tokenizer adds its own",
            "tokenize the templated text with add_special_tokens=False",
            "OpenRLHF issue 393, unsloth PR 10312",
        )
    if inner := _inner_bos(targets, row):
        yield _Fault(
            "BOS stands between the prompt and the completion",
            f"position {inner} has {_show(targets, [row.ids[inner]])} after "
            f"{_show(targets, [row.ids[at] for at in row.real if at < inner][-4:])}",
            "the completion is tokenized by itself, and the tokenizer adds BOS to it",
            "tokenize the completion with add_special_tokens=False",
        )
    if row.attended is not None and len(real) > 2 and real[-1] == real[-2] and real[-1] in targets.ends:
        yield _Fault(
            "a row ends with EOS twice",
            f"it ends with {_show(targets, real[-4:])}, both attended",
            "the text or template ends with EOS already, and another is appended",
            "append EOS only where the tokens do not end with it",
            "TRL < 0.28 (PR 4908)",
        )
    if padding := _trained_padding(targets, row):
        at = padding[0]
        yield _Fault(
            "padding is trained",
            f"position {at - 1} is trained to predict {_show(targets, [row.ids[at]])} at {at}, which is padding "
            f"({len(padding)} such tokens)",
            "labels are a copy of the ids, padding included",
            "labels = input_ids.masked_fill(attention_mask == 0, -100)",
        )


def _inner_bos(targets: Targets, row: Row) -> int | None:
    """Where BOS stands within the tokens of one example; a template or a packed row may have it after a special."""
    example = targets.examples[row.example] if row.example is not None else None
    bos = targets.bos
    if example is None or example.kind == "messages" or bos is None or bos in targets.ends or bos == targets.pad:
        return None
    special = {*targets.specials, *targets.ends}
    pairs = zip(row.real, row.real[1:], strict=False)
    return next((at for before, at in pairs if row.ids[at] == bos and row.ids[before] not in special), None)


def _trained_padding(targets: Targets, row: Row) -> list[int]:
    """The padding positions that the one before is trained to predict."""
    learnt = [one.at + 1 for one in row.targets if one.at + 1 < len(row.ids)]
    if row.attended is not None:
        return [at for at in learnt if not row.attended[at]]
    if targets.pad is None:
        return []
    tail = len(row.ids)
    while tail and row.ids[tail - 1] == targets.pad:
        tail -= 1
    # Without a mask, the first padding token after the text is its end where pad is EOS.
    tail += targets.pad in targets.ends
    return [at for at in learnt if at >= tail and row.ids[at] == targets.pad]


def _beside_marks(targets: Targets, row: Row, wanted: tuple[int, ...]) -> Iterator[_Fault]:
    """What is trained, beside what the data set's own labels or masks want."""
    learnt = {one.at + 1 for one in row.targets}
    more = [at for at in sorted(learnt - set(wanted)) if at < len(row.ids)]
    fewer = sorted(set(wanted) - learnt - {0})
    if more:
        yield _Fault(
            "tokens are trained that the data set's own labels or mask leave out",
            f"{_show(targets, [row.ids[at] for at in more[:8]])} ({len(more)} tokens) are trained, and only "
            f"{_show(targets, [row.ids[at] for at in wanted[:8]])} ({len(wanted)} tokens) are wanted",
            "the collator makes labels of its own (DataCollatorForLanguageModeling), or the mask is not used",
            "a collator that pads the labels it is given (DataCollatorForSeq2Seq, DataCollatorForTokenClassification); "
            "completion_only_loss=True in TRL",
            "TRL 1.16 (a completion_mask that completion_only_loss=None does not use)",
        )
    elif fewer and len(fewer) < len(row.ids):
        ends = [at for at in fewer if row.ids[at] in targets.ends]
        yield (
            _masked_end(targets, row, ends[0])
            if ends and len(ends) == len(fewer)
            else _Fault(
                "tokens are not trained that the data set's own labels or mask want",
                f"{_show(targets, [row.ids[at] for at in fewer[:8]])} ({len(fewer)} tokens)",
                "labels are cut, shifted or masked again after they were made",
                "hand the data set's labels on as they are",
            )
        )


def _without_target(targets: Targets, row: Row) -> _Fault:
    cut = row.example is not None
    return _Fault(
        "a row trains nothing",
        f"{_clip(row.text) if targets.pieces else f'{len(row.real)} tokens'}: no position of it is a target",
        "truncation has left the prompt alone, and its labels are all ignored"
        if cut
        else "all its labels are ignored: the answer was truncated away, or its marker was not found",
        "truncate the prompt, not the completion, or drop such rows",
        "TRL < 0.18 (PR 3398)",
    )


def _beside(targets: Targets, row: Row, example: Example) -> Iterator[_Fault]:
    """The trained tokens beside the answer that the example has."""
    text, trained, answer = squashed(row.text), squashed(row.trained), squashed(example.answer)
    prompt = squashed(example.prompt)
    if example.kind == "text":
        yield from _whole_text(row, text, trained)
        whole = answer in text
    elif example.kind == "messages":
        yield from _conversation(targets, row, example)
        whole = all(squashed(one) in text for one in example.answers)
    else:
        yield from _completion(targets, row, example)
        whole = prompt + answer in text or (prompt in text and answer in text)
    if whole and trained:
        yield from _end(targets, row, example)


def _whole_text(row: Row, text: str, trained: str) -> Iterator[_Fault]:
    if not text.endswith(trained) and trained not in text:
        yield _other(row, "the text", row.text)


def _completion(targets: Targets, row: Row, example: Example) -> Iterator[_Fault]:
    text, trained, answer = squashed(row.text), squashed(row.trained), squashed(example.answer)
    prompt = squashed(example.prompt)
    if trained == answer or not answer:
        return
    if prompt and prompt in text and 0 <= text.find(answer) <= text.rfind(prompt) - len(answer):
        yield _Fault(
            "the completion stands before the prompt",
            f"the row reads {_clip(row.text)}",
            "the two are concatenated in the wrong order",
            "ids = prompt_ids + completion_ids",
        )
        return
    if trained.endswith(answer):
        yield from _more(targets, row, example, trained[: -len(answer)])
    elif answer in text and answer.endswith(trained):
        yield _fewer(row, answer[: len(answer) - len(trained)], "first", "the mask is one or more positions too long")
    elif answer in text and answer.startswith(trained):
        yield _fewer(row, answer[len(trained) :], "last", "the mask ends too early, or the loss leaves out the end")
    elif answer not in text:
        yield from _cut(targets, row, example)
    elif _declared(targets) != "all":
        yield _other(row, "the completion", example.answer)


def _more(targets: Targets, row: Row, example: Example, extra: str) -> Iterator[_Fault]:
    """More is trained than the answer: the prompt, or what a template puts before the answer."""
    prompt = squashed(example.prompt)
    declared = _declared(targets)
    if declared == "all" and targets.task == "sft":
        return
    shown = f"trained are {_clip(row.trained)}, the completion is {_clip(example.answer)}"
    # What stands before the first position is never a target, so that a whole prompt lacks its first token.
    if not prompt.endswith(extra) and not extra.endswith(prompt):
        yield _Fault(
            "what the template puts before the answer is trained",
            shown,
            "the prompt was cut where the template has not yet begun the answer",
            "template the prompt with add_generation_prompt=True before its length is taken",
            "TRL < 0.24 (PR 4201)",
        )
        return
    part = len(extra) < len(squashed(row.text)) - len(squashed(example.answer)) - 8
    yield _Fault(
        "a part of the prompt is trained" if part else "the prompt is trained",
        shown,
        "the mask ends before the prompt does: its length was taken of other tokens (no BOS, another template)"
        if part
        else "labels are a copy of the ids, without -100 over the prompt",
        "set the labels of the prompt to -100" + ('; if it is meant, say train_on = "all"' if not declared else ""),
        "TRL 1.16 (a completion_mask that completion_only_loss=None does not use)" if targets.trainer else "",
    )


def _declared(targets: Targets) -> str:
    return targets.train_on


def _fewer(row: Row, missing: str, which: str, likely: str) -> _Fault:
    return _Fault(
        f"the {which} tokens of the completion are not trained",
        f"trained are {_clip(row.trained)}, and {missing[:_SHOWN]!r} is missing",
        likely,
        "compare the prompt's length with that of the tokens that it has in the row",
        "FastChat (PR 3061)" if which == "first" else "",
    )


def _cut(targets: Targets, row: Row, example: Example) -> Iterator[_Fault]:
    """The row does not hold the whole answer: a beginning of it may be all that fits."""
    text, trained, answer = squashed(row.text), squashed(row.trained), squashed(example.answer)
    held = next((size for size in range(len(answer), 0, -1) if text.endswith(answer[:size])), 0)
    if not held and not trained:
        yield _without_target(targets, row)
    elif held and trained != answer[:held] and _declared(targets) != "all":
        if trained.endswith(answer[:held]):
            yield from _more(targets, row, example, trained[:-held])
        elif not text.endswith(trained):
            yield _other(row, "the completion", example.answer)


def _other(row: Row, what: str, wanted: str) -> _Fault:
    return _Fault(
        f"the targets are not {what}",
        f"trained are {_clip(row.trained)}, where {what} is {_clip(wanted)}",
        "tokens are dropped, doubled or taken from elsewhere between the example and the labels",
        "print the decoded targets of one row, and follow them back to the example",
        "TRL < 1.9 (PR 6433)",
    )


def _conversation(targets: Targets, row: Row, example: Example) -> Iterator[_Fault]:
    text, trained = squashed(row.text), squashed(row.trained)
    missing = [one for one in example.answers if squashed(one) not in trained and squashed(one) in text]
    if missing:
        yield _Fault(
            "an answer of the assistant is not trained",
            f"{_clip(missing[0])} is in the row and not among its targets",
            "the mask of the assistant's turns is shifted, or its marker is not found in every turn",
            "take the mask from the template ({% generation %}), or look for the marker's tokens as they are",
            "TRL < 0.13 (PR 2450)",
        )
    asked = [one for one in example.asked if squashed(one) and squashed(one) in trained]
    if asked and targets.train_on in {"assistant", "completion"}:
        yield _Fault(
            "what the user says is trained",
            f"{_clip(asked[0])} is among the targets",
            "the labels of the other turns are not ignored",
            "set the labels of all turns but the assistant's to -100",
        )


def _end(targets: Targets, row: Row, example: Example) -> Iterator[_Fault]:
    """The answer is whole: its end must be learnt."""
    stops = targets.ends | targets.specials - {one for one in (targets.bos, targets.pad) if one is not None}
    if not stops:
        return
    learnt = {one.token for one in row.targets}
    if learnt & (targets.ends or stops) or _template_end(targets, row, example):
        return
    held = [at for at in row.real if row.ids[at] in targets.ends and at > 0]
    last = held[-1] if held else None
    if last is not None:
        yield _masked_end(targets, row, last)
    elif targets.ends:
        yield _Fault(
            "no EOS follows the completion",
            f"the row ends with {_show(targets, [row.ids[at] for at in row.real[-4:]])}",
            "EOS is not appended, so that the model never learns to stop",
            "append tokenizer.eos_token_id to the ids and labels of each example",
            "torchtune < 0.4 (PR 1806)",
            "warning" if example.kind == "text" else "error",
        )


def _masked_end(targets: Targets, row: Row, at: int) -> _Fault:
    same = targets.pad is not None and targets.pad in targets.ends
    return _Fault(
        "EOS is never a target",
        f"{_show(targets, [row.ids[at]])} stands at position {at}, but no position learns it",
        "pad_token is eos_token, and padding is masked by token id" if same else "the labels end before EOS",
        "mask by attention_mask, or give the tokenizer a pad token of its own"
        if same
        else "give EOS the label that it has in input_ids",
        "TRL < 0.17 (PR 3200)",
    )


def _template_end(targets: Targets, row: Row, example: Example) -> bool:
    """The answer is followed by a special token of the template that ends the turn, and it is learnt."""
    closing = targets.specials - {one for one in (targets.bos, targets.pad) if one is not None}
    after = [one.token for one in row.targets[-3:]]
    return example.kind != "text" and bool(closing & set(after))


def _end_never_trained(targets: Targets) -> _Fault | None:
    """Without examples: rows that end with EOS, of which everything up to it is trained, and EOS in none."""
    if not targets.ends or targets.examples:
        return None
    reached = None
    for row in targets.rows:
        learnt = {one.at + 1 for one in row.targets}
        if any(one.token in targets.ends for one in row.targets):
            return None
        ends = [at for at in row.real if row.ids[at] in targets.ends and at > 0]
        if row.attended is not None and ends and ends[0] - 1 in learnt and not (learnt & set(ends)):
            reached = reached or (row, ends[0])
    return _masked_end(targets, *reached) if reached else None


def _show(targets: Targets, ids: list[int]) -> str:
    return repr(targets.read(ids)) if targets.pieces else f"token {targets.read(ids)}"


def _clip(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
