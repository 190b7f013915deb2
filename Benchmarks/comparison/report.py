"""Results as Markdown tables, and where they are kept."""

import datetime
import json
import re

from contenders import OURS
from precisions import RIVALS, layers_error, remark
from presets import PRESETS
from rounds import LIBRARY, PATCH, row
from summary import ratio, slowest_of_fastest

MEGABYTE = 1e6
# The columns of times_cells.
TIMES_HEADER = ("minimum s", "median s", f"of {OURS}'s median", "rounds")


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
    sections = [title(results), engines_table(results), row_table(results), precisions_table(results),
                works_table(results), bars_table(results), facts(results)]
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
    rows = [["engine", *TIMES_HEADER, "peak MB", "private MB", "start s", "first patch s", "logits' error",
             "activations' error", "tokens' relative error"]]
    for name, engine in results["engines"].items():
        rows.append([
            name, *times_cells(results, name, PATCH),
            f"{engine['peak_bytes'] / MEGABYTE:.0f}", f"{engine['private_bytes'] / MEGABYTE:.0f}",
            short(engine["start"]["median"]), short(engine["first_patch"]["median"]),
            largest(engine, "logits"), largest(engine, "activations"), tokens_error(engine)])
    return "## One patch\n\n" + table(rows) + (
        "\n\nErrors are against the same graph in double precision: the largest differences; for tokens the relative "
        "norm, of the layer where it is largest. Peak memory includes mapped files, private memory does not; both are "
        "of a process that was asked for two patches in a row. The start ends when the model is loaded.")


def times_cells(results, name, work):
    times = results["times"][name][work]
    relation = ratio(times, results["times"][OURS][work])
    return [short(times["minimum"]), short(times["median"]), short(relation["value"]),
            f"{short(relation['lowest'])} to {short(relation['highest'])}"]


def row_table(results):
    """Some patches in a row of every engine, or a library of ours in every precision; empty where neither was run."""
    preset = PRESETS[results["model"]["preset"]]
    work = row(preset.row_count) if preset.row_count else LIBRARY
    names = [name for name, works in results["times"].items() if work in works]
    if not names:
        return ""
    title = (f"{preset.row_count} patches in a row" if preset.row_count
             else f"A library of {preset.tracks} tracks of {preset.patches_per_track} patches")
    rows = [["engine", *TIMES_HEADER, "slowest, of fastest"]]
    rows += [[name, *times_cells(results, name, work),
              short(slowest_of_fastest(results["times"][name][work])["value"])] for name in names]
    return f"## {title}\n\n" + table(rows)


def precisions_table(results):
    """One patch in our other precisions: how many times as long the others took."""
    rivals = [name for name in RIVALS if name in results["times"]]
    rows = [["maest's precision", *(f"{name}'s time, of it" for name in rivals), "tokens' relative error"]]
    for precision, found in results["precisions"].items():
        relations = [found["rivals"][name] for name in rivals]
        rows.append([
            precision,
            *(f"{short(each['value'])} ({short(each['lowest'])} to {short(each['highest'])})" for each in relations),
            tokens_error(results["engines"][found["engine"]])])
    parts = [table(rows)] if results["precisions"] else []
    parts += [text for text in [remark(results)] if text]
    return "\n\n".join(["## Precisions", *parts]) if parts else ""


def largest(engine, name):
    error = engine["errors"].get(name)
    return f"{error['largest']:.1e}" if error else ""


def tokens_error(engine):
    error = layers_error(engine)
    return "" if error is None else f"{error:.1e}"


def works_table(results):
    """Everything else that was timed; empty where there is nothing."""
    preset = PRESETS[results["model"]["preset"]]
    if not preset.is_whole:
        return ""
    rows = [["engine", "work", "minimum s", "median s", "of its one patch"]]
    for name, works in results["times"].items():
        for work, times in works.items():
            if work != PATCH:
                relation = ratio(times, works[PATCH])["value"]
                rows.append([name, work, short(times["minimum"]), short(times["median"]), short(relation)])
    return "## Other work\n\n" + table(rows)


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
