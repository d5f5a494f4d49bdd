# ruff: noqa: ANN401  the libraries' own signatures
"""transformers, datasets, accelerate and TRL as a script finds them: no hub, no GPU, tiny models for large ones."""

import runpy
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from antifoul.smoke.building import BuildError
from antifoul.smoke.script.notes import Notes
from antifoul.smoke.tiny_model import loaded, tiny_model
from antifoul.smoke.tiny_tokenizer import CHAT, usual

_LARGE = 50_000_000  # bytes of weights on disk: more is replaced by a tiny model of the same architecture
_NOT_HERE = ("device_map", "quantization_config", "load_in_4bit", "load_in_8bit", "max_memory", "offload_folder")
_ATTENTION = ("eager", "sdpa")
# Training arguments that ask for what is not here, or for what a few steps have no use for.
_ARGUMENTS: Mapping[str, Any] = {
    "bf16": False,
    "fp16": False,
    "tf32": None,
    "bf16_full_eval": False,
    "fp16_full_eval": False,
    "use_cpu": True,
    "deepspeed": None,
    "fsdp": "",
    "fsdp_config": None,
    "torch_compile": False,
    "torch_compile_backend": None,
    "torch_compile_mode": None,
    "push_to_hub": False,
    "report_to": "none",
    "use_liger_kernel": False,
    "use_vllm": False,
    "no_cuda": True,
    "disable_tqdm": True,
}


class StandIns:
    """Tiny models in the place of large or absent ones, one a name, below a folder."""

    def __init__(self, folder: Path, notes: Notes) -> None:
        self._folder = folder
        self._notes = notes
        self._made: dict[str, str] = {}
        self.untold = ""  # a tokenizer that is not here: what it would have said cannot be judged
        self.tokenizer: Any = None  # the last that was loaded

    def of(self, name: Any) -> Any:
        """The name itself if it is a small model on disk, else the folder of a tiny one."""
        text = str(name)
        if not isinstance(name, str | Path) or text in self._made.values() or _is_small(Path(text)):
            return name
        if text not in self._made:
            self._made[text] = self._make(text)
        return self._made[text]

    def _make(self, name: str) -> str:
        import transformers

        self._made[name] = name  # not again, while this one is made
        folder = self._folder / f"model-{len(self._made)}"
        try:
            like = loaded(transformers.AutoConfig, name)
        except BuildError:
            like = "llama"
        try:
            words = loaded(transformers.AutoTokenizer, name)
        except BuildError:
            words, self.untold = usual(CHAT), name
        found = tiny_model(folder, like, words)
        kind = "Llama, as its config is not in the local cache"
        what = kind if like == "llama" else type(like).__name__.removesuffix("Config")
        self._notes.add(f"{name} -> a tiny {what}")
        return found


def _is_small(folder: Path) -> bool:
    if not folder.exists():
        return False
    files = [folder] if folder.is_file() else list(folder.iterdir())
    weights = (one for one in files if one.suffix in {".safetensors", ".bin", ".pt", ".pth"})
    return sum(one.stat().st_size for one in weights) <= _LARGE


def changes(stand_ins: StandIns, notes: Notes, train: Callable[[Any], None]) -> dict[str, Callable[[Any], None]]:
    """What is changed in which module, right after it was imported. `train` gets a Trainer instead of its training."""

    def tokenizers(owner: str) -> Callable[[Any], None]:
        return partial(_loading_from, owner=owner, stand_ins=stand_ins, notes=notes, keep=True)

    def others(owner: str) -> Callable[[Any], None]:
        return partial(_loading_from, owner=owner, stand_ins=stand_ins, notes=notes, keep=False)

    return {
        "transformers.modeling_utils": others("PreTrainedModel"),
        "transformers.models.auto.auto_factory": others("_BaseAutoModelClass"),
        "transformers.models.auto.configuration_auto": others("AutoConfig"),
        "transformers.models.auto.processing_auto": others("AutoProcessor"),
        "transformers.generation.configuration_utils": others("GenerationConfig"),
        "transformers.models.auto.tokenization_auto": tokenizers("AutoTokenizer"),
        "transformers.tokenization_utils_base": tokenizers("PreTrainedTokenizerBase"),
        "transformers.utils.quantization_config": partial(_bits, notes=notes),
        "transformers.training_args": partial(_arguments, notes=notes),
        "transformers.trainer": partial(_trainer, train=train),
        "lightning.pytorch.trainer.trainer": partial(_lightning, notes=notes, stand_ins=stand_ins, train=train),
        "pytorch_lightning.trainer.trainer": partial(_lightning, notes=notes, stand_ins=stand_ins, train=train),
        "datasets.load": partial(_data, folder=stand_ins._folder),  # noqa: SLF001  our own
        "accelerate.commands.launch": partial(_launch, notes=notes),
        "huggingface_hub._login": _login,
        "trl.trainer.grpo_config": partial(_generation, notes=notes),
        "trl.trainer.rloo_config": partial(_generation, notes=notes),
        "trl.trainer.online_dpo_config": partial(_generation, notes=notes),
    }


def _loading_from(module: Any, owner: str, stand_ins: StandIns, notes: Notes, *, keep: bool) -> None:
    kind = getattr(module, owner, None)
    if kind is None or "from_pretrained" not in vars(kind):
        return
    plain = vars(kind)["from_pretrained"].__func__

    def from_pretrained(cls: Any, name: Any = None, *args: Any, **kwargs: Any) -> Any:
        name = kwargs.pop("pretrained_model_name_or_path", name)
        found = plain(cls, stand_ins.of(name), *args, **_on_cpu(kwargs, notes))
        if keep:
            stand_ins.tokenizer = found[0] if isinstance(found, tuple) else found
        return found

    kind.from_pretrained = classmethod(from_pretrained)


def _on_cpu(kwargs: dict[str, Any], notes: Notes) -> dict[str, Any]:
    kept = {}
    for name, value in kwargs.items():
        if name in _NOT_HERE and value not in (None, False):
            notes.add(f"{name} -> none")
        elif name == "attn_implementation" and isinstance(value, str) and value not in _ATTENTION:
            notes.add(f"attention {value} -> eager")
            kept[name] = "eager"
        elif name in {"dtype", "torch_dtype"} and value is not None and str(value).rpartition(".")[2] != "float32":
            notes.add(f"{name} {str(value).rpartition('.')[2]} -> float32")
            kept[name] = "float32"
        elif name not in {*_NOT_HERE, "revision", "subfolder"}:
            kept[name] = value
    return kept


def _bits(module: Any, notes: Notes) -> None:
    def accepted(_self: Any) -> None:
        notes.add("quantised weights -> float32")

    module.BitsAndBytesConfig.post_init = accepted


def _arguments(module: Any, notes: Notes) -> None:
    plain = module.TrainingArguments.__post_init__

    def on_cpu(self: Any) -> None:
        for name, value in _ARGUMENTS.items():
            before = getattr(self, name, value)
            if not hasattr(self, name) or before == value:
                continue
            setattr(self, name, value)
            if before not in (None, False, [], "") and name not in {"disable_tqdm", "use_cpu", "report_to"}:
                notes.say(f"{name}={before} -> {value}")
        if any(word in str(self.optim) for word in ("bnb", "bit", "paged", "fused", "bitsandbytes")):
            notes.say(f"optim={str(self.optim).rpartition('.')[2]} -> adamw_torch")
            self.optim = "adamw_torch"
        plain(self)

    module.TrainingArguments.__post_init__ = on_cpu


def _generation(module: Any, notes: Notes) -> None:
    for kind in vars(module).values():
        if isinstance(kind, type) and kind.__module__ == module.__name__ and "__post_init__" in vars(kind):
            _without_server(kind, notes)


def _without_server(kind: Any, notes: Notes) -> None:
    plain = kind.__post_init__

    def here(self: Any) -> None:
        if getattr(self, "use_vllm", False):
            notes.say("use_vllm=True -> the model generates by itself")
            self.use_vllm = False
        plain(self)

    kind.__post_init__ = here


def _trainer(module: Any, train: Callable[[Any], None]) -> None:
    plain = module.Trainer.train

    def handed_over(self: Any, *_: Any, **__: Any) -> None:
        module.Trainer.train = plain  # from now on it is driven
        train(self)

    module.Trainer.train = handed_over


# Lightning's own arguments that ask for another machine, and what a CPU has.
_ONE_CPU: Mapping[str, Any] = {
    "accelerator": "cpu",
    "devices": 1,
    "num_nodes": 1,
    "strategy": "auto",
    "precision": "32-true",
    "logger": False,
    "enable_progress_bar": False,
    "sync_batchnorm": False,
}
_AS_GOOD: tuple[Any, ...] = (None, False, "auto", "32-true", "32", 32, 1, "cpu")  # not worth a line


def _lightning(module: Any, notes: Notes, stand_ins: StandIns, train: Callable[[Any], None]) -> None:
    """A Lightning module is handed over where it is fitted, with its Trainer and its data."""
    plain = module.Trainer.__init__

    def on_cpu(self: Any, *args: Any, **kwargs: Any) -> None:
        for name, value in kwargs.items():
            if name in _ONE_CPU and not (isinstance(value, str | int | None) and value in _AS_GOOD):
                shown = value if isinstance(value, str | int) else type(value).__name__
                notes.add(f"{name}={shown} -> {_ONE_CPU[name]}")
        plain(self, *args, **{**kwargs, **_ONE_CPU})

    def fit(self: Any, model: Any, train_dataloaders: Any = None, *args: Any, **kwargs: Any) -> None:
        places = dict(zip(("val_dataloaders", "datamodule"), args, strict=False)) | kwargs
        parts = {"module": model, "trainer": self, "tokenizer": stand_ins.tokenizer, "dataloader": train_dataloaders}
        parts["datamodule"] = places.get("datamodule")
        train({name: one for name, one in parts.items() if one is not None})

    module.Trainer.__init__, module.Trainer.fit = on_cpu, fit


def _data(module: Any, folder: Path) -> None:
    plain = module.load_dataset

    def local(path: Any, *args: Any, **kwargs: Any) -> Any:
        if Path(str(path)).exists() or str(path) in {"json", "csv", "text", "parquet", "arrow", "pandas"}:
            kwargs.setdefault("cache_dir", str(folder / "datasets"))
        return plain(path, *args, **kwargs)

    module.load_dataset = local


def _login(module: Any) -> None:
    for name in ("login", "interpreter_login", "notebook_login"):
        setattr(module, name, lambda *_, **__: None)


def _launch(module: Any, notes: Notes) -> None:
    """`accelerate launch`, called from Python as TRL's command does, runs the script in this process."""

    def here(args: Any) -> None:
        notes.say("accelerate launch -> one process on the CPU")
        script = args.training_script
        sys.argv[:] = [script, *args.training_script_args]
        if getattr(args, "module", False):
            runpy.run_module(script, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(script, run_name="__main__")

    for name in ("simple_launcher", "multi_gpu_launcher", "deepspeed_launcher", "tpu_launcher"):
        if hasattr(module, name):
            setattr(module, name, here)
