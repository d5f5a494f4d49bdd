"""The page of `antifoul report --repos`."""

from antifoul.measures.results import Fleet, Ship
from antifoul.reports.blocks import Block, Bullets, Heading, Mono, Paragraph, Table, Words, counted, words


def page(found: Fleet) -> tuple[Block, ...]:
    """The repositories, the least healthy first, and those that were lost."""
    known = sorted((one for one in found.ships if not one.lost), key=lambda one: (one.health or 0.0, one.place))
    lost = [one for one in found.ships if one.lost]
    said = f"{counted(len(known), 'repository', 'repositories')} reported, {len(lost)} lost."
    heads = ("health", "files", "lines", "over the limit", "markers", "not judged", "repository", "hottest file")
    blocks: list[Block] = [Heading(1, "antifoul: many repositories"), Paragraph(words(said))]
    if lost:
        blocks += [Heading(2, "Lost"), Bullets(tuple(words(Mono(one.place), f": {one.lost}") for one in lost))]
    if known:
        blocks.append(Table(heads, tuple(map(_row, known)), right=(0, 1, 2, 3, 4, 5)))
        blocks.append(Heading(2, "What to do first"))
        blocks.append(Bullets(tuple(words(Mono(one.place), f": {one.first or 'nothing stands out'}") for one in known)))
    return tuple(blocks)


def _row(one: Ship) -> tuple[Words, ...]:
    return (
        words("" if one.health is None else f"{one.health:.0f}"), words(f"{one.files:,}"), words(f"{one.lines:,}"),
        words(f"{one.over:,}"), words(f"{one.markers:,}"), words(f"{one.skipped:,}"), words(Mono(one.place)),
        words(Mono(one.hottest)),
    )  # fmt: skip
