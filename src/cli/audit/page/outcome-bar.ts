/**
 * Outcomes as a bar of coloured parts, each as wide as its share, with the numbers as its text for those who don't see it.
 */
import { type OutcomeCounts, outcomes, outcomeTitles, totalOf } from '../outcomes.ts';
import { element, format } from './elements.ts';

export function toBar(counts: OutcomeCounts, size: 'small' | 'large'): HTMLElement {
  const total = totalOf(counts);
  const text = toText(counts);
  const bar = element('span', { class: `bar ${size}`, role: 'img', 'aria-label': text, title: text });
  // The good on the left: the eye reads how far it has come.
  for (const outcome of [...outcomes].reverse()) {
    const count = counts[outcome] ?? 0;
    if (count === 0) continue;
    const part = element('span', { class: `part o-${outcome}` });
    // A single one among a hundred thousand is still to be seen.
    part.style.flex = `${count / total} 0 ${size === 'large' ? 3 : 2}px`;
    bar.append(part);
  }
  return bar;
}

export function toText(counts: OutcomeCounts): string {
  const parts = outcomes.flatMap((outcome) => {
    const count = counts[outcome] ?? 0;
    return count === 0 ? [] : [`${format(count)} ${outcomeTitles[outcome]}`];
  });
  return parts.join(', ') || 'no config objects';
}

/** A dot in the outcome's colour, and its word. */
export function toBadge(outcome: keyof typeof outcomeTitles): HTMLElement {
  return element('span', { class: 'badge' }, element('span', { class: `dot o-${outcome}` }), outcomeTitles[outcome]);
}
