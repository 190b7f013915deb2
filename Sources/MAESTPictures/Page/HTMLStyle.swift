/// The style sheet of pages and of the pictures in them.
enum HTMLStyle {
  static let sheet = """
    :root {
      color-scheme: light dark;
      --text: #1f2328; --quiet: #57606a; --paper: #ffffff; --panel: #f6f8fa; --line: #d8dee4;
      --frame: #7d8590; --rule: #e1e5ea; --track: #edf0f3; --link: #0958b3;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --text: #e6e9ed; --quiet: #a5adb6; --paper: #15181c; --panel: #1d2126; --line: #363c44;
        --frame: #7a828c; --rule: #2b3138; --track: #262b31; --link: #79b4ff;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; max-width: 66rem; padding: 2rem 1.25rem 3rem; background: var(--paper); color: var(--text);
      font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
    }
    h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 0 0 .75rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
    p { max-width: 46rem; margin: .5rem 0 1rem; overflow-wrap: anywhere; }
    a { color: var(--link); }
    .subtitle { color: var(--quiet); margin-top: 0; }
    .facts {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); gap: .75rem 1.5rem;
      margin: 1.25rem 0; padding: 1rem 1.25rem; background: var(--panel); border-radius: .5rem;
    }
    .facts dt { color: var(--quiet); font-size: .8125rem; }
    .facts dd { margin: 0; overflow-wrap: anywhere; }
    nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 1rem 0; list-style: none; }
    section { margin: 2rem 0 0; }
    figure { margin: 1rem 0 2rem; }
    figcaption { color: var(--quiet); font-size: .9375rem; max-width: 46rem; margin: .25rem 0 0 .875rem; }
    .wide { overflow-x: auto; }
    .picture { display: block; width: 100%; height: auto; min-width: 40rem; }
    table { border-collapse: collapse; font-size: .9375rem; margin: .5rem 0 1.5rem; }
    caption { text-align: left; color: var(--quiet); padding-bottom: .5rem; }
    th, td { text-align: left; padding: .35rem 1.25rem .35rem 0; border-bottom: 1px solid var(--line); }
    td { vertical-align: top; overflow-wrap: anywhere; }
    th { font-weight: 600; white-space: nowrap; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    pre {
      overflow-x: auto; padding: .875rem 1rem; background: var(--panel); border-radius: .5rem;
      font: .875rem/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace;
    }
    footer { color: var(--quiet); font-size: .875rem; margin-top: 3rem; overflow-wrap: anywhere; }
    .fill-ink-text { fill: var(--text); } .stroke-ink-text { stroke: var(--text); }
    .fill-ink-quiet { fill: var(--quiet); } .stroke-ink-quiet { stroke: var(--quiet); }
    .fill-ink-frame { fill: var(--frame); } .stroke-ink-frame { stroke: var(--frame); }
    .fill-ink-rule { fill: var(--rule); } .stroke-ink-rule { stroke: var(--rule); }
    .fill-ink-track { fill: var(--track); } .stroke-ink-track { stroke: var(--track); }
    .fill-ink-paper { fill: var(--paper); } .stroke-ink-paper { stroke: var(--paper); }
    @media print {
      :root {
        --text: #000000; --quiet: #444444; --paper: #ffffff; --panel: #ffffff; --line: #cccccc;
        --frame: #777777; --rule: #dddddd; --track: #eeeeee; --link: #000000;
      }
      body { max-width: none; padding: 0; font-size: 10.5pt; }
      nav { display: none; }
      .picture { min-width: 0; }
      .wide { overflow: visible; }
      figure, tr, .facts { break-inside: avoid; }
      h2 { break-after: avoid; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
}
