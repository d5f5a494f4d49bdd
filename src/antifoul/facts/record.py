"""A NamedTuple that costs a tenth to define: the commit hook defines thirty of them each time it starts.

To a type checker, and in use, it is `typing.NamedTuple`; what is left out is only what makes that one slow to define:
its own import, its check of every annotation, and a constructor compiled from text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414  an export
else:
    from operator import itemgetter

    class _Definition(type):
        """Makes a tuple class out of a class body: annotated names are its fields, in order, with their defaults."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            body |= {field: property(itemgetter(at)) for at, field in enumerate(fields)}
            body |= _SHARED
            body |= {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields, "__slots__": ()}
            body["__new__"] = _constructor(fields, defaults)
            return type(name, (tuple,), body)

    def _constructor(fields, defaults):
        count, first_default = len(fields), len(fields) - len(defaults)
        tail = tuple(defaults.values())
        new = tuple.__new__

        def __new__(cls, *given, **named):  # noqa: N807  it becomes the method
            size = len(given)
            if not named and size >= first_default:
                if size == count:
                    return new(cls, given)
                if size < count:
                    return new(cls, given + tail[size - first_default :])
            values = dict(zip(fields, given, strict=False)) | named
            if size + len(named) != len(values) or size > count or not values.keys() <= set(fields):
                raise TypeError(f"{cls.__name__} takes {', '.join(fields)}, each once; given {sorted(values)}")
            values = defaults | values
            try:
                return new(cls, [values[field] for field in fields])
            except KeyError as missing:
                raise TypeError(f"{cls.__name__} lacks {missing.args[0]!r}") from None

        return __new__

    def _make(cls, values):
        return cls(*values)

    def _replace(self, **named):
        return type(self)(**dict(zip(self._fields, self, strict=True)) | named)

    def _asdict(self):
        return dict(zip(self._fields, self, strict=True))

    def _repr(self):
        return f"{type(self).__name__}({', '.join(f'{field}={value!r}' for field, value in self._asdict().items())})"

    def _getnewargs(self):
        return tuple(self)

    _SHARED = {
        "_make": classmethod(_make),
        "_replace": _replace,
        "_asdict": _asdict,
        "__repr__": _repr,
        "__getnewargs__": _getnewargs,
    }

    class NamedTuple(metaclass=_Definition):
        """See `typing.NamedTuple`."""
