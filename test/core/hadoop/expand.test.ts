/**
 * `${…}`, as far as the file can tell.
 */
import { describe, expect, it } from 'vitest';
import { expand } from '../../../src/core/hadoop/expand.ts';

const values = new Map([
  ['a', '1'],
  ['b', `[\${a}]`],
  ['c', `\${b}\${b}`],
  ['loop', `\${loop}`],
  ['1', 'one'],
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
  ])('%j expands to %j', (value, expanded) => expect(expand(value, values)).toBe(expanded));

  it.each([
    ['of a name that the file does not set', `\${unknown}`],
    ['of a name on Object.prototype', `\${toString}`],
    ['of the environment, even where the file sets that name', `\${env.HOME}`],
    ['of the environment with a default', `\${env.X:-SSE-KMS}`],
    ['that never ends', `\${loop}`],
    ['of more than 20 rounds', `\${a}`.repeat(21)],
  ])('%s is not known', (_, value) => expect(expand(value, values)).toBeNull());

  it('grows no further than a limit, whatever it doubles', () => {
    const doubling = new Map([['d', 'x'.repeat(5000)]]);
    expect(expand(`\${d}`, doubling)).toBe('x'.repeat(5000));
    expect(expand(`\${d}\${d}`, doubling)).toBeNull();
  });
});
