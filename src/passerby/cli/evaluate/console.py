"""What the commands print, and what they look at before the work."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from passerby.cli.bar import Bar
from passerby.cli.console import Table, print_table
from passerby.errors import OutputError
from passerby.evaluate.reid.results import Result
from passerby.evaluate.reid.trials import Trials
from passerby.sinks.path_conflicts import check_apart

__all__ = ["check_new", "print_result", "print_trials", "progress"]


def check_new(
    *targets: Path | None, read: Iterable[Path | str | None] = (), overwrite: bool
) -> None:
    """Refuse to replace files unless told to, and what is read always.

    Raises:
        OutputError: If one exists, is read, or is to be written twice.
    """
    check_apart(targets, read)
    for target in targets:
        if target is not None and target.exists() and not overwrite:
            raise OutputError(f"{target} exists: add --overwrite or name another file")


def print_result(result: Result) -> None:
    """Print the figures of one evaluation as a table."""
    table = Table("figure", "value")
    for name, figure in result.summary().items():
        table.add_row(name, f"{figure:.4f}")
    verification = result.verification
    if verification is not None:
        suggestion = verification.suggestion()
        table.add_row("AUC, folded", f"{verification.auc_folded:.4f}")
        table.add_row("EER", f"{verification.equal_error_rate:.4f}")
        table.add_row("TAR at FAR 0.001", f"{verification.true_accepts_at(1e-3):.4f}")
        table.add_row("threshold", f"{suggestion.threshold:.4f}")
        table.add_row("  false accepts", f"{suggestion.false_accepts:.4f}")
        table.add_row("  false rejects", f"{suggestion.false_rejects:.4f}")
    table.add_row("queries", f"{len(result.ids):,}")
    table.add_row("  without a match", f"{int((~result.valid).sum()):,}")
    table.add_row("gallery images", f"{result.gallery_images:,}")
    print_table(table)


def print_trials(trials: Trials) -> None:
    """Print means and deviations as a table."""
    table = Table("figure", "mean", "std", title=trials.kind)
    deviations: Mapping[str, float] = trials.deviations()
    for name, mean in trials.summary().items():
        table.add_row(name, f"{mean:.4f}", f"{deviations[name]:.4f}")
    print_table(table)


@contextmanager
def progress(verb: str, total: int) -> Iterator[Callable[[int], None]]:
    """Draw a bar on standard error; yields what moves it on."""
    with Bar() as bar:
        task = bar.add_task(verb, total=total)
        yield lambda count: bar.advance(task, count)
