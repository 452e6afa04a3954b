import { describe, expect, it } from 'vitest';
import { findRelease, isUnknownVersion } from '../../../src/core/explain/version.ts';

describe('a release of Hadoop', () => {
  it.each([
    '2.10',
    '2.10.2',
    '3.0.3',
    '3.1.4',
    '3.2.4',
    '3.3.0',
    '3.3.6',
    '3.4.0',
    '3.4.3',
    '3.5.0',
    '3.3.4-amzn-1',
    '3.1.1.7.1.7.0-551',
  ])('%s has an answer', (version) => {
    expect(findRelease(version)).toMatchObject({ version });
  });

  it.each(['', '3', 'x.y.z', '2.9.2', '1.2.1', '3.4.', '3.5.0 ', '-1.2.3'])('%j has none', (version) => {
    expect(findRelease(version)).toBeNull();
  });

  it('that is newer than all reads as the newest', () => {
    expect(findRelease('4.0.0')).toEqual({ ...findRelease('3.5.0'), version: '4.0.0' });
    expect(isUnknownVersion('4.0.0')).toBe(true);
    expect(isUnknownVersion('3.6.1')).toBe(true);
    expect(isUnknownVersion('3.5.9')).toBe(false);
  });

  it('before 3.2 takes the key with a dash for the old name', () => {
    expect(findRelease('3.1.4')?.aliases).toHaveProperty('server-side-encryption-key');
    expect(findRelease('3.2.0')?.aliases).toEqual({});
  });

  it.each([
    ['3.0.3', false],
    ['3.1.3', false],
    ['3.1.4', true],
    ['3.2.1', false],
    ['3.2.2', true],
    ['2.10.2', true],
    ['3.3.0', true],
  ])('%s reads what stands in CDATA: %s', (version, reads) => {
    expect(findRelease(version)?.readsCdata).toBe(reads);
  });
});
