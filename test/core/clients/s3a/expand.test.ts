/**
 * `${…}`, as far as the file can tell.
 */
import { describe, expect, it } from 'vitest';
import { expand } from '../../../../src/core/clients/s3a/expand.ts';

const values = new Map([
  ['a', '1'],
  ['b', `[\${a}]`],
  ['c', `\${b}\${b}`],
  ['loop', `\${loop}`],
  ['1', 'one'],
  ['path.separator', '.minio:'],
  ['env.HOME', '/root'],
  ['constructor', 'own'],
]);

describe('a value', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    [`x\${a}y\${a}z`, 'x1y1z'],
    [`\${c}`, '[1][1]'],
    [`\${\${a}}`, 'one'],
    [`\${constructor}`, 'own'],
    [`$a {a} \${} \${ a} \${a`, `$a {a} \${} \${ a} \${a`],
    [`$\${a}`, '$1'],
  ])('%j expands to %j', (value, expanded) => expect(expand(value, values)).toEqual({ text: expanded, known: true }));

  it.each([
    ['of a name that the file does not set', `\${unknown}`],
    ['of a name on Object.prototype', `\${toString}`],
    ['of the environment, even where the file sets that name', `\${env.HOME}`],
    ['of the environment with a default', `\${env.X:-SSE-KMS}`],
    ['of a system property, which Hadoop asks before the file', `\${path.separator}`],
    ['that never ends', `\${loop}`],
    ['of more than 20 rounds', `\${a}`.repeat(21)],
  ])('%s is not known', (_, value) => expect(expand(value, values).known).toBe(false));

  it('grows no further than a limit, whatever it doubles', () => {
    const doubling = new Map([['d', 'x'.repeat(4000)]]);
    expect(expand(`\${d}`, doubling)).toEqual({ text: 'x'.repeat(4000), known: true });
    expect(expand(`\${d}\${d}`, doubling)).toEqual({ text: `${'x'.repeat(4000)}\${d}`, known: false });
  });

  it('is told as far as it is known', () => {
    expect(expand(`\${a}\${env.X:-SSE-C}`, values)).toEqual({ text: `1\${env.X:-SSE-C}`, known: false });
  });
});
