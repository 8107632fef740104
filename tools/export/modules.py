"""Puts StableHLO modules, each with a function @main, into one."""
import re

_SYMBOL = r'@(?:"(?:[^"\\]|\\.)*"|[\w$.-]+)'
# A symbol, quoted text, or what may be an alias of an attribute.
_TOKEN = re.compile(_SYMBOL + r'|"(?:[^"\\]|\\.)*"|#[A-Za-z_][\w$.]*')
_ALIAS = re.compile(r"^(#[\w$.]+) =", re.M)
# Other symbols, such as targets of custom calls, are names of the outside.
_DEFINITION = re.compile(rf"^ *(?:func\.func|sdy\.mesh)(?: public| private| nested)? ({_SYMBOL})", re.M)


def _rename(text, entry):
    """The text with its symbols and aliases under the name of its entry."""
    own = set(_ALIAS.findall(text)) | set(_DEFINITION.findall(text))

    def replace(match):
        token = match.group()
        if token not in own:
            return token
        if token == "@main":
            return f"@{entry}"
        if token.startswith('@"'):
            return f'@"{entry}__{token[2:]}'
        return f"@{entry}__{token[1:]}" if token.startswith("@") else f"#{entry}_{token[1:]}"

    return _TOKEN.sub(replace, text)


def combine(modules):
    """One module of {entry: text}; @main of each becomes @entry."""
    aliases, bodies = [], []
    for entry, text in modules.items():
        lines = _rename(text, entry).splitlines()
        aliases += [line for line in lines if _ALIAS.match(line)]
        starts = [i for i, line in enumerate(lines) if re.match(r"^module\b.*\{$", line)]
        ends = [i for i, line in enumerate(lines) if re.match(r"^\}( loc\(.*\))?$", line)]
        if len(starts) != 1 or len(ends) != 1:
            raise ValueError(f"the text of '{entry}' is not one module")
        bodies += lines[starts[0] + 1:ends[0]]
    return "\n".join([*aliases, "module {", *bodies, "}", ""])
