"""What is known of calls by name: which ones leave the objects they are given as they are.

A name that stands in no table here is taken to change whatever it can reach.
"""

from __future__ import annotations

import re
import sys

PURE_BUILTINS = frozenset(
    "abs all any ascii bin bool bytes callable chr complex divmod float format hash hex id input int "
    "isinstance issubclass len max min oct open ord pow print range repr round str sum type hasattr".split()
)
"""Change nothing and give back a fresh value."""

VIEWING_BUILTINS = frozenset(
    "dict enumerate filter frozenset getattr iter list map next reversed set sorted tuple vars zip super".split()
)
"""Change nothing but give back (parts of) what they were given."""

DYNAMIC_BUILTINS = frozenset(["exec", "eval", "globals", "locals", "__import__", "compile"])
"""May read or change any name."""

FRESH_METHODS = frozenset(
    # of modules
    "state_dict parameters named_parameters buffers named_buffers zero_grad extra_repr "
    "register_forward_hook register_forward_pre_hook register_full_backward_hook "
    # of tensors
    "item numel size dim tolist backward argmax argmin max min sum mean detach clone numpy data_ptr is_contiguous "
    "astype dot std var prod cumsum nonzero tobytes "
    # of dictionaries, strings and paths
    "keys format join split rsplit strip lstrip rstrip startswith endswith removeprefix removesuffix lower upper "
    "replace title count find index encode decode exists is_file is_dir isdigit partition rpartition splitlines "
    "with_suffix with_name joinpath resolve absolute as_posix glob rglob iterdir stat mkdir unlink read_text "
    # of files, loggers, progress bars, trackers
    "info debug warning warn error exception critical log add_scalar add_scalars add_image "
    "add_graph add_text add_histogram write flush set_description set_postfix print watch log_metrics "
    "readline readlines "
    # of optimizers, schedulers, losses
    "step get_last_lr is_available manual_seed seed".split()
)
"""Change nothing a state dict could tell and give back a fresh value."""

MUTATORS = frozenset(
    "pop popitem update clear setdefault append extend insert remove add discard __setitem__ __delitem__ __setattr__ "
    "add_module register_module register_buffer register_parameter".split()
)
"""Methods that change what they are bound to; handed on, `map(sd.pop, keys)`, they do so later."""

TAKING_METHODS = frozenset(["append", "extend", "insert", "appendleft"])
"""Of lists and their like: leave what they take in as it is."""

SELF_METHODS = frozenset(
    "eval train cuda cpu to half float double bfloat16 requires_grad_ items values get copy modules children "
    "named_modules named_children type float16 share_memory "
    "reshape transpose flatten ravel squeeze unsqueeze view permute contiguous expand".split()
)
"""Change nothing a state dict's keys or shapes could tell and give back the object or a part of it."""

CONFIG_NAMES = re.compile(
    r"^(self\.)?(args?|opts?|cfg|conf|config|configs|hparams?|hyp|params|parameters|FLAGS|flags|options|settings|"
    r"namespace|parser|device|logger|log)$",
    re.IGNORECASE,
)
"""Configuration is changed through its own name, never through an object that was built from it."""

LOGGERS = re.compile(r"^_*(log|logger|logging|LOG|LOGGER|writer|console|progress_bar|tqdm)$")
"""Objects whose changes no verdict rests on."""

MODULE_CHANGERS = re.compile(
    r"(^|\.)(weight_norm|spectral_norm|remove_weight_norm|remove_spectral_norm|parametriz\w*|register_parametrization|"
    r"prune|global_unstructured|l1_unstructured|ln_structured|random_unstructured|fuse_modules\w*|prepare\w*|convert\w*|"
    r"quantize\w*|get_peft_model|inject_adapter\w*|replace\w*|swap\w*|profile|apply_\w+|add_\w+|init_\w*|load_\w+|"
    r"mark_only_lora_as_trainable|lora\w*|setattr|delattr)$"
)
"""Functions of third parties whose name says that they may change a module."""

LIBRARIES = sys.stdlib_module_names | frozenset(
    "torch torchvision torchaudio torchmetrics numpy scipy pandas matplotlib seaborn PIL cv2 skimage sklearn tqdm "
    "einops timm transformers diffusers tensorflow keras jax networkx yaml omegaconf hydra wandb tensorboardX "
    "pytorch_lightning lightning accelerate safetensors huggingface_hub gym gymnasium pygame nltk spacy".split()
)
"""What they define is not the program's own: handing it on hands on nothing that the program changes."""

COPIES = re.compile(
    r"^((np|numpy)\.(array|copy|zeros\w*|ones\w*|full\w*|round|concatenate|stack|loadtxt|load)|"
    r"(os|glob|math|time)\.[\w.]+|i?glob|(copy\.)?deepcopy|torch\.tensor)$"
)
"""Third-party functions whose result shares nothing with what they are given."""

HARMLESS_STATEMENTS = re.compile(
    r"^(torch\.save|torch\.optim\b|torch\.cuda\.\w+|torch\.manual_seed|torch\.autograd\.\w+|"
    r"(torch\.)?(nn\.)?init\.\w+|(torch\.)?(nn\.)?utils\.clip_grad\w*|torch\.backends\b|warnings\.|logging\.|"
    r"(wandb|mlflow|plt|matplotlib|np|numpy|cv2|os|sys|json|pickle|joblib|time|random|shutil|st|streamlit|gc|dist|"
    r"torch\.distributed|torch\.onnx|onnx|yaml|pd|tb|tensorboard|sns)\.)|"
    r"(^|\.)(summary|profile_macs|print|pprint|display|download_\w+|check_integrity)$"
)
"""Third-party calls whose result nobody uses and that leave their arguments as they are."""

AMBIENT = re.compile(
    r"^(os\.(chdir|environ(\.\w+)?|putenv|umask)|sys\.path(\.\w+)?|sys\.argv(\.\w+)?|site\.addsitedir|"
    r"torch\.set_default_\w+|torch\.serialization\.add_safe_globals|torch\.nn\.modules\.\w+|"
    r"sys\.modules(\.\w+)?|dotenv\.load_dotenv|load_dotenv|importlib\.reload)$"
)
"""Calls and stores that change what later code sees without naming it."""

PATCHED = re.compile(r"^(torch|nn|F|sys|os|builtins|collections|typing|np|numpy)(\.|$)")
"""A store to an attribute of these modules is a patch that later code may rest on."""

EXITS = frozenset(["exit", "quit", "sys.exit", "os._exit", "os.abort"])
SAVERS = re.compile(r"(^|\.)(save|save_file|save_model|save_checkpoint|save_pretrained|dump)$")
