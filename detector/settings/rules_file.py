"""Reading `config/rules.yaml`: what can never fire, fit or be told must not look like something that does."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from detector.domain.errors import ConfigError
from detector.domain.identity import TypeClass
from detector.reference.watch_entry import words
from detector.rules import RULES, WITHOUT_LISTINGS
from detector.rules.settings import Adjustment, RouteSettings, RuleSettings, RulesFile
from detector.settings.typed import structured, suggestion
from detector.settings.yaml_tree import Path, YamlTree

CONDITIONS = ("rule", "list", "type_class")
THRESHOLDS = ("under_s",)

Entry = Adjustment | RouteSettings


def rules_of(tree: YamlTree, endpoints: Collection[str]) -> RulesFile:
    """The rules as the file has them; `endpoints`: names that routes may lead to.

    Raises ConfigError `file:line: ...` for the first mistake. Names of lists are left to `refuse_unknown_lists`.
    """
    rules = structured(tree, RulesFile)
    for path, entry in _entries(rules):
        for key in CONDITIONS:
            if getattr(entry, key) == ():
                raise ConfigError(f"{tree.where((*path, key))}: `{key}` names nothing; leave it out where any will do")
        _refuse_unknown(tree, (*path, "rule"), words(entry.rule), "rule", RULES)
        _refuse_unknown(tree, (*path, "type_class"), words(entry.type_class), "type class", list(TypeClass))
        if isinstance(entry, Adjustment):
            _refuse_idle(tree, path, entry)
        else:
            _refuse_unknown(tree, (*path, "to"), words(entry.to), "endpoint", endpoints)
            if not words(entry.to):
                raise ConfigError(f"{tree.where((*path, 'to'))}: `to` names no endpoint")
        _refuse_never(tree, path, entry, rules)
    return rules


def refuse_unknown_lists(tree: YamlTree, rules: RulesFile, lists: Collection[str]) -> None:
    """Raises ConfigError for a list that no watch list in use has; `lists`: the names of those."""
    for path, entry in _entries(rules):
        _refuse_unknown(tree, (*path, "list"), words(entry.list), "list", lists)


def _entries(rules: RulesFile) -> Iterator[tuple[Path, Entry]]:
    for i, adjustment in enumerate(rules.adjust):
        yield ("adjust", i), adjustment
    for i, route in enumerate(rules.routes):
        yield ("routes", i), route


def _refuse_unknown(tree: YamlTree, path: Path, names: tuple[str, ...], what: str, known: Collection[str]) -> None:
    for i, name in enumerate(names):
        if name not in known:
            hint = suggestion(name, [str(one) for one in known]) if known else "; there is none"
            raise ConfigError(f"{tree.where((*path, i))}: unknown {what} `{name}`{hint}")


def _refuse_idle(tree: YamlTree, path: Path, entry: Adjustment) -> None:
    """What changes nothing, or a threshold that a rule does not have."""
    if entry.severity is None and entry.under_s is None:
        raise ConfigError(f"{tree.where(path)}: changes nothing; give `severity` or {_quoted(THRESHOLDS)}")
    for threshold in THRESHOLDS:
        if getattr(entry, threshold) is None:
            continue
        having = [rule for rule in RULES if threshold in _kind(rule).__struct_fields__]
        without = [rule for rule in words(entry.rule) or RULES if rule not in having]
        if without:
            said = f"{_quoted(without)} has no `{threshold}`" if entry.rule else f"`{threshold}` needs a `rule`"
            raise ConfigError(f"{tree.where((*path, threshold))}: {said}; it belongs to {_quoted(having)} alone")


def _refuse_never(tree: YamlTree, path: Path, entry: Entry, rules: RulesFile) -> None:
    """Conditions that hold for no finding: of rules that are switched off, or a list where none counts."""
    named = words(entry.rule) or tuple(RULES)
    on = [rule for rule in named if rules.of(rule).enabled]
    if not on:
        said = f"{_quoted(named)} is switched off" if entry.rule else "every rule is switched off"
        raise ConfigError(f"{tree.where((*path, 'rule'))}: can never hold: {said}")
    if entry.list is not None and WITHOUT_LISTINGS.issuperset(on):
        raise ConfigError(f"{tree.where((*path, 'list'))}: can never hold: {_quoted(on)} looks at no list")


def _kind(rule: str) -> type[RuleSettings]:
    return type(RulesFile().of(rule))


def _quoted(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
