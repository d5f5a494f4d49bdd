# ruff: noqa: ANN401  torch's own signatures
"""torch as a script finds it without a GPU: what asks for one, or for fewer bits, gets the CPU in float32."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from antifoul.smoke.script.notes import Notes

_QUIET = (
    "set_device",
    "synchronize",
    "empty_cache",
    "reset_peak_memory_stats",
    "reset_max_memory_allocated",
    "ipc_collect",
    "set_per_process_memory_fraction",
)
_ZERO = (
    "current_device",
    "max_memory_allocated",
    "memory_allocated",
    "memory_reserved",
    "max_memory_reserved",
    "utilization",
)


def change_torch(torch: Any, notes: Notes) -> None:
    """Let this thread's calls of torch run on the CPU."""
    _mode(torch, notes).__enter__()
    _cuda(torch.cuda)
    _precision(torch, notes)
    _compile(torch, notes)
    _loading(torch, notes)


_DEVICES = ("cuda", "npu", "xpu", "mps", "hpu")


def _fitting(torch: Any, notes: Notes) -> Callable[..., Any]:
    """What an argument is here: a device is the CPU, and fewer bits are float32."""
    low = {torch.float16: "float16", torch.bfloat16: "bfloat16"}

    def fitting(value: Any, *, is_device: bool) -> Any:
        if isinstance(value, torch.device):
            far = value.type not in {"cpu", "meta"}
        else:
            far = is_device and (type(value) is int or (isinstance(value, str) and value.startswith(_DEVICES)))
        if far:
            notes.add(f"{value} -> cpu")
            return torch.device("cpu")
        if isinstance(value, torch.dtype) and value in low:
            notes.add(f"{low[value]} -> float32")
            return torch.float32
        return value

    return fitting


def _mode(torch: Any, notes: Notes) -> Any:
    from torch.overrides import TorchFunctionMode

    fitting = _fitting(torch, notes)

    class OnCpu(TorchFunctionMode):  # type: ignore[misc]  # torch's, without types here
        """Sees every function of torch that this thread calls."""

        def __torch_function__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = getattr(func, "__name__", "")
            if name == "cuda":
                notes.add(".cuda() -> cpu")
                return args[0]
            if name in {"half", "bfloat16"} and args and torch.is_tensor(args[0]):
                notes.add(f"{name} -> float32")
                return args[0].float()
            if name == "pin_memory":
                return args[0]
            moves = name == "to"
            given = tuple(fitting(one, is_device=moves and at == 1) for at, one in enumerate(args))
            named = {key: fitting(one, is_device=key == "device") for key, one in (kwargs or {}).items()}
            return func(*given, **named)

    return OnCpu()


def _cuda(cuda: Any) -> None:
    for name in _QUIET:
        setattr(cuda, name, lambda *_, **__: None)
    for name in _ZERO:
        setattr(cuda, name, lambda *_, **__: 0)
    cuda.mem_get_info = lambda *_: (1, 1)
    cuda.get_device_name = lambda *_: "cpu"
    cuda.get_device_capability = lambda *_: (8, 0)
    cuda.get_device_properties = lambda *_: SimpleNamespace(name="cpu", total_memory=1, major=8, minor=0)


def _precision(torch: Any, notes: Notes) -> None:
    autocast = torch.amp.autocast_mode.autocast
    begin = autocast.__init__

    def plain(self: Any, device_type: str = "cuda", dtype: Any = None, enabled: bool = True, **_: Any) -> None:  # noqa: FBT001, FBT002  as torch's own
        if enabled:
            notes.add(f"autocast({device_type!r}) -> float32")
        del dtype
        begin(self, "cpu", dtype=torch.bfloat16, enabled=False)

    autocast.__init__ = plain
    scaler = getattr(torch.amp, "GradScaler", None)
    if scaler is not None:
        scale = scaler.__init__

        def on_cpu(self: Any, device: str = "cuda", *args: Any, **kwargs: Any) -> None:
            if str(device) != "cpu" and kwargs.get("enabled", True):
                notes.add(f"GradScaler({str(device)!r}) -> GradScaler('cpu')")
            scale(self, "cpu", *args, **kwargs)

        scaler.__init__ = on_cpu
    default = torch.set_default_dtype

    def set_default(dtype: Any) -> None:
        if dtype in {torch.float16, torch.bfloat16}:
            notes.add(f"set_default_dtype({dtype}) -> float32")
            return
        default(dtype)

    torch.set_default_dtype = set_default
    torch.set_default_device = lambda *_: None


def _compile(torch: Any, notes: Notes) -> None:
    def as_it_is(model: Any = None, **_: Any) -> Any:
        notes.add("torch.compile -> as it is")
        return model if model is not None else lambda one: one

    torch.compile = as_it_is
    torch.nn.Module.compile = lambda *_, **__: None


def _loading(torch: Any, notes: Notes) -> None:
    load = torch.load

    def on_cpu(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("map_location") is not None:
            kwargs["map_location"] = "cpu"
        return load(*args, **kwargs)

    torch.load = on_cpu
    loader = torch.utils.data.DataLoader
    make = loader.__init__

    def alone(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("num_workers"):
            notes.add(f"{kwargs['num_workers']} workers of a data loader -> none")
        for name, value in (("num_workers", 0), ("prefetch_factor", None), ("persistent_workers", False)):
            if name in kwargs:
                kwargs[name] = value
        kwargs.pop("pin_memory", None)
        make(self, *args, **kwargs)

    loader.__init__ = alone


def change_distributed(distributed: Any, notes: Notes) -> None:
    """A process group of one, by gloo."""
    start = getattr(distributed, "init_process_group", None)
    if start is None:
        return

    def alone(backend: Any = None, *_: Any, **__: Any) -> None:
        notes.add(f"process group ({backend or 'nccl'}) -> one process, by gloo")
        start("gloo", store=distributed.HashStore(), rank=0, world_size=1)

    distributed.init_process_group = alone


def change_parallel(module: Any, notes: Notes) -> None:
    """DistributedDataParallel without a device of its own."""
    wrap = module.DistributedDataParallel.__init__

    def on_cpu(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("device_ids"):
            notes.add("DistributedDataParallel(device_ids=...) -> cpu")
        wrap(self, *args[:1], **{**kwargs, "device_ids": None, "output_device": None})

    module.DistributedDataParallel.__init__ = on_cpu
