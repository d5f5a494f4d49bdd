"""The generated index of the rules. `python -m antifoul.rules.registry` writes it; a test keeps it."""

# fmt: off
# ruff: noqa: Q000  (generated)
from antifoul.rules.registry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        'accumulation',
        'antifoul.rules.run.accumulation',
        'accumulation',
        ('run',),
        'run',
        'error',
        (),
        'An accumulated gradient that is not the gradient of the same rows as one batch.',
    ),
    Entry(
        'file-unreadable',
        'antifoul.rules.change.file_unreadable',
        'file_unreadable',
        ('change',),
        'change',
        'error',
        (),
        'A source file that the change adds or edits and that cannot be read.',
    ),
    Entry(
        'finite',
        'antifoul.rules.run.finite',
        'finite',
        ('run',),
        'run',
        'error',
        (),
        'A loss or a gradient that is not a finite number within the first steps.',
    ),
    Entry(
        'params-move',
        'antifoul.rules.run.params_move',
        'params_move',
        ('run',),
        'run',
        'error',
        (),
        'A trainable parameter that does not train, or a frozen one that moves, within the first steps.',
    ),
    Entry(
        'print-added',
        'antifoul.rules.tree.print_added',
        'print_added',
        ('source', 'layout', 'options'),
        'change',
        'error',
        (b'print', b'pp('),
        'A call of print or pprint in package code.',
    ),
    Entry(
        'tests-untouched',
        'antifoul.rules.change.tests_untouched',
        'tests_untouched',
        ('change',),
        'change',
        'warning',
        (b'.py',),
        'Package code changed in substance, and no test was touched.',
    ),
    Entry(
        'undefined-name',
        'antifoul.rules.tree.undefined_name',
        'undefined_name',
        ('source',),
        'change',
        'error',
        (),
        'A name that is read and that nothing in the module defines.',
    ),
)
