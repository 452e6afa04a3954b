/**
 * The report as one page that needs nothing else: no request leaves it, and nothing that comes from the cluster is markup.
 */
import { createHash } from 'node:crypto';
import { totalOf } from './outcomes.ts';
import { script, style } from './page-assets.ts';
import { toPlain } from './plain-text.ts';
import type { AuditReport } from './report.ts';

/** Only this very script and this very style run: not even markup that somehow got in could bring its own. */
const policy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function toHtml(report: AuditReport): string {
  const { cluster, at, scope, totals } = report;
  const total = totalOf(totals);
  const title = escapeText(toPlain(`Encryption audit of ${cluster.context}`));
  const operator = {
    installed: 'operator installed',
    notInstalled: 'operator not installed',
    unknown: 'operator unknown',
  };
  const where = [cluster.context, cluster.server, `${at.slice(0, 16).replace('T', ' ')} UTC`, operator[scope.operator]];
  const files = scope.files.length > 0 ? [`with ${scope.files.join(', ')} applied`] : [];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main class="page">
<header class="top">
<div><h1>Encryption audit</h1><p>${escapeText(toPlain([...where, ...files].join(' · ')))}</p></div>
<button type="button" id="theme" class="quiet">Colours: auto</button>
</header>
<noscript><p>${total} config objects, ${totals.compliant ?? 0} of them compliant. The list needs JavaScript; nothing is fetched.</p></noscript>
<section class="card hero" aria-label="Summary">
<div class="hero-figure"><span id="figure"></span><span id="figure-text"></span></div>
<div id="bar"></div>
<div id="legend" role="group" aria-label="Show these outcomes only"></div>
<div id="warnings"></div>
<div id="remarks"></div>
</section>
<section class="card" id="map" aria-label="Map of namespaces; the table below has the same as text"></section>
<section class="card" aria-label="Findings">
<div class="tools">
<div id="tabs" role="tablist"></div>
<input id="filter" type="search" placeholder="Filter by name, key, reason…   /" aria-label="Filter" autocomplete="off" spellcheck="false">
</div>
<div class="content">
<div id="grid"></div>
<aside id="detail" aria-label="Details" aria-live="polite" hidden><button type="button" id="detail-close" class="quiet" aria-label="Close">✕</button><div id="detail-content"></div></aside>
</div>
</section>
<footer class="foot">
<span id="status" role="status"></span>
<span><kbd>/</kbd> filter · <kbd>↑</kbd> <kbd>↓</kbd> move · <kbd>Enter</kbd> open · <kbd>Esc</kbd> close · <kbd>1</kbd>–<kbd>5</kbd> tabs</span>
</footer>
</main>
<script type="application/json" id="report">${toData(report)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that no HTML parser ends early: `</script>` and `<!--` need a `<`. Control characters and marks of direction are shown. */
function toData(report: AuditReport): string {
  const json = JSON.stringify(report, (_, value) => (typeof value === 'string' ? toPlain(value) : value));
  return json.replaceAll('<', '\\u003c');
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
