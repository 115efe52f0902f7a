/**
 * The page's one style sheet. Text has a contrast of 4.5 at least in both schemes, bars one of 3; no meaning
 * rests on a colour alone.
 */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --ink: #1b2330; --soft: #535d6c; --line: #d8dce3; --wash: #f4f5f8;
  --good: #17703f; --good-wash: #e5f4ea; --bad: #b4232c; --bad-wash: #fdecec; --link: #1d5fa8;
  --answered: #3f7fbf; --refused: #96690a; --failed: #a0522d; --lost: #cf2734; --truncated: #c2570c; --hung: #7a45c4; --left: #6d7685;
  --stripe: rgb(255 255 255 / .55); --wire: #9aa3b1; --grid: #e8ebf0; --closing: #fdf8ea; --gone: #eef0f3;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #161b22; --ink: #e6eaf0; --soft: #a3adbb; --line: #303844; --wash: #1d232c;
    --good: #62c98a; --good-wash: #12301f; --bad: #ff8b8b; --bad-wash: #3a1a1d; --link: #7fb7f2;
    --answered: #4f93d6; --refused: #d9a93a; --failed: #d98b5f; --lost: #ff6b74; --truncated: #ff9a55; --hung: #b48cf5; --left: #929dad;
    --stripe: rgb(13 17 23 / .6); --wire: #5d6878; --grid: #232a34; --closing: #28251a; --gone: #0f1318;
  }
}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word }
main, body > header, body > footer { max-width: 1120px; margin: 0 auto; padding: 0 16px }
h1, h2, h3, p, ul, dl, dd, figure, table { margin: 0; padding: 0 }
h1 { font-size: clamp(1.45rem, 1.1rem + 1.6vw, 2.1rem); line-height: 1.25; letter-spacing: -.01em; text-wrap: balance }
h2 { font-size: 1.15rem; margin: 40px 0 12px }
h3 { font-size: 1.08rem; line-height: 1.35 }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: 1px }
a:hover { text-decoration-thickness: 2px }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px }
code, pre, .mono { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }

body > header { padding-top: 32px }
.about { color: var(--soft); font-size: .88rem; display: flex; flex-wrap: wrap; gap: 2px 20px; margin-bottom: 20px }
.about div { display: flex; gap: 6px; min-width: 0 }
.about dt { flex: none }
.about dd { color: var(--ink) }
.about dd, .hero, .card, .scorecard th, .scorecard td.words { overflow-wrap: anywhere; min-width: 0 }
.scorecard thead th { overflow-wrap: normal }
.scorecard tbody th { min-width: 200px }
.hero { border-radius: 12px; padding: 22px 24px; display: grid; grid-template-columns: auto 1fr; gap: 4px 18px; align-items: center; border: 1px solid; border-left-width: 6px }
.hero.passed { background: var(--good-wash); border-color: var(--good) }
.hero.failed { background: var(--bad-wash); border-color: var(--bad) }
.hero-sign { width: 44px; height: 44px; border-radius: 50%; display: grid; place-items: center; font-size: 24px; font-weight: 700; color: var(--card) }
.passed .hero-sign { background: var(--good) }
.failed .hero-sign { background: var(--bad) }
.hero.skipped { background: var(--card); border-color: var(--soft) }
.skipped .hero-sign { background: var(--soft) }
.hero ul { grid-column: 2; list-style: none; margin-top: 8px; display: grid; gap: 4px }
.hero li a { font-weight: 600; color: inherit }

.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 24px; margin-bottom: 20px; scroll-margin-top: 16px }
.card.failed { border-left: 6px solid var(--bad); padding-left: 19px }
.card > header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 12px }
.question { color: var(--soft); margin-top: 2px }
.verdict { font-size: .8rem; font-weight: 600; white-space: nowrap }
.verdict-passed { color: var(--good) }
.verdict-failed { color: var(--bad) }
.verdict-skipped { color: var(--soft) }
.reasons { margin-top: 12px; padding-left: 1.2em; display: grid; gap: 2px }
.card.failed .reasons { font-weight: 600 }
.card.failed .reasons ::marker { color: var(--bad) }
.card.skipped .reasons { list-style: none; padding: 0 }
.advice { margin-top: 10px; max-width: 75ch }

table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th { text-align: left }
.scorecard { width: 100%; background: var(--card); border: 1px solid var(--line); border-radius: 12px; border-spacing: 0; border-collapse: separate; font-size: .92rem }
.scorecard thead th { font-size: .8rem; font-weight: 500; color: var(--soft); vertical-align: bottom; line-height: 1.25 }
.scorecard th, .scorecard td { padding: 9px 10px; border-bottom: 1px solid var(--line) }
.scorecard tr > :first-child { padding-left: 20px }
.scorecard tr > :last-child { padding-right: 20px }
.scorecard td, .scorecard thead th:not(:first-child) { text-align: right; white-space: nowrap }
.scorecard thead th:not(:first-child) { white-space: normal }
.scorecard tbody th { font-weight: 500 }
.scorecard tbody th .verdict { display: inline-block }
.scorecard tbody:last-child tr:last-child > *, .scorecard tfoot > tr > * { border-bottom: 0 }
.scorecard tfoot th, .scorecard tfoot td { background: var(--wash); font-weight: 600 }
.scorecard tfoot tr > :first-child { border-bottom-left-radius: 11px }
.scorecard tfoot tr > :last-child { border-bottom-right-radius: 11px }
.scorecard td.words { text-align: left; white-space: normal; color: var(--soft) }
.bad { color: var(--bad); font-weight: 700 }
.flag { font-size: .8em; margin-right: 4px }
.scorecard td.nothing { color: var(--soft); font-weight: 400 }
.meanings { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 4px 28px; margin-top: 14px; font-size: .85rem; color: var(--soft) }
.meanings div { display: flex; gap: 8px }
.meanings dt { flex: none; width: 106px; color: var(--ink); font-weight: 500; white-space: nowrap }
.sample { vertical-align: -2px; overflow: visible }

figure { margin-top: 18px }
.losses { display: flex; flex-wrap: wrap; gap: 4px 22px; font-size: .92rem; margin-bottom: 14px }
.loss { display: flex; gap: 8px }
.loss .sample { flex: none; margin-top: 5px }
.picture { margin-top: 10px }
.picture svg { display: block; width: 100%; overflow: visible }
.picture text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 5px; stroke-linejoin: round }
.picture .axis text { fill: var(--soft); font-size: 11px; stroke: none }
.picture svg.wide { display: none }
.definitions { position: absolute; width: 0; height: 0 }
figcaption { font-size: .85rem; color: var(--soft); margin-top: 8px }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-bottom: 4px; color: var(--ink) }

.edge { fill: none; stroke: var(--wire); stroke-width: 1 }
.closing { fill: var(--closing) } .gone { fill: var(--gone) }
.grid { stroke: var(--grid) }
.wire { stroke: var(--wire); stroke-width: 1; fill: none }
.wire-wide { fill: var(--wire); fill-opacity: .14 }
.wire-reset { stroke: var(--soft); stroke-width: 1.5; fill: none }
.mark { stroke: var(--ink); stroke-width: 1.5 }
.mark-listener-closed { stroke-dasharray: 5 3 } .mark-last-byte { stroke-dasharray: 2 3 } .mark-exit { stroke-width: 3 }
.break { fill: var(--card); fill-opacity: .82 } .break-pattern { fill: url(#p-break) } .break-line { stroke: var(--line); stroke-width: 1.5 }
.stripe { stroke: var(--stripe); stroke-width: 2; fill: none }
.fill-failed { fill: var(--failed) } .fill-lost { fill: var(--lost) } .fill-truncated { fill: var(--truncated) } .fill-hung { fill: var(--hung) }
.bar-answered { fill: var(--answered) }
.bar-refused { fill: var(--card); stroke: var(--refused); stroke-width: 1.5 }
.bar-left { fill: var(--card); stroke: var(--left); stroke-width: 1 }
.bar-failed { fill: url(#p-failed) } .bar-lost { fill: url(#p-lost) } .bar-truncated { fill: url(#p-truncated) } .bar-hung { fill: url(#p-hung) }
.sign { stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; fill: none }
.sign-lost { stroke: var(--lost); stroke-width: 2.5 } .sign-truncated { stroke: var(--truncated) }
.sign-hung { stroke: var(--hung); fill: var(--hung); stroke-width: 1 } .sign-failed { stroke: var(--failed); fill: var(--failed); stroke-width: 1 }
.sign-refused { stroke: var(--refused); fill: var(--card); stroke-width: 1.5 } .sign-left { stroke: var(--left); fill: var(--card); stroke-width: 1.5 }

details { margin-top: 10px; font-size: .88rem }
summary { cursor: pointer; color: var(--soft); padding: 4px 0; width: fit-content }
details table { margin: 8px 0 16px; width: 100% }
details caption { text-align: left; color: var(--soft); padding-bottom: 4px }
details th, details td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top }
details th { font-weight: 500; color: var(--soft) }
.number { white-space: nowrap }
pre { margin: 6px 0 0; padding: 10px 12px; background: var(--wash); border-radius: 8px; white-space: pre-wrap }
body > footer { color: var(--soft); font-size: .85rem; padding-bottom: 48px; padding-top: 12px }

@media (min-width: 760px) {
  .picture svg.wide { display: block }
  .picture svg.narrow { display: none }
}
@media (max-width: 859px) {
  .scorecard, .scorecard tbody, .scorecard tfoot { display: block }
  .scorecard thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
  .scorecard tr { display: flex; flex-wrap: wrap; gap: 0 16px; padding: 12px 16px; border-bottom: 1px solid var(--line) }
  .scorecard tfoot tr { background: var(--wash); border: 0; border-radius: 0 0 11px 11px }
  .scorecard tr > th, .scorecard tr > td, .scorecard tr > :first-child, .scorecard tr > :last-child { padding: 0; border: 0; text-align: left; background: none }
  .scorecard tr > th { flex: 1 0 100%; margin-bottom: 2px }
  .scorecard td[data-column]::before { content: attr(data-column) ' '; font-weight: 400; color: var(--soft) }
  .scorecard td.words { flex: 1 0 100% }
  .scorecard td.empty { display: none }
}
@media (max-width: 559px) {
  body > header { padding-top: 20px }
  .hero { padding: 16px; grid-template-columns: 1fr }
  .hero-sign { width: 34px; height: 34px; font-size: 18px }
  .hero ul { grid-column: 1 }
  .card { padding: 16px }
  .card.failed { padding-left: 11px }
}
@media print {
  body { background: none; font-size: 11pt }
  main, body > header, body > footer { max-width: none; padding-left: 0; padding-right: 0 }
  .card, .scorecard tr, .hero, figure { break-inside: avoid }
  .hero, .picture, .sample, .hero-sign, .scorecard { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  h2, .card > header { break-after: avoid }
  a { color: inherit; text-decoration: none }
  details:not([open]) { display: none }
}
`
