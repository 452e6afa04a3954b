import { describe, expect, test } from 'vitest';
import { exemptionOf, toReviewedRequest } from '../../src/admission/answer-request.ts';
import { type ConfigMap, files, plain, requestOf, reviewOf } from './admission-review.ts';

const data = { 'core-site.xml': plain };
const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z' };

function exemption(object: ConfigMap, oldObject?: ConfigMap) {
  return exemptionOf(toReviewedRequest(requestOf(reviewOf(object, oldObject)), files, 'write'));
}

describe('planned is', () => {
  test.each<[string, ConfigMap, ConfigMap?]>([
    ['a new ConfigMap that holds a core file', { data }],
    ['a new ConfigMap that holds another Hadoop file', { data: { 'hdfs-site.xml': plain } }],
    ['a new ConfigMap with the file in binaryData', { binaryData: { 'core-site.xml': btoa(plain) } }],
    ['a new immutable ConfigMap, which can be changed for the last time', { data, immutable: true }],
    ['an update', { data }, { data: { other: 'x' } }],
    ['the update that makes a ConfigMap immutable', { data, immutable: true }, { data }],
    ['an update of a ConfigMap with immutable false', { data }, { data, immutable: false }],
    ['an empty file', { data: { 'core-site.xml': '' } }],
    [
      'one that is being deleted: pods can mount it for as long as it is there',
      { metadata: deleting, data },
      { metadata: deleting, data },
    ],
  ])('%s', (_name, object, oldObject) => {
    expect(exemption(object, oldObject)).toBeUndefined();
  });
});

describe('exempt is', () => {
  test.each<[string, string, ConfigMap, ConfigMap?]>([
    ['an immutable object', 'immutable', { data, immutable: true }, { data, immutable: true }],
    ['a ConfigMap without a Hadoop file', 'noConfigFile', { data: { 'application.properties': 'x' } }],
    ['a ConfigMap whose file was taken out', 'noConfigFile', { data: {} }, { data }],
    ['a ConfigMap without data', 'noConfigFile', { metadata: {} }],
    ['a file under another data key', 'noConfigFile', { data: { 'CORE-SITE.XML': plain, 'core-site.xml.bak': plain } }],
  ])('%s', (_name, expected, object, oldObject) => {
    expect(exemption(object, oldObject)).toBe(expected);
  });
});
