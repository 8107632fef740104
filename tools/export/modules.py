"""Puts StableHLO modules, each with a function @main, into one."""
import re

# A quoted symbol or text, a symbol, or what may be an alias of an attribute.
_TOKEN = re.compile(r'@?"(?:[^"\\]|\\.)*"|@[\w$.-]+|#[A-Za-z_][\w$.]*')
_ALIAS = re.compile(r"^(#[\w$.]+) =", re.M)


def _rename(text, entry):
    """The text with its symbols and aliases under the name of its entry."""
    aliases = set(_ALIAS.findall(text))

    def replace(match):
        token = match.group()
        if token == "@main":
            return f"@{entry}"
        if token.startswith('@"'):
            return f'@"{entry}__{token[2:]}'
        if token.startswith("@"):
            return f"@{entry}__{token[1:]}"
        return f"#{entry}_{token[1:]}" if token in aliases else token

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
