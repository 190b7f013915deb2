"""Results as Markdown tables, and where they are kept."""

import datetime
import json
import re

from contenders import OURS
from precisions import RIVALS, layers_error, remark
from rounds import PATCH
from summary import ratio

MEGABYTE = 1e6


def save(results, folder):
    """Prints the report, and writes it and all numbers to `<date>-<cpu>.md` and `.json`."""
    results = {"date": datetime.date.today().isoformat(), **results}
    text = markdown(results)
    print(text)
    path = free_path(folder, f"{results['date']}-{slug(results['machine']['cpu'])}")
    folder.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    print(f"{path.with_suffix('.md')} and .json are written")


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"\([a-z]+\)", "", name.lower())).strip("-") or "unknown"


def free_path(folder, name):
    """The path of a name that no earlier run has: NAME.md, NAME-2.md ..."""
    path, number = folder / f"{name}.md", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.md"
    return path


def markdown(results):
    sections = [title(results), engines_table(results), precisions_table(results), works_table(results),
                bars_table(results), facts(results)]
    return "\n\n".join(section for section in sections if section) + "\n"


def title(results):
    settings, model = results["settings"], results["model"]
    shape = model["shape"]
    warning = "\n\nA quick run: not to be quoted." if settings["quick"] else ""
    return (f"# {model['preset']} on {results['machine']['cpu']}, {results['date']}\n\n"
            f"Seeded random weights: {shape['tokens']} tokens of width {shape['width']}, {shape['blocks']} blocks. "
            f"{settings['threads']} threads, {settings['rounds']} rounds, each of which ran everything once."
            + warning)


def engines_table(results):
    """One patch, logits: each engine against ours."""
    rows = [["engine", "minimum s", "median s", "of maest's median", "rounds", "peak MB", "private MB", "start s",
             "first patch s", "logits' error", "activations' error"]]
    mine = results["times"][OURS][PATCH]
    for name, engine in results["engines"].items():
        times = results["times"][name][PATCH]
        relation = ratio(times, mine)
        rows.append([
            name, short(times["minimum"]), short(times["median"]), short(relation["value"]),
            f"{short(relation['lowest'])} to {short(relation['highest'])}",
            f"{engine['peak_bytes'] / MEGABYTE:.0f}", f"{engine['private_bytes'] / MEGABYTE:.0f}",
            short(engine["start"]["median"]), short(engine["first_patch"]["median"]),
            largest(engine, "logits"), largest(engine, "activations")])
    return "## One patch\n\n" + table(rows) + (
        "\n\nErrors are the largest differences from the same graph in double precision. Peak memory includes mapped "
        "files, private memory does not; both are of a process that was asked for two patches in a row. The "
        "start ends when the model is loaded.")


def precisions_table(results):
    """One patch in bfloat16 on tiles: how many times as long the others took."""
    rivals = [name for name in RIVALS if name in results["times"]]
    rows = [["maest's precision", *(f"{name}'s time, of it" for name in rivals), "layers' relative error"]]
    for precision, found in results["precisions"].items():
        relations = [found["rivals"][name] for name in rivals]
        error = layers_error(results["engines"][found["engine"]])
        rows.append([
            precision,
            *(f"{short(each['value'])} ({short(each['lowest'])} to {short(each['highest'])})" for each in relations),
            "" if error is None else f"{error:.1e}"])
    parts = [table(rows)] if results["precisions"] else []
    parts += [text for text in [remark(results)] if text]
    return "\n\n".join(["## Precisions", *parts]) if parts else ""


def largest(engine, name):
    error = engine["errors"].get(name)
    return f"{error['largest']:.1e}" if error else ""


def works_table(results):
    """Everything else that was timed."""
    rows = [["engine", "work", "minimum s", "median s", "of its one patch"]]
    for name, works in results["times"].items():
        for work, times in works.items():
            if work != PATCH:
                relation = ratio(times, works[PATCH])["value"]
                rows.append([name, work, short(times["minimum"]), short(times["median"]), short(relation)])
    return "## Other work\n\n" + table(rows) + (
        f"\n\nTokens of maest's layers: relative norm of the error up to {layers_error(results['engines'][OURS]):.1e}.")


def bars_table(results):
    rows = [["", "measured", "rounds", "bar", "aim", ""]]
    for bar in results["bars"]:
        sign, measured = ("at least" if bar["at_least"] else "at most"), bar["measured"]
        verdict = {None: "not judged", True: "met", False: "not met"}[bar["meets_bar"]]
        if not measured:
            verdict = "not measured here"
        if bar["meets_aim"]:
            verdict = "met, the aim too"
        rows.append([
            bar_name(bar), number(measured["value"], bar["unit"]) if measured else "",
            f"{short(measured['lowest'])} to {short(measured['highest'])}" if measured else "",
            f"{sign} {number(bar['bar'], bar['unit'])}", number(bar["aim"], bar["unit"]), verdict])
    return "## Bars\n\n" + table(rows)


def bar_name(bar):
    peer = bar["measured"] and bar["measured"].get("peer")
    return f"{bar['name']} ({peer})" if peer else bar["name"]


def short(value):
    """Three significant digits."""
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def number(value, unit):
    return f"{short(value)} {unit}".strip()


def facts(results):
    machine = results["machine"]
    lines = [
        f"- {machine['cpu']} ({machine['cpu_model']}), {machine['cores']} cores, "
        f"{machine['memory_bytes'] / 2**30:.0f} GiB; {' '.join(machine['flags'])}",
        f"- {machine['system']}; {machine['swift']}; commit {machine['commit']}",
    ]
    lines += [f"- {name}={value}" for name, value in machine["environment"].items()]
    for name, engine in results["engines"].items():
        lines.append(f"- {name}: " + ", ".join(f"{fact} {value}" for fact, value in engine["facts"].items()))
    return "## Machine\n\n" + "\n".join(lines)


def table(rows):
    header, *others = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *others])
