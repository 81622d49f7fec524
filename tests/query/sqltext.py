"""Statements laid out for reviewers: one clause a line, subqueries indented."""

import re

_BREAK = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\(select |[()]"
    r"| (?:from|where|order by|union all|left join|cross join) "
)


def laid_out(sql):
    """The statement with a line per clause; nothing but white space differs.

    >>> print(laid_out("select (select 1 from b) from a"))
    select
      (select 1
      from b)
    from a
    """
    out, depths, end = [], [], 0
    for match in _BREAK.finditer(sql):
        out.append(sql[end : match.start()])
        end = match.end()
        text = match.group(0)
        if text[0] in "'\"":
            out.append(text)
        elif text == "(select ":
            depths.append(True)
            out[-1] = out[-1].rstrip(" ")
            out.append(f"\n{'  ' * sum(depths)}(select ")
        elif text == "(":
            depths.append(False)
            out.append(text)
        elif text == ")":
            depths.pop()
            out.append(text)
        elif depths and not depths[-1]:  # inside a call: extract(year from x), agg(x order by y)
            out.append(text)
        else:
            out.append(f"\n{'  ' * sum(depths)}{text[1:]}")
    out.append(sql[end:])
    return "".join(out)


def told(plan):
    """A plan as text: the statement, then where its parameters come from."""
    lines = [laid_out(plan.sql), ""]
    for number, source in enumerate(plan.sources, 1):
        key = source.const if source.kind == "const" else source.key
        lines.append(f"-- {number}: {source.kind}" + ("" if key is None else f" {key!r}"))
    lines.append(f"-- columns: {', '.join(plan.columns)}")
    if plan.keys is not None:
        lines.append(f"-- keys: {', '.join('.'.join(path) for path in plan.keys)}")
    lines += [f"-- finish: {'.'.join(step.path)}" for step in plan.finish]
    return "\n".join(lines)
