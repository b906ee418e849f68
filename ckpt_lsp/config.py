"""Settings: `[tool.ckpt-lsp]` of pyproject.toml, then the editor's settings, then the command line.

The later source wins.  pyproject.toml and the command line spell names in kebab-case, editors in camelCase;
one table of keys serves them all.  What belongs to the workspace may not widen its own rights: pyproject.toml
can neither switch the sandbox off nor declare itself trusted.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from ckpt_lsp.types import Finding, Severity
from ckpt_lsp.worker.protocol import Limits

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SANDBOXES = ("auto", "bubblewrap", "landlock", "seatbelt", "off")


class ConfigError(Exception):
    """A setting that cannot be used; the message names its place, what is wrong, and the next step."""


@dataclass(frozen=True)
class ConfiguredScenario:
    """One `[[tool.ckpt-lsp.scenario]]`: how a script is started, in the user's own words."""

    script: Path
    """Absolute, as are the other paths; relative ones start from the workspace."""
    argv: tuple[str, ...] = ()
    cwd: Path | None = None
    """None: where the script is usually started from."""
    checkpoint: Path | None = None
    """Loaded where the program's own path is unknown."""
    env: Mapping[str, str] = field(default_factory=dict)
    """For the program alone, set once it is confined."""


@dataclass(frozen=True)
class Settings:
    """All that a user can choose."""

    python: Path | None = None
    """Absolute path of the interpreter to dry-run with; None: `project.interpreter` looks for one."""
    python_source: str = "--python"
    """Who named `python`, for `doctor` and error messages."""
    sandbox: str = "auto"
    """One of SANDBOXES."""
    checkpoint_roots: tuple[Path, ...] = ()
    """Absolute folders outside the workspace whose files a dry run may read."""
    trusted: bool = True
    """False: nothing of the workspace is executed."""
    severity: Mapping[str, Severity | None] = field(default_factory=dict)
    """Rule name -> severity instead of the rule's own; None: the rule is off."""
    fail_on: Severity = Severity.ERROR
    """`check` exits with 1 from this severity up."""
    limits: Limits = field(default_factory=Limits)
    exclude: tuple[str, ...] = ()
    """Patterns of files and folders that `check` leaves out, see `project.files.excluded`."""
    scenario: tuple[ConfiguredScenario, ...] = ()
    """How scripts are started, in the order given."""

    def graded(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings with the severities that the user gave their rules, without those switched off.

        What is silent by itself is shown once its rule is given a severity."""
        levels = ((finding, self.severity.get(finding.rule, finding.severity)) for finding in findings)
        return tuple(
            replace(finding, severity=level, silent=finding.silent and finding.rule not in self.severity)
            for finding, level in levels
            if level is not None
        )


def load_settings(
    root: Path, editor: Mapping[str, Any] | None = None, flags: Mapping[str, Any] | None = None
) -> Settings:
    """The settings of a workspace.  Raises ConfigError.

    `editor` has camelCase names; those that are not ours are left alone, since an editor's section holds
    settings of its extension as well.  `flags` has kebab-case names; None means not given, there and there.
    """
    settings = Settings()
    for source in (_project(root), _editor(root, editor or {}), _flags(flags or {})):
        settings = source.applied(settings)
    return settings


@dataclass(frozen=True)
class _Source:
    """Settings from one place, under kebab-case names."""

    place: str
    values: Mapping[str, Any]
    base: Path
    """What relative paths start from."""
    spelling: Callable[[str], str] = str
    of_workspace: bool = False

    def applied(self, settings: Settings) -> Settings:
        for key, value in self.values.items():
            if value is not None:
                settings = self._applied(settings, key, value)
        return settings

    def _applied(self, settings: Settings, key: str, value: Any) -> Settings:
        read = _KEYS.get(key)
        if read is None or (self.of_workspace and key in _NOT_FOR_THE_WORKSPACE):
            raise self.error(key, _unknown(key))
        changes = {key.replace("-", "_"): read(self, key, value)}
        if key == "python":
            changes["python_source"] = self.name(key)
        return replace(settings, **changes)

    def name(self, key: str) -> str:
        """How the user spells this key here."""
        return f"{self.place}{self.spelling(key)}"

    def error(self, key: str, problem: str) -> ConfigError:
        return ConfigError(f"{self.name(key)}: {problem}")


def _project(root: Path) -> _Source:
    file = root / "pyproject.toml"
    values = _table(file)
    return _Source(f"{file}: [tool.ckpt-lsp] ", values, root, of_workspace=True)


def _editor(root: Path, values: Mapping[str, Any]) -> _Source:
    kebab = {re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(): value for name, value in values.items()}
    ours = {name: value for name, value in kebab.items() if name in _KEYS}
    return _Source("editor setting ckptLsp.", ours, root, _camel)


def _flags(values: Mapping[str, Any]) -> _Source:
    return _Source("--", values, Path.cwd())


def _camel(key: str) -> str:
    first, *rest = key.split("-")
    return first + "".join(map(str.capitalize, rest))


def _table(file: Path) -> Mapping[str, Any]:
    """`[tool.ckpt-lsp]` of a pyproject.toml, empty where there is none."""
    try:
        content = tomllib.loads(file.read_bytes().decode())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}; make it readable") from None
    except ValueError as error:
        raise ConfigError(f"{file}: not valid TOML: {error}; correct it there") from None
    tool = content.get("tool", {})
    table = tool.get("ckpt-lsp", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: tool.ckpt-lsp must be a table: write [tool.ckpt-lsp]")
    return table


def _unknown(key: str) -> str:
    if key in _NOT_FOR_THE_WORKSPACE:
        return "only the user can say this; remove it here and set it in the editor"
    near = difflib.get_close_matches(key, _KEYS, 1)
    known = ", ".join(sorted(_KEYS.keys() - _NOT_FOR_THE_WORKSPACE))
    return f"unknown setting; did you mean {near[0]}?" if near else f"unknown setting; there are {known}"


# One reader per kind of value


def _python(source: _Source, key: str, value: Any) -> Path | None:
    """A path, or a bare command name that PATH leads to.  An empty text is how editors say "not set"."""
    text = _typed(source, key, value, str, "a path as text")
    if not text.strip():
        return None
    if os.sep not in text and not (source.base / text).exists() and (found := shutil.which(text)):
        return Path(found)
    return _absolute(source.base, text)


def _sandbox(source: _Source, key: str, value: Any) -> str:
    choice = _one_of(source, key, value, SANDBOXES)
    if choice == "off" and source.of_workspace:
        problem = (
            "a project cannot switch off what protects its user from it; "
            "pass --sandbox off, or set it in the editor's own settings"
        )
        raise source.error(key, problem)
    return choice


def _folders(source: _Source, key: str, value: Any) -> tuple[Path, ...]:
    return tuple(_absolute(source.base, text) for text in _texts(source, key, value))


def _texts(source: _Source, key: str, value: Any) -> tuple[str, ...]:
    items = _typed(source, key, value, (list, tuple), "a list of texts")
    return tuple(_typed(source, key, item, str, "a list of texts") for item in items)


def _boolean(source: _Source, key: str, value: Any) -> bool:
    return cast(bool, _typed(source, key, value, bool, "true or false"))


def _severity(source: _Source, key: str, value: Any) -> Severity:
    return Severity(_one_of(source, key, value, tuple(level.value for level in Severity)))


def _severities(source: _Source, key: str, value: Any) -> Mapping[str, Severity | None]:
    table = _typed(source, key, value, Mapping, "a table of rule names")
    levels = (*(level.value for level in Severity), "off")
    chosen = {rule: _one_of(source, f"{key}.{rule}", level, levels) for rule, level in table.items()}
    return {rule: None if level == "off" else Severity(level) for rule, level in chosen.items()}


_LIMITS = {"wall-seconds": float, "cpu-seconds": int, "memory-bytes": int, "output-bytes": int}


def _limits(source: _Source, key: str, value: Any) -> Limits:
    table = _typed(source, key, value, Mapping, "a table")
    given: dict[str, Any] = {}
    for name, amount in table.items():
        if name not in _LIMITS:
            raise source.error(f"{key}.{name}", f"unknown limit; there are {', '.join(_LIMITS)}")
        number = _typed(source, f"{key}.{name}", amount, (int, float), "a number above 0")
        if isinstance(number, bool) or not number > 0 or number == float("inf"):
            raise source.error(f"{key}.{name}", "must be a number above 0")
        given[name.replace("-", "_")] = _LIMITS[name](number)
    return Limits(**given)


def _scenarios(source: _Source, key: str, value: Any) -> tuple[ConfiguredScenario, ...]:
    tables = _typed(source, key, value, (list, tuple), "tables: write [[tool.ckpt-lsp.scenario]]")
    return tuple(_scenario(source, f"{key}[{number}]", table) for number, table in enumerate(tables, 1))


def _scenario(source: _Source, key: str, value: Any) -> ConfiguredScenario:
    table = _typed(source, key, value, Mapping, "a table: write [[tool.ckpt-lsp.scenario]]")
    if "script" not in table:
        raise source.error(f"{key}.script", "is missing; name the Python file that this scenario starts")
    given: dict[str, Any] = {}
    for name, part in table.items():
        read = _SCENARIO.get(name)
        if read is None:
            raise source.error(f"{key}.{name}", f"unknown; a scenario has {', '.join(_SCENARIO)}")
        given[name] = read(source, f"{key}.{name}", part)
    return ConfiguredScenario(**given)


def _path(source: _Source, key: str, value: Any) -> Path:
    text = _typed(source, key, value, str, "a path as text")
    if not text.strip() or "\0" in text:
        raise source.error(key, f"must be a path as text, not {value!r}")
    return _absolute(source.base, text)


def _script(source: _Source, key: str, value: Any) -> Path:
    path = _path(source, key, value)
    if not path.is_file():
        raise source.error(key, f"no file {path}; correct the path, or remove the scenario")
    return path


def _folder(source: _Source, key: str, value: Any) -> Path:
    path = _path(source, key, value)
    if not path.is_dir():
        raise source.error(key, f"no folder {path}; correct the path, or remove the scenario")
    return path


def _arguments(source: _Source, key: str, value: Any) -> tuple[str, ...]:
    """A list, or one text as in a shell."""
    if not isinstance(value, str):
        return _texts(source, key, value)
    try:
        return tuple(shlex.split(value))
    except ValueError as error:
        raise source.error(key, f"{str(error).lower()} in {value!r}; close it, or give a list of texts") from None


def _environment(source: _Source, key: str, value: Any) -> Mapping[str, str]:
    table = _typed(source, key, value, Mapping, "a table of texts")
    for name, text in table.items():
        if not name or "=" in name or "\0" in f"{name}{text}":
            raise source.error(f"{key}.{name}", "is no environment variable")
        _typed(source, f"{key}.{name}", text, str, "a text")
    return dict(table)


_SCENARIO: Mapping[str, Callable[[_Source, str, Any], Any]] = {
    "script": _script,
    "argv": _arguments,
    "cwd": _folder,
    "checkpoint": _path,
    "env": _environment,
}


def _one_of(source: _Source, key: str, value: Any, choices: tuple[str, ...]) -> str:
    if value in choices:
        return cast(str, value)
    raise source.error(key, f"{value!r} is none of {', '.join(choices)}")


def _typed(source: _Source, key: str, value: Any, kind: Any, wanted: str) -> Any:
    if isinstance(value, kind):
        return value
    raise source.error(key, f"must be {wanted}, not {value!r}")


def _absolute(base: Path, text: str) -> Path:
    """Symbolic links stay: the `python` of a virtual environment is one."""
    return Path(os.path.abspath(base / Path(text).expanduser()))  # noqa: PTH100


_KEYS: Mapping[str, Callable[[_Source, str, Any], Any]] = {
    "python": _python,
    "sandbox": _sandbox,
    "checkpoint-roots": _folders,
    "trusted": _boolean,
    "severity": _severities,
    "fail-on": _severity,
    "limits": _limits,
    "exclude": _texts,
    "scenario": _scenarios,
}

_NOT_FOR_THE_WORKSPACE = frozenset({"trusted"})
