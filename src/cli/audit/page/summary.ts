/**
 * The head of the page: how much of the cluster encrypts as assigned, and a switch for each outcome.
 */
import { type AuditOutcome, outcomes, outcomeTitles, totalOf } from '../outcomes.ts';
import type { AuditReport, WarningReason } from '../report.ts';
import { element, find, format } from './elements.ts';
import { toBar } from './outcome-bar.ts';

const explanations: Readonly<Record<AuditOutcome, string>> = {
  refused: 'A file can’t be edited; a write of it is denied. Somebody has to mend the file.',
  conflicted: 'Assignments of the same rank want different things. None applies; writes are denied.',
  immutable: 'Immutable, and the file never had the key. Delete it and create it again.',
  unassigned: 'The namespace has no assignment.',
  excluded: 'The webhook isn’t called for the namespace.',
  change: 'Doesn’t encrypt as assigned yet; the operator would edit it.',
  outdated: 'Immutable, with an earlier key. Nothing to do: its owner makes new ones.',
  otherStore: 'Left alone, since the store isn’t AWS.',
  compliant: 'Encrypts as assigned.',
};

const warningTitles: Readonly<Record<WarningReason, string>> = {
  OtherStore: 'An endpoint isn’t AWS: a store without KMS refuses uploads with a key.',
  NotProvable: 'A setting may get past the key out of sight. Strict refuses it.',
  Overridden: 'The operator would remove encryption settings of the user’s.',
};

export interface SummaryActions {
  /** Outcomes are asked for; none means all. */
  readonly onToggle: (chosen: ReadonlySet<AuditOutcome>) => void;
  readonly onWarning: (reason: WarningReason) => void;
}

export function showSummary(report: AuditReport, { onToggle, onWarning }: SummaryActions): void {
  const { totals, namespaces } = report;
  const total = totalOf(totals);
  const compliant = totals.compliant ?? 0;
  const share = total === 0 ? 0 : (100 * compliant) / total;
  find('figure').textContent = total === 0 ? '–' : `${share < 100 && share > 99 ? '99' : Math.round(share)}%`;
  const what = report.scope.secrets ? 'ConfigMaps and Secrets' : 'ConfigMaps';
  find('figure-text').textContent =
    total === 0
      ? `No ${what} with configuration files in ${format(namespaces.length)} namespaces`
      : `${format(compliant)} of ${format(total)} ${what} with configuration files encrypt as assigned`;
  if (total > 0) find('bar').append(toBar(totals, 'large'));
  else find('bar').hidden = true;

  const chosen = new Set<AuditOutcome>();
  for (const outcome of outcomes) {
    const count = totals[outcome] ?? 0;
    if (count === 0) continue;
    const button = element(
      'button',
      { type: 'button', class: 'chip', title: explanations[outcome], 'aria-pressed': 'false', 'data-outcome': outcome },
      element('span', { class: `dot o-${outcome}` }),
      element('b', {}, count),
      ` ${outcomeTitles[outcome]}`,
    );
    button.addEventListener('click', () => {
      if (!chosen.delete(outcome)) chosen.add(outcome);
      button.setAttribute('aria-pressed', String(chosen.has(outcome)));
      onToggle(chosen);
    });
    find('legend').append(button);
  }
  showWarnings(report, onWarning);
  for (const remark of report.remarks) find('remarks').append(element('p', {}, remark));
}

function showWarnings({ namespaces }: AuditReport, onWarning: SummaryActions['onWarning']): void {
  const host = find('warnings');
  for (const reason of Object.keys(warningTitles) as WarningReason[]) {
    const count = namespaces.reduce((sum, { warnings }) => sum + (warnings[reason] ?? 0), 0);
    if (count === 0) continue;
    if (host.childElementCount === 0) host.append(element('span', { class: 'muted' }, 'Warnings'));
    const attributes = { type: 'button', class: 'chip', title: warningTitles[reason] };
    const button = element('button', attributes, element('b', {}, count), ` ${reason}`);
    button.addEventListener('click', () => onWarning(reason));
    host.append(button);
  }
}
