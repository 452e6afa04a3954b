/**
 * What holds for every file: Hadoop-like documents, hostile ones, damaged ones, and any text at all.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan, type XmlFileRole } from '../../src/core/clients/s3a/plan.ts';
import type { DesiredFile } from '../../src/core/plan/plan.ts';
import { planChecked } from '../core/invariants.ts';
import { desires, rotated } from './desires.ts';
import { damaged, documents, texts } from './documents.ts';
import { always } from './seeded.ts';

/** Patience for a machine that has other things to do. */
const timeout = 300_000;
const roles = fc.constantFrom<XmlFileRole>('core', 'core', 'other');

/** The file after the plan, or null where it is refused. */
function planned(text: string, desired: DesiredFile): string | null {
  const it = plan(text, desired, 'core');
  if (it.kind === 'refused') return null;
  return it.kind === 'change' ? it.result : text;
}

describe('the plan of', { timeout }, () => {
  it('a file that calls for no refusal is none, under Enforce', () => {
    always(1500, fc.tuple(documents('tame'), desires, roles), ([text, desired, role]) => {
      expect(planChecked(text, { ...desired, strict: false }, role)).not.toHaveProperty('reason');
    });
  });

  it('a hostile file keeps what is true of every plan', () => {
    always(3000, fc.tuple(documents('hostile'), desires, roles), ([text, desired, role]) => {
      expect(planChecked(text, desired, role)).not.toHaveProperty('reason', 'ReadersDisagree');
    });
  });

  it('a damaged file keeps what is true of every plan', () => {
    always(4000, fc.tuple(damaged, desires, roles), ([text, desired, role]) => {
      expect(planChecked(text, desired, role)).not.toHaveProperty('reason', 'ReadersDisagree');
    });
  });

  it('any text keeps what is true of every plan', () => {
    always(4000, fc.tuple(texts, desires, roles), ([text, desired, role]) => {
      planChecked(text, desired, role);
    });
  });
});

describe('a rotation', { timeout }, () => {
  const rotations = fc
    .tuple(documents('hostile'), desires)
    .chain(([text, first]) => fc.tuple(fc.constant(text), fc.constant(first), rotated(first)));

  it('there and back gives the same bytes, for each of the many documents that are not refused', () => {
    let refused = 0;
    let rotated = 0;
    always(2000, rotations, ([text, first, second]) => {
      const before = planned(text, first);
      if (before === null) {
        refused += 1;
        return;
      }
      const between = planned(before, second) as string;
      expect(planned(between, first)).toBe(before);
      expect(planned(text, second)).toBe(between);
      rotated += 1;
    });
    console.log(`rotated there and back: ${rotated} documents; refused: ${refused}`);
    expect(rotated).toBeGreaterThan(refused / 4);
  });
});
