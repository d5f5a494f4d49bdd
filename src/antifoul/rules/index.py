"""The generated index of the rules. `python -m antifoul.rules.registry` writes it; a test keeps it."""

# fmt: off
# ruff: noqa: Q000  (generated)
from antifoul.rules.registry import Entry

ENTRIES: tuple[Entry, ...] = (
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
        'print-added',
        'antifoul.rules.tree.print_added',
        'print_added',
        ('source', 'layout', 'options'),
        'change',
        'error',
        (b'print', b'pp'),
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
