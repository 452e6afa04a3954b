/**
 * Specs of KmsKeyAssignments that are accepted, and specs that are refused, with the field that the refusal names.
 */

export const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';

const namespaces = ['finance'];
const key = { arn };
const base = { namespaces, key };
const selecting = (namespaceSelector: unknown) => ({ namespaceSelector, key });
const expression = (requirement: unknown) => selecting({ matchExpressions: [requirement] });
const withBucket = (bucket: unknown) => ({ ...base, buckets: [bucket] });
const withArn = (text: unknown) => ({ namespaces, key: { arn: text } });
const exists = { key: 'c', operator: 'Exists' };
const id = '071a86ff-8881-4ba0-9230-95af6d01ca01';

export const accepted: readonly (readonly [string, object])[] = [
  ['names and an ARN', base],
  ['everything', { ...base, algorithm: 'DSSE-KMS', enforcement: 'Strict', buckets: [{ name: 'a.b-1', key }] }],
  ['Audit', { ...base, enforcement: 'Audit' }],
  ["the account's default key", { namespaces, key: { accountDefault: true } }],
  ['the default of the cluster', selecting({})],
  ['labels', selecting({ matchLabels: { team: 'finance', 'example.com/Tier_1': '' } })],
  ['In', expression({ key: 'team', operator: 'In', values: ['a', ''] })],
  ['NotIn', expression({ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['a'] })],
  ['Exists', expression({ key: 'team', operator: 'Exists' })],
  ['DoesNotExist with empty values', expression({ key: 'team', operator: 'DoesNotExist', values: [] })],
  [
    'labels and requirements',
    selecting({ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'Exists' }] }),
  ],
  ['no buckets', { ...base, buckets: [] }],
  ['an unmanaged bucket', withBucket({ name: 'partner-drop', unmanaged: true })],
  ["a bucket with the account's default key", withBucket({ name: 'abc', key: { accountDefault: true } })],
  [
    'an encryption context',
    { ...base, encryptionContext: { 'example.com:team/unit': 'a/b', Team: 'a b', AwsTeam: 'aws:x' } },
  ],
  ['an empty encryption context', { ...base, encryptionContext: {} }],
  ['a bucket with an encryption context', withBucket({ name: 'abc', key, encryptionContext: { team: 'x' } })],
  ['an access point alias', withBucket({ name: 'my-ap-ehnesc4nphtnhb8nuhh4kyw4husw2usw2a-s3alias', key })],
  ['a directory bucket', withBucket({ name: 'logs--usw2-az1--x-s3', key })],
  ['a thousand names', { key, namespaces: Array.from({ length: 1000 }, (_, index) => `n${index}`.padEnd(63, 'x')) }],
  [
    'a hundred buckets',
    { ...base, buckets: Array.from({ length: 100 }, (_, index) => ({ name: `b${index}`.padEnd(63, 'x'), key })) },
  ],
  ...[
    'aws-cn:kms:cn-north-1',
    'aws-us-gov:kms:us-gov-west-1',
    'aws-iso:kms:us-iso-east-1',
    'aws-iso-b:kms:us-isob-east-1',
    'aws:kms:ca-west-1',
    'aws:kms:mx-central-1',
    // Newer than the table: a Region in another part of the world, and a partition with Regions of its own.
    'aws:kms:zz-north-1',
    'aws-new:kms:us-newa-west-1',
    'aws-new:kms:newa-de-east-1',
  ]
    .concat('aws-iso-e:kms:eu-isoe-west-1', 'aws-iso-f:kms:us-isof-south-1', 'aws-eusc:kms:eusc-de-east-1')
    .map((place) => [`a key in ${place}`, withArn(`arn:${place}:111122223333:key/${id}`)] as const),
  ['a multi-Region key', withArn('arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab')],
];

/** What is wrong, the spec, and the field that the refusal names (after `spec`). */
export const refused: readonly (readonly [string, unknown, string])[] = [
  ['no spec', undefined, ''],
  ['null for the spec', null, ''],
  ['a text for the spec', 'finance', ''],
  ['no target', { key }, ''],
  ['two targets', { ...base, namespaceSelector: {} }, ''],
  ['a mistyped field', { ...base, algoritm: 'DSSE-KMS' }, ''],
  ['a mistyped field that is null', { ...base, enforcment: null }, ''],

  ['null for namespaces', { ...base, namespaces: null }, ''],
  ['no name', { ...base, namespaces: [] }, '.namespaces'],
  ['null for a name', { ...base, namespaces: [null] }, '.namespaces[0]'],
  ['a name twice', { ...base, namespaces: ['a', 'a'] }, '.namespaces[1]'],
  ['a pattern for a name', { ...base, namespaces: ['fin*'] }, '.namespaces[0]'],
  ['a name in capitals', { ...base, namespaces: ['Finance'] }, '.namespaces[0]'],
  ['a name with a dot', { ...base, namespaces: ['a.b'] }, '.namespaces[0]'],
  ['a name of 64 characters', { ...base, namespaces: ['x'.repeat(64)] }, '.namespaces[0]'],
  ['1001 names', { ...base, namespaces: Array.from({ length: 1001 }, (_, index) => `n${index}`) }, '.namespaces'],

  ['null for the selector', selecting(null), ''],
  ['null for the selector beside names', { ...base, namespaceSelector: null }, ''],
  ['null for matchLabels', selecting({ matchLabels: null }), '.namespaceSelector'],
  [
    'null for matchLabels beside requirements',
    selecting({ matchLabels: null, matchExpressions: [exists] }),
    '.namespaceSelector',
  ],
  ['null for matchExpressions', selecting({ matchExpressions: null }), '.namespaceSelector'],
  [
    'null for matchExpressions beside labels',
    selecting({ matchLabels: { a: 'b' }, matchExpressions: null }),
    '.namespaceSelector',
  ],
  ['a mistyped matchLabels', selecting({ matchLabel: { team: 'finance' } }), '.namespaceSelector'],
  ['a mistyped field beside labels', selecting({ matchLabels: { a: 'b' }, matchExpression: [] }), '.namespaceSelector'],
  ['no label', selecting({ matchLabels: {} }), '.namespaceSelector.matchLabels'],
  ['null for a label', selecting({ matchLabels: { team: null } }), '.namespaceSelector.matchLabels'],
  ['null for one of two labels', selecting({ matchLabels: { a: 'b', c: null } }), '.namespaceSelector.matchLabels'],
  ['a blank in a label', selecting({ matchLabels: { 'a ': 'b' } }), '.namespaceSelector.matchLabels'],
  ['a label of 64 characters', selecting({ matchLabels: { ['x'.repeat(64)]: 'b' } }), '.namespaceSelector.matchLabels'],
  ["a blank in a label's value", selecting({ matchLabels: { a: 'b c' } }), '.namespaceSelector.matchLabels[a]'],
  [
    "a label's value of 64 characters",
    selecting({ matchLabels: { a: 'x'.repeat(64) } }),
    '.namespaceSelector.matchLabels.a',
  ],
  [
    '17 labels',
    selecting({ matchLabels: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`l${i}`, 'a'])) }),
    '.namespaceSelector.matchLabels',
  ],
  [
    'a label that JavaScript hides',
    selecting({ matchLabels: JSON.parse('{"a":"b","__proto__":"c"}') }),
    '.namespaceSelector.matchLabels',
  ],
  ['no requirement', selecting({ matchExpressions: [] }), '.namespaceSelector.matchExpressions'],
  ['null for a requirement', expression(null), '.namespaceSelector.matchExpressions[0]'],
  ['In without values', expression({ key: 'a', operator: 'In' }), '.namespaceSelector.matchExpressions[0]'],
  [
    'In with null for values',
    expression({ key: 'a', operator: 'In', values: null }),
    '.namespaceSelector.matchExpressions[0]',
  ],
  [
    'NotIn with empty values',
    expression({ key: 'a', operator: 'NotIn', values: [] }),
    '.namespaceSelector.matchExpressions[0]',
  ],
  [
    'null for a value',
    expression({ key: 'a', operator: 'In', values: [null] }),
    '.namespaceSelector.matchExpressions[0].values[0]',
  ],
  [
    'a blank in a value',
    expression({ key: 'a', operator: 'NotIn', values: ['b '] }),
    '.namespaceSelector.matchExpressions[0].values[0]',
  ],
  [
    'Exists with values',
    expression({ key: 'a', operator: 'Exists', values: ['b'] }),
    '.namespaceSelector.matchExpressions[0]',
  ],
  [
    'an unknown operator',
    expression({ key: 'a', operator: 'Gt', values: ['1'] }),
    '.namespaceSelector.matchExpressions[0].operator',
  ],
  ['a requirement without a key', expression({ operator: 'Exists' }), '.namespaceSelector.matchExpressions[0].key'],
  [
    'null for the key of a requirement',
    expression({ key: null, operator: 'Exists' }),
    '.namespaceSelector.matchExpressions[0].key',
  ],
  [
    'a blank in the key of a requirement',
    expression({ key: 'a ', operator: 'NotIn', values: ['b'] }),
    '.namespaceSelector.matchExpressions[0].key',
  ],
  [
    'a mistyped field of a requirement',
    expression({ key: 'a', operator: 'Exists', value: 'b' }),
    '.namespaceSelector.matchExpressions[0]',
  ],

  ['no key', { namespaces }, '.key'],
  ['null for the key', { namespaces, key: null }, '.key'],
  ['a text for the key', { namespaces, key: arn }, '.key'],
  ['an empty key', { namespaces, key: {} }, '.key'],
  ['null for the ARN', { namespaces, key: { arn: null } }, '.key'],
  ['null for accountDefault', { namespaces, key: { accountDefault: null } }, '.key'],
  ["null for the ARN beside the account's default", { namespaces, key: { arn: null, accountDefault: true } }, '.key'],
  ['null for accountDefault beside an ARN', { namespaces, key: { arn, accountDefault: null } }, '.key'],
  ["an ARN and the account's default", { namespaces, key: { arn, accountDefault: true } }, '.key'],
  ['a mistyped ARN', { namespaces, key: { arm: arn } }, '.key'],
  ['false for accountDefault', { namespaces, key: { accountDefault: false } }, '.key.accountDefault'],
  ['a text for accountDefault', { namespaces, key: { accountDefault: 'true' } }, '.key.accountDefault'],
  ['an empty ARN', withArn(''), '.key.arn'],
  ['an alias', withArn('alias/finance'), '.key.arn'],
  ["an alias's ARN", withArn('arn:aws:kms:us-west-2:360379543683:alias/finance'), '.key.arn'],
  ["a key's id alone", withArn(id), '.key.arn'],
  ['a blank after the ARN', withArn(`${arn} `), '.key.arn'],
  ['a line end after the ARN', withArn(`${arn}\n`), '.key.arn'],
  ['half an ARN', withArn(arn.slice(0, -1)), '.key.arn'],
  ['an ARN without a region', withArn(`arn:aws:kms::360379543683:key/${id}`), '.key.arn'],
  ['an ARN of another service', withArn(arn.replace('kms', 's3')), '.key.arn'],
  ['an ARN in capitals', withArn(arn.toUpperCase()), '.key.arn'],
  ['an ARN with markup', withArn(`${arn}</value>`), '.key.arn'],
  ...[
    'aws:kms:cn-north-1',
    'aws:kms:us-gov-west-1',
    'aws:kms:us-isob-east-1',
    'aws:kms:eusc-de-east-1',
    'aws:kms:us-newa-west-1',
    'aws-cn:kms:us-west-2',
    'aws-us-gov:kms:us-west-1',
    'aws-iso:kms:us-isob-east-1',
    'aws-iso-b:kms:us-iso-east-1',
    'aws-chn:kms:cn-north-1',
    'aws-new:kms:us-west-2',
    'aws-iso-z:kms:us-iso-east-1',
  ].map((place) => [`a key in ${place}`, withArn(`arn:${place}:111122223333:key/${id}`), '.key.arn'] as const),
  [
    "a bucket's key whose partition and Region do not fit",
    withBucket({ name: 'abc', key: { arn: arn.replace(':aws:', ':aws-cn:') } }),
    '.buckets[0].key.arn',
  ],
  ['an endless ARN', withArn('x'.repeat(257)), '.key.arn'],

  ['null for the algorithm', { ...base, algorithm: null }, '.algorithm'],
  ['an algorithm without a key', { ...base, algorithm: 'AES256' }, '.algorithm'],
  ['null for the enforcement', { ...base, enforcement: null }, '.enforcement'],
  ['an enforcement in small letters', { ...base, enforcement: 'enforce' }, '.enforcement'],

  ['null for buckets', { ...base, buckets: null }, ''],
  ['null for a bucket', withBucket(null), '.buckets[0]'],
  ['a bucket without a name', withBucket({ key }), '.buckets[0].name'],
  ["null for a bucket's name", withBucket({ name: null, key }), '.buckets[0].name'],
  ['a bucket without a key', withBucket({ name: 'abc' }), '.buckets[0]'],
  ["null for a bucket's key", withBucket({ name: 'abc', key: null }), '.buckets[0]'],
  ['an empty key for a bucket', withBucket({ name: 'abc', key: {} }), '.buckets[0].key'],
  ["null for the ARN of a bucket's key", withBucket({ name: 'abc', key: { arn: null } }), '.buckets[0].key'],
  ["an alias for a bucket's key", withBucket({ name: 'abc', key: { arn: 'alias/a' } }), '.buckets[0].key.arn'],
  ['null for unmanaged', withBucket({ name: 'abc', unmanaged: null }), '.buckets[0]'],
  ['null for the key of an unmanaged bucket', withBucket({ name: 'abc', unmanaged: true, key: null }), '.buckets[0]'],
  ['an unmanaged bucket with a key', withBucket({ name: 'abc', unmanaged: true, key }), '.buckets[0]'],
  ['null for an encryption context', { ...base, encryptionContext: null }, ''],
  ['null in an encryption context', { ...base, encryptionContext: { team: null } }, '.encryptionContext'],
  ['a comma in an encryption context', { ...base, encryptionContext: { team: 'a,b' } }, '.encryptionContext[team]'],
  ['an equals sign in an encryption context', { ...base, encryptionContext: { 'a=b': 'c' } }, '.encryptionContext'],
  [
    'an outer blank in an encryption context',
    { ...base, encryptionContext: { team: 'a ' } },
    '.encryptionContext[team]',
  ],
  [
    "S3's own pair in an encryption context",
    { ...base, encryptionContext: { 'aws:s3:arn': 'a/b' } },
    '.encryptionContext',
  ],
  [
    "a name of AWS's in a bucket's context",
    withBucket({ name: 'abc', key, encryptionContext: { 'aws:team': 'x' } }),
    '.buckets[0].encryptionContext',
  ],
  ['nothing for a value of a context', { ...base, encryptionContext: { team: '' } }, '.encryptionContext[team]'],
  [
    'an encryption context for an unmanaged bucket',
    withBucket({ name: 'abc', unmanaged: true, encryptionContext: { team: 'x' } }),
    '.buckets[0]',
  ],
  ['false for unmanaged', withBucket({ name: 'abc', unmanaged: false }), '.buckets[0].unmanaged'],
  ['a mistyped field of a bucket', withBucket({ name: 'abc', kee: key }), '.buckets[0]'],
  ['a bucket of two characters', withBucket({ name: 'ab', key }), '.buckets[0].name'],
  ['a bucket in capitals', withBucket({ name: 'Abc', key }), '.buckets[0].name'],
  ['a bucket with an underscore', withBucket({ name: 'a_b', key }), '.buckets[0].name'],
  ['a URL for a bucket', withBucket({ name: 's3a://abc', key }), '.buckets[0].name'],
  ['an IP address for a bucket', withBucket({ name: '192.168.0.1', key }), '.buckets[0].name'],
  ['a bucket with two dots side by side', withBucket({ name: 'a..b', key }), '.buckets[0].name'],
  ["a bucket that S3A takes for another one's long form", withBucket({ name: 'abc.fs.s3a', key }), '.buckets[0].name'],
  ['a bucket of 64 characters', withBucket({ name: 'x'.repeat(64), key }), '.buckets[0].name'],
  [
    'a bucket twice',
    {
      ...base,
      buckets: [
        { name: 'abc', key },
        { name: 'abc', unmanaged: true },
      ],
    },
    '.buckets[1]',
  ],
  [
    '101 buckets',
    { ...base, buckets: Array.from({ length: 101 }, (_, i) => ({ name: `bucket${i}`, key })) },
    '.buckets',
  ],
];
