/**
 * Bad input, as the API server would pass it on: a clear denial or the right file each, and nothing lost.
 */
import { describe, expect, test } from 'vitest';
import { type ConfigMap, configMap, files, finance, plain, reviewOf } from '../admission/admission-review.ts';
import { applyPatch, buildApp, post } from './running-app.ts';

const mebibyte = 1024 * 1024;
const property = (name: string, value: string, rest = '') =>
  `<property><name>${name}</name><value>${value}</value>${rest}</property>`;
const inRoot = (...elements: string[]) => `<configuration>${elements.join('')}</configuration>`;

/** JSON as Go writes it: a review of a file full of `<` is six times as long as the file. */
function toGoJson(value: unknown): string {
  const escapes: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };
  return JSON.stringify(value).replace(/[<>&]/g, (character) => escapes[character] ?? character);
}

function mutateFile(text: string, field: 'data' | 'binaryData' = 'data') {
  return mutateObject({ [field]: { 'core-site.xml': text } });
}

/** Mutates; what is allowed has to satisfy both webhooks afterwards, and what is denied to be denied by both. */
async function mutateObject(object: ConfigMap) {
  const { app } = buildApp();
  const answer = await post(app, '/mutate', toGoJson(reviewOf(object)));
  const result = applyPatch(configMap(object), answer);
  const again = toGoJson(reviewOf(result));
  expect(await post(app, '/validate', again)).toMatchObject({ allowed: answer.allowed });
  if (answer.allowed) expect(await post(app, '/mutate', again)).not.toHaveProperty('patch');
  const data = (result.data ?? {}) as Record<string, string>;
  return { answer, data, text: data['core-site.xml'] ?? '' };
}

/** Takes every configuration for a Hadoop file, whatever its data key. */
function buildStrict() {
  const assignment = { ...finance, enforcement: 'Strict' } as const;
  return buildApp({ files: { ...files, byContent: true }, resolution: { kind: 'assigned', assignment } });
}

/** What was put into a text that was changed nowhere else. */
function insertedInto(original: string, result: string): string {
  let start = 0;
  while (start < original.length && original[start] === result[start]) start += 1;
  const end = result.length - (original.length - start);
  expect(result.slice(0, start) + result.slice(end)).toBe(original);
  return result.slice(start, end);
}

describe('a file that is denied', () => {
  test.each<[string, string, string, [number, number]]>([
    ['an empty file', '', 'Malformed', [1, 1]],
    ['a file of blanks', ' \n\t\n', 'Malformed', [3, 1]],
    ['an unclosed tag', '<configuration>\n  <property>\n</configuration>', 'Malformed', [3, 1]],
    ['crossed tags', inRoot('<property><name>a</property></name>'), 'Malformed', [1, 33]],
    ['two roots', '<configuration/>\n<configuration/>', 'Malformed', [2, 1]],
    ['text after the root', '<configuration/>\nyes', 'Malformed', [2, 1]],
    ['a blank before the declaration', ' <?xml version="1.0"?><configuration/>', 'Malformed', [1, 2]],
    [
      'a template that was not rendered',
      '<configuration>\n{{ if .Values.x }}<\n</configuration>',
      'Malformed',
      [2, 20],
    ],
    ['text that is no XML', 'fs.defaultFS=s3a://ledger', 'Malformed', [1, 1]],
    ['1 MiB of <', '<'.repeat(mebibyte), 'Malformed', [1, 2]],
    ['elements 100,000 deep', `<configuration>${'<a>'.repeat(100_000)}`, 'Malformed', [1, 3013]],
    [
      'a DOCTYPE',
      '<?xml version="1.0"?>\n<!DOCTYPE configuration [<!ENTITY a "b">]>\n<configuration/>',
      'DoctypeNotAllowed',
      [2, 1],
    ],
    ['another root', '<foo/>', 'RootNotConfiguration', [1, 1]],
    ['UTF-16', '<?xml version="1.0" encoding="UTF-16"?><configuration/>', 'UnsupportedEncoding', [1, 1]],
    [
      'SSE-C',
      inRoot('\n', property('fs.s3a.encryption.algorithm', 'SSE-C'), property('fs.s3a.encryption.key', 'c2VjcmV0')),
      'OtherEncryptionInUse',
      [2, 1],
    ],
    [
      'SSE-C under the old name',
      inRoot('\n  ', property('fs.s3a.server-side-encryption-algorithm', 'SSE-C')),
      'OtherEncryptionInUse',
      [2, 3],
    ],
    [
      'CSE-KMS for a bucket',
      inRoot(property('fs.s3a.bucket.b.encryption.algorithm', 'CSE-KMS')),
      'OtherEncryptionInUse',
      [1, 16],
    ],
  ])('%s', async (_name, text, reason, [line, column]) => {
    const { answer } = await mutateFile(text);
    expect(answer).toMatchObject({
      allowed: false,
      auditAnnotations: { reasons: reason },
      status: { code: 403, reason },
    });
    expect(answer.status?.message).toContain(`${reason}: line ${line}, column ${column} within core-site.xml: `);
  });

  test('binaryData that is not UTF-8', async () => {
    const { answer } = await mutateFile(Buffer.from([0xff, 0xfe, 0x3c, 0x00]).toString('base64'), 'binaryData');
    expect(answer).toMatchObject({ allowed: false, status: { reason: 'UnsupportedEncoding' } });
  });

  test('a file that would pass 1 MiB with our properties in it', async () => {
    const text = inRoot('\n', '<a/>'.repeat((mebibyte - 200) / 4));
    expect((await mutateFile(text)).answer).toMatchObject({ allowed: false, status: { reason: 'TooLarge' } });
  });

  test('one of two, with the other untouched', async () => {
    const { answer } = await mutateObject({ data: { 'core-site.xml': plain, 'hdfs-site.xml': '<configuration>' } });
    expect(answer.status?.message).toContain('column 1 within hdfs-site.xml');
    expect(answer).not.toHaveProperty('patch');
  });
});

describe('a file that is patched by an insertion alone', () => {
  test.each<[string, string]>([
    ['a plain one', plain],
    ['CDATA that holds the closing tag', inRoot('\n', property('a', '<![CDATA[</configuration>]]>'), '\n')],
    ['a comment that holds the root', inRoot('<!-- <configuration> -->', '\n')],
    ['a comment that names our value', inRoot(`<!-- SSE-KMS ${property('fs.s3a.encryption.key', 'x')} -->`, '\n')],
    ['a blank in the closing tag', '<configuration>\n</configuration >'],
    [
      'an indented one without a final newline',
      '<configuration>\n\t<property>\n\t\t<name>a</name>\n\t</property>\n</configuration>',
    ],
    ['NBSP and emoji', inRoot('\n', property('a', '\u00a0🔑'), '\n')],
    ['elements named constructor and __proto__', inRoot('<constructor/><__proto__/><toString/>', '\n')],
    ['almost 1 MiB of elements', inRoot('\n', '<a/>'.repeat((mebibyte - 4096) / 4), '\n')],
    ['almost 1 MiB of entities', inRoot('\n', property('a', '&lt;'.repeat((mebibyte - 4096) / 4)), '\n')],
  ])('%s', async (_name, text) => {
    const { answer, text: result } = await mutateFile(text);
    expect(answer).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
    expect(answer).not.toHaveProperty('warnings');
    expect(insertedInto(text, result)).toContain('<name>fs.s3a.encryption.key</name>');
  });

  test('CRLF, and what is inserted has CRLF too', async () => {
    const text = plain.replaceAll('\n', '\r\n');
    const inserted = insertedInto(text, (await mutateFile(text)).text);
    expect(inserted.match(/\n/g)?.length).toBeGreaterThan(5);
    expect(inserted).not.toMatch(/[^\r]\n|^\n/);
  });
});

describe('a file that is patched otherwise', () => {
  test('<configuration/> is opened', async () => {
    const { text } = await mutateFile('<?xml version="1.0"?>\n<configuration/>\n');
    expect(text).toMatch(
      /^<\?xml version="1\.0"\?>\n<configuration>\n {2}<property>[\s\S]*<\/property>\n<\/configuration>\n$/,
    );
  });

  test('an existing final key is cut, with a warning, and its neighbours stay', async () => {
    const stay = property('fs.s3a.endpoint', 's3.eu-west-1.amazonaws.com', '<final>true</final>');
    const theirs = property(
      'fs.s3a.encryption.key',
      'arn:aws:kms:eu-west-1:111122223333:key/theirs',
      '<final>true</final>',
    );
    const { answer, text } = await mutateFile(inRoot('\n', theirs, '\n', stay, '\n'));
    expect(text).toContain(stay);
    expect(text).not.toContain('theirs');
    expect(answer.warnings).toEqual([
      expect.stringMatching(/^Overridden: line 2, column 1 within core-site\.xml: .*fs\.s3a\.encryption\.key/),
    ]);
  });

  test('thousands of encryption properties are cut, and ten warnings say so', async () => {
    const { answer, text } = await mutateFile(
      inRoot(`${property('fs.s3a.bucket.b.encryption.key', 'theirs')}\n`.repeat(12_000)),
    );
    expect(text).not.toContain('fs.s3a.bucket');
    expect(answer.warnings).toHaveLength(10);
  });

  test.each(['/mutate', '/validate'])('a denial by %s of thousands of files is a short answer', async (url) => {
    const { app } = buildStrict();
    const text = inRoot(property('fs.s3a.encryption.algorithm', 'SSE-C'));
    const data = Object.fromEntries(Array.from({ length: 8000 }, (_, n) => [`file-${n}`, text]));
    const answer = await post(app, url, reviewOf({ data }));
    expect(answer).toMatchObject({ allowed: false, status: { reason: 'OtherEncryptionInUse' } });
    expect(answer.status?.message).toContain('and 7991 more like these');
    expect(JSON.stringify(answer).length).toBeLessThan(8192);
  });

  test('so is one of hundreds of files that lack what is assigned', async () => {
    const { app } = buildStrict();
    const text = inRoot(property('a', 'b'));
    const data = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`file-${n}`, text]));
    const answer = await post(app, '/validate', reviewOf({ data }));
    expect(answer).toMatchObject({ allowed: false, status: { reason: 'NotInjected' } });
    expect(answer.status?.message).toContain('and 491 more would be stored');
    expect(JSON.stringify(answer).length).toBeLessThan(8192);
  });

  test('a denial by /validate names no more than ten of them', async () => {
    const { app } = buildApp();
    const text = inRoot(`${property('fs.s3a.bucket.b.encryption.key', 'theirs')}\n`.repeat(12_000));
    const { allowed, status } = await post(app, '/validate', reviewOf({ data: { 'core-site.xml': text } }));
    expect(allowed).toBe(false);
    expect(status?.message.length).toBeLessThan(4096);
  });
});

test('an UPDATE of a file of 1 MiB of <, over 12 MB as a review, is read whole', async () => {
  const { app } = buildApp();
  const object = { data: { 'core-site.xml': '<'.repeat(mebibyte) } };
  const before = { data: { 'core-site.xml': '<'.repeat(mebibyte - 1) } };
  const body = toGoJson(reviewOf(object, before));
  expect(body.length).toBeGreaterThan(12_000_000);
  expect(await post(app, '/mutate', body)).toMatchObject({ allowed: false, status: { reason: 'Malformed' } });
});

test('__proto__ and constructor beside the file stay as they are', async () => {
  const data = JSON.parse(
    JSON.stringify({ PROTO: 'p', constructor: 'c', 'core-site.xml': plain }).replace('PROTO', '__proto__'),
  );
  const { answer, data: result } = await mutateObject({ data });
  expect(answer).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
  expect(Object.entries(result).slice(0, 2)).toEqual([
    ['__proto__', 'p'],
    ['constructor', 'c'],
  ]);
});

test('managedFields that name __proto__ as a field are no reason to refuse a review', async () => {
  const { app } = buildApp();
  const managed = [{ manager: 'kubectl', fieldsV1: { 'f:data': { PROTO: {}, constructor: { prototype: {} } } } }];
  const body = JSON.stringify(reviewOf({ metadata: { managedFields: managed }, data: { 'core-site.xml': plain } }));
  expect(await post(app, '/mutate', body.replace('PROTO', '__proto__'))).toMatchObject({ allowed: true });
});
