"""What a script writes does not reach the user's repository."""

from pathlib import Path

from antifoul.smoke.script.shadow import shadow


def test_what_is_written_stays_in_the_shadow(tmp_path: Path) -> None:
    """A file changed, one added beside others and a folder made: the repository is as it was."""
    root = tmp_path / "repository"
    (root / "src" / "pkg").mkdir(parents=True)
    (root / "src" / "pkg" / "train.py").write_text("x = 1\n")
    (root / "config.yaml").write_text("lr: 1\n")
    here = shadow(root, tmp_path / "shadow")

    (here / "config.yaml").write_text("lr: 2\n")
    (here / "src" / "pkg" / "log.txt").write_text("new")
    (here / "out").mkdir()

    assert (root / "config.yaml").read_text() == "lr: 1\n"
    assert sorted(one.name for one in root.rglob("*")) == ["config.yaml", "pkg", "src", "train.py"]
    assert (here / "src" / "pkg" / "train.py").read_text() == "x = 1\n"


def test_large_files_are_links_and_environments_are_left_out(tmp_path: Path) -> None:
    """Data is not copied; a virtual environment inside of the repository is not walked, whatever its name."""
    root = tmp_path / "repository"
    (root / "data").mkdir(parents=True)
    (root / "data" / "train.bin").write_bytes(b"\0" * 1_500_000)
    (root / "env" / "lib").mkdir(parents=True)
    (root / "env" / "pyvenv.cfg").write_text("")
    (root / ".venv").mkdir()
    here = shadow(root, tmp_path / "shadow")

    assert (here / "data" / "train.bin").is_symlink()
    assert (here / "data" / "train.bin").stat().st_size == 1_500_000
    assert sorted(one.name for one in here.iterdir()) == ["data"]


def test_a_link_that_leads_nowhere_is_no_error(tmp_path: Path) -> None:
    """A repository may hold dangling links."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "lost").symlink_to(tmp_path / "nothing")

    assert (shadow(root, tmp_path / "shadow") / "lost").is_symlink()
