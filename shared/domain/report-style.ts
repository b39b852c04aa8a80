/** The report's style sheet: for a screen in light and dark, and for paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b2430; --soft: #566273; --line: #d8dee6; --fill: #f5f7fa; --page: #fff; --link: #0b5cad;
  --good: #14713d; --warn: #955800; --bad: #b3261e; --bar: #3b78b8; --code: #8f1d5c; --codefill: #fbe4f0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --soft: #a3afbf; --line: #353f4c; --fill: #1e2630; --page: #141a21; --link: #7db8f2;
  --good: #5fcf90; --warn: #eab15c; --bad: #ff8f85; --bar: #6aa5e0; --code: #ffa9d4; --codefill: #46213a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere; }
main { max-width: 1000px; margin: 0 auto; padding: 36px 32px 48px; }
h1 { font-size: 27px; line-height: 1.25; margin: 4px 0 6px; letter-spacing: -.01em; }
h2 { font-size: 18px; margin: 40px 0 12px; padding-bottom: 6px; border-bottom: 1px solid var(--line); break-after: avoid; }
h3 { font-size: 15px; margin: 0; }
p { margin: 0 0 10px; }
a { color: var(--link); }
ul { margin: 4px 0 0; padding-left: 20px; }
.product, .note, .soft { color: var(--soft); }
.product { font-size: 13px; margin: 0; }
.note { font-size: 13px; margin-top: 8px; }
.outcome { margin: 20px 0 0; padding: 14px 18px; background: var(--fill); border-left: 5px solid var(--tone); border-radius: 0 6px 6px 0; break-inside: avoid; }
.outcome strong { display: block; font-size: 18px; line-height: 1.3; color: var(--tone); }
.good { --tone: var(--good); } .warn { --tone: var(--warn); } .bad { --tone: var(--bad); } .plain { --tone: var(--soft); }
.tag { display: inline-block; padding: 0 8px; border: 1px solid var(--tone); border-radius: 9px; color: var(--tone); font-size: 12px; line-height: 18px;
  font-weight: 600; white-space: nowrap; }
dl { display: grid; grid-template-columns: 180px minmax(0, 1fr); margin: 0; }
dt, dd { margin: 0; padding: 6px 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); padding-right: 16px; }
.answers dt { font-weight: 600; color: var(--ink); }
.answers dt, .answers dd { padding: 10px 0; }
dd > p:last-child { margin-bottom: 0; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; border-bottom: 2px solid var(--line); padding: 4px 14px 6px 0; vertical-align: bottom; white-space: nowrap; }
td { border-bottom: 1px solid var(--line); padding: 6px 14px 6px 0; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
tr { break-inside: avoid; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.word { white-space: nowrap; }
.most { width: 61%; } .half { width: 52%; } .third { width: 30%; }
.whole { break-inside: avoid; }
code, pre, .name, .hash { font-family: ui-monospace, "Cascadia Mono", Consolas, "Liberation Mono", Menlo, monospace; font-size: .9em; }
.foreign { white-space: pre-wrap; }
pre { margin: 8px 0 12px; padding: 12px 14px; background: var(--fill); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; break-inside: avoid; }
b.code { font: 600 11px/1.4 ui-monospace, Consolas, "Liberation Mono", monospace; color: var(--code); background: var(--codefill); border-radius: 3px;
  padding: 0 3px; margin: 0 1px; white-space: nowrap; unicode-bidi: isolate; }
svg.lanes { display: block; width: 100%; height: auto; margin: 4px 0 14px; font-size: 14px; }
svg.lanes text { fill: var(--ink); } svg.lanes .took { text-anchor: end; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg.lanes .axis { fill: var(--soft); font-size: 12px; } svg.lanes .end { text-anchor: end; }
svg.lanes line { stroke: var(--line); } svg.lanes rect, svg.lanes circle { fill: var(--bar); }
td .hash { font-size: 12px; }
details { margin: 8px 0; } summary { cursor: pointer; font-size: 14px; color: var(--link); }
pre.transcript { max-height: 420px; overflow: auto; break-inside: auto; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px 6px; margin: 14px 0; break-inside: avoid; }
.card header { display: flex; gap: 10px; align-items: baseline; justify-content: space-between; margin-bottom: 6px; }
.card dl { font-size: 14px; }
.card dt, .card dd { padding: 4px 0; }
.card dl > :nth-last-child(-n+2) { border-bottom: 0; }
footer { margin-top: 44px; padding-top: 12px; border-top: 1px solid var(--line); font-size: 13px; color: var(--soft); }
@media (max-width: 640px) { main { padding: 20px 16px; } dl { display: block; } dt { border: 0; padding-bottom: 0; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --fill: #f3f3f3; --page: #fff; --link: #000; --good: #0b5a2e; --warn: #7a4700;
    --bad: #9b1a13; --bar: #555; --code: #7a1750; --codefill: #f6e3ee; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } a { text-decoration: none; }
  .outcome, .card, pre, svg.lanes, b.code { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
@page { margin: 16mm 15mm; }
`;

/** SHA-256 of `STYLE` in base64, by which the report's policy admits this style sheet and no other (CSP Level 3, hash-source). */
export const STYLE_SHA256 = 'lrBOMuq4P7Pzth8eNWAdG6if5+WihH3np0KDjaXVSKk=';
