"""Lay the first steps of a target beside those at another revision."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit
from antifoul.facts.run import Unjudged
from antifoul.facts.trajectory import Parting, Side, Trajectory, partings
from antifoul.gate.smoke import Smoke
from antifoul.readers.git import open_repository
from antifoul.readers.revisions import commit_of, lay_out_commit
from antifoul.smoke.building import BuildError
from antifoul.smoke.comparing import Asked, answer, asked_in, own_folder, side_of, strangers
from antifoul.smoke.script.parent import tried
from antifoul.smoke.script.shadow import shadow
from antifoul.smoke.script.task import Task
from antifoul.smoke.world import World

Run = Callable[[str, str], Side]  # the root of a revision's files, and a folder to write in


class Comparison:
    """Comparisons with one revision, whose files are laid out once, and removed by `close`."""

    def __init__(self, root: Path, revision: str) -> None:
        git = open_repository(str(root), os.environ)
        if git is None:
            raise ReadError(f"{root} is in no git repository: there is nothing to compare with")
        self.commit = commit_of(git, revision)
        self._git = git
        self._inside = root.resolve().relative_to(Path(git.root).resolve())
        self._root = root
        self._folder: Path | None = None
        self._count = 0

    def close(self) -> None:
        """Remove what was laid out."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _laid_out(self) -> tuple[Path, Path]:
        """The folders of both sides: the revision, and the work tree as it is."""
        if self._folder is None:
            self._folder = own_folder()
            lay_out_commit(self._git, self.commit, self._folder / "base", self._folder / "index")
            shadow(self._root, self._folder / "head")
        return self._folder / "base" / self._inside, self._folder / "head"

    def of_target(self, spec: str, smoke: Smoke) -> tuple[Hit, ...] | Unjudged:
        """What the work tree does otherwise than the revision, for MODULE:NAME."""

        def run(root: str, out: str) -> Side:
            return side_of(Asked(spec, root, out, smoke.seed, smoke.names, smoke.declared))

        return self._compared(run)

    def of_script(self, task: Task) -> tuple[Hit, ...] | Unjudged:
        """What the work tree does otherwise than the revision, for a script."""

        def run(root: str, out: str) -> Side:
            found = tried(task._replace(root=root, out=out, needs=("trajectory",)))
            kept = found.recordings.get("trajectory", found.stopped or found.skipped)
            return Side(kept, "", found.strangers) if isinstance(kept, Trajectory) else Side(None, str(kept))

        return self._compared(run)

    def _compared(self, run: Run) -> tuple[Hit, ...] | Unjudged:
        base_root, head_root = self._laid_out()
        if not base_root.is_dir():
            return Unjudged(f"{self.commit[:10]} has no folder {self._inside}")
        base, head = self._side(run, base_root), self._side(run, head_root)
        if why := _refused(base, self.commit[:10]) or _refused(head, "the work tree"):
            return why
        before, now = base.trajectory, head.trajectory
        found = partings(before, now) if before and now else ()
        if not found or before is None or now is None:
            return ()
        again = self._side(run, base_root).trajectory
        if noise := partings(before, again) if again else found:
            return Unjudged(f"two runs of {self.commit[:10]} differ in {noise[0].what}: seed the program to compare it")
        return (_told(found, before, now, self.commit[:10]),)

    def _side(self, run: Run, root: Path) -> Side:
        self._count += 1
        return run(str(root), str(root.parent / f"out-{self._count}"))


def _refused(side: Side, name: str) -> Unjudged | None:
    """Why a side cannot be compared, if it cannot."""
    for module, file in side.strangers.items():
        return Unjudged(
            f"{module} was loaded from {file}, not from {name}: an editable install, or an installed copy",
            "pip uninstall that package for the comparison, and run from the repository",
        )
    return Unjudged(f"{name} took no steps: {side.problem}") if side.trajectory is None else None


def _told(found: tuple[Parting, ...], base: Trajectory, head: Trajectory, name: str) -> Hit:
    first = found[0].step
    at_first = ", ".join(str(one) for one in found if one.step == first)
    later = [f"{one} (step {one.step})" for one in found if one.step != first]
    where = f"from step {first}" if first else "before the first step"
    rows = [
        f"this change alters training {where}: {at_first}",
        *([f"later: {', '.join(later)}"] if later else []),
        f"losses at {name}: {_losses(base)}",
        f"losses now: {_losses(head)}",
    ]
    return Hit(line=1, anchor="compare", severity="warning", message="\n".join(rows))


def _losses(one: Trajectory) -> str:
    return ", ".join("none" if point.loss is None else f"{point.loss:.5g}" for point in one.points)


def record(out: Path) -> None:
    """Inside of a side's process: take the steps, and leave what they did."""
    asked = asked_in(out)
    root = Path(asked.root)
    sys.path[:0] = [str(one) for one in (root, root / "src") if one.is_dir()]
    smoke = Smoke(asked.seed, names=asked.names, declared=asked.declared)
    try:
        with World().open(root, asked.seed):
            found = smoke.named(asked.spec, lambda: out).recording("trajectory")
    except BuildError as problem:
        found = problem
    side = Side(found) if isinstance(found, Trajectory) else Side(None, str(found))
    answer(out, side._replace(strangers=strangers(root)))
