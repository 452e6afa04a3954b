import { describe, expect, it } from 'vitest';
import { firstKey, otherKey } from '../product/manifests.ts';
import { encryptsWith, isInsertion } from './encryption.ts';

const property = (name: string, value: string, final = true) =>
  `<property><name>${name}</name><value>${value}</value>${final ? '<final>true</final>' : ''}</property>`;
const file = (...properties: string[]) => `<configuration>${properties.join('')}</configuration>`;
const right = [
  property('fs.s3a.server-side-encryption-algorithm', 'SSE-KMS'),
  property('fs.s3a.server-side-encryption.key', firstKey),
  property('fs.s3a.encryption.algorithm', 'SSE-KMS'),
  property('fs.s3a.encryption.key', firstKey),
];

describe('a file encrypts with a key', () => {
  it('where old and new names say so', () => {
    expect(encryptsWith(file(...right), firstKey)).toBe(true);
    expect(encryptsWith(file(...right, property('fs.defaultFS', 's3a://b', false)), firstKey)).toBe(true);
  });

  it.each([
    ['one name is missing', file(...right.slice(1))],
    ['there is another key', file(...right).replace(firstKey, otherKey)],
    ['a setting is not final', file(...right).replace('<final>true</final>', '')],
    ['a bucket has a setting of its own', file(...right, property('fs.s3a.bucket.b.encryption.algorithm', 'AES256'))],
    ['there is nothing', '<configuration/>'],
  ])('and not where %s', (_, text) => {
    expect(encryptsWith(text, firstKey)).toBe(false);
  });
});

describe('an insertion', () => {
  it.each([
    ['ac', 'abc'],
    ['aa', 'aaa'],
    ['', 'a'],
    ['a<p>b', 'a<p>x<p>b'],
  ])('was made from %j to %j', (before, after) => {
    expect(isInsertion(before, after)).toBe(true);
  });

  it.each([
    ['a', 'a'],
    ['ab', 'a'],
    ['ab', 'ba'],
    ['abc', 'xaxbc'],
  ])('was not made from %j to %j', (before, after) => {
    expect(isInsertion(before, after)).toBe(false);
  });
});
