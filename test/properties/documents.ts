/**
 * Generated core-site.xml documents: such as people write, such as someone writes who wants to get past us, and texts
 * that are hardly XML at all.
 */
import fc from 'fast-check';

/** How far a document goes: tame ones hold nothing that calls for a refusal. */
export type Temper = 'tame' | 'hostile';

const buckets = ['ledger', 'partner-drop', 'logs.example.com', 'a.fs.s3a'];
const forms = [
  'server-side-encryption-algorithm',
  'server-side-encryption.key',
  'server-side-encryption-key',
  'encryption.algorithm',
  'encryption.key',
  'encryption.context',
];
const arn = 'arn:aws:kms:us-west-2:999999999999:key/00000000-0000-0000-0000-000000000000';

const encryptionProperty = fc.oneof(
  fc.constantFrom(...forms).map((form) => `fs.s3a.${form}`),
  fc
    .tuple(fc.constantFrom(...buckets), fc.constantFrom('', 'fs.s3a.'), fc.constantFrom(...forms))
    .map(([bucket, long, form]) => `fs.s3a.bucket.${bucket}.${long}${form}`),
);
const other = fc.constantFrom(
  'fs.defaultFS',
  'io.file.buffer.size',
  'fs.s3a.endpoint',
  'fs.s3a.encryption',
  'fs.s3a.encryption.key.x',
  'fs.s3a.bucket.encryption.key',
  'FS.S3A.ENCRYPTION.KEY',
  'fs.s3a.bucket.ledger.endpoint',
  'größe',
  '__proto__',
  'x',
);
const dangerous = fc.constantFrom(
  'hadoop.security.credential.clear-text-fallback',
  'hadoop.security.credential.provider.path',
  'fs.s3a.bucket.ledger.security.credential.provider.path',
  'fs.s3a.impl',
  'fs.s3a.encryption.cse.kms.region',
  'fs.s3a.client.s3.custom.headers',
);
const algorithms = fc.constantFrom('SSE-KMS', 'AES256', 'DSSE-KMS', 'aws:kms', '');
const plainValues = fc.constantFrom(
  arn,
  '65536',
  's3a://lake',
  ' ',
  '',
  '  two\nlines  ',
  `\${x}`,
  '</configuration>',
  'a & b',
);
const badValues = fc.constantFrom(
  'SSE-C',
  'CSE-KMS',
  'false',
  `\${env.X}`,
  'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
);

const blank = fc.constantFrom('', '', '\n', '\n  ', '\n    ', '\n\t', ' ', '\n\n  ', '  \n  ');
const comment = fc.constantFrom(
  '<!-- x -->',
  '<!---->',
  '<!-- <property> </configuration> -->',
  '<!--\n&lt; & ]]>\n-->',
);
const instruction = fc.constantFrom('<?x?>', '<?x y?>', '<?xml-stylesheet href="a.xsl"?>', '<?x </configuration>?>');

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A text as it may be written: whole, split, by reference, in CDATA. */
function written(text: string, temper: Temper): fc.Arbitrary<string> {
  const whole = fc.constant(escapeText(text));
  const cut = (between: fc.Arbitrary<string>) =>
    fc.tuple(fc.nat(text.length), between).map(([at, middle]) => {
      return escapeText(text.slice(0, at)) + middle + escapeText(text.slice(at));
    });
  const reference = fc.nat(Math.max(0, text.length - 1)).map((at) => {
    const point = text.codePointAt(at);
    if (point === undefined || point < 0x20 || (point >= 0xd800 && point < 0xe000)) return escapeText(text);
    const character = String.fromCodePoint(point);
    const written = at % 2 === 0 ? `&#${point};` : `&#x${point.toString(16)};`;
    return escapeText(text.slice(0, at)) + written + escapeText(text.slice(at + character.length));
  });
  const cdata = fc.constant(text.includes(']]>') ? escapeText(text) : `<![CDATA[${text}]]>`);
  const ways = [
    { weight: 8, arbitrary: whole },
    { weight: 1, arbitrary: cut(comment) },
    { weight: 1, arbitrary: cut(instruction) },
    { weight: 1, arbitrary: cut(fc.constantFrom('<b/>', '<b></b>', '<![CDATA[]]>')) },
    { weight: 1, arbitrary: reference },
    { weight: 1, arbitrary: cdata },
  ];
  if (temper === 'tame') return fc.oneof(...ways);
  return fc.oneof(...ways, { weight: 1, arbitrary: cut(fc.constantFrom('<tag>', '</tag><tag>')).map(closeTag) });
}

/** What runs on behind a `<tag>` stands in it. */
function closeTag(text: string): string {
  const opened = text.indexOf('<tag>');
  return text.startsWith('</tag>', opened - 6) ? `<tag>${text}</tag>` : `${text}</tag>`;
}

interface Named {
  readonly name: string;
  readonly value: string | null;
}

function named(temper: Temper): fc.Arbitrary<Named> {
  const values =
    temper === 'tame'
      ? plainValues
      : fc.oneof({ weight: 6, arbitrary: plainValues }, { weight: 1, arbitrary: badValues });
  const names =
    temper === 'tame'
      ? fc.oneof(encryptionProperty, other)
      : fc.oneof(
          { weight: 5, arbitrary: encryptionProperty },
          { weight: 5, arbitrary: other },
          { weight: 1, arbitrary: dangerous },
        );
  return names.chain((name) =>
    fc.record({
      name: fc.constant(name),
      value: fc.option(/algorithm$/.test(name) && temper === 'tame' ? algorithms : values, { freq: 8 }),
    }),
  );
}

/** A `<property>` with children, in any order, perhaps under a prefix. */
function elementForm(temper: Temper): fc.Arbitrary<string> {
  return fc
    .record({ it: named(temper), outer: blank, inner: blank, prefix: fc.constantFrom('', '', '', 'h:') })
    .chain(({ it, outer, inner, prefix }) => {
      const child = (name: string, content: string) => `${inner}<${prefix}${name}>${content}</${prefix}${name}>`;
      const parts: fc.Arbitrary<string>[] = [
        fc
          .tuple(blank, written(it.name, temper), blank)
          .map(([before, text, after]) => child('name', before + text + after)),
      ];
      if (it.value !== null) parts.push(written(it.value, temper).map((text) => child('value', text)));
      parts.push(
        fc.constantFrom('', '', child('final', 'true'), child('final', ' true '), child('final', 'tr<!---->ue')),
        fc.constantFrom('', '', '', child('description', 'a &lt; b'), child('tag', 'CLIENT'), child('source', 'ops')),
        fc.constantFrom('', '', '', inner + child('name', ''), `${inner}<!-- c -->`),
      );
      const declared = prefix === '' ? '' : ' xmlns:h="urn:h"';
      return fc
        .tuple(fc.tuple(...parts), fc.boolean())
        .map(([texts, turned]) => (turned ? texts.toReversed() : texts).join(''))
        .map((content) => `${outer}<${prefix}property${declared}>${content}${outer}</${prefix}property>`);
    });
}

/** `<property name= value= final=/>`. */
function attributeForm(temper: Temper): fc.Arbitrary<string> {
  return fc
    .record({
      it: named(temper),
      outer: blank,
      around: fc.constantFrom('', '', ' ', '&#9;'),
      final: fc.constantFrom('', ' final="true"', " final='TRUE'"),
      prefix: fc.constantFrom('', '', '', 'xml:', 'h:'),
      declared: fc.constantFrom('', '', ' xmlns="name"', ' xmlns:name="x" xmlns:final="true"'),
    })
    .map(({ it, outer, around, final, prefix, declared }) => {
      const quote = (text: string) => `"${escapeText(text).replaceAll('"', '&quot;')}"`;
      const value = it.value === null ? '' : ` value=${quote(it.value)}`;
      const bound = prefix === 'h:' ? ' xmlns:h="urn:h"' : '';
      return `${outer}<property${bound} ${prefix}name="${around}${escapeText(it.name)}${around}"${value}${final}${declared}/>`;
    });
}

/** What stands in the root, and in unknown elements. */
function content(temper: Temper): fc.Arbitrary<string> {
  const { items } = fc.letrec<{ items: string; item: string; nested: string }>((tie) => ({
    items: fc.array(tie('item'), { maxLength: 7, depthIdentifier: 'content' }).map((parts) => parts.join('')),
    item: fc.oneof(
      { depthIdentifier: 'content', maxDepth: 2, depthSize: 'small' },
      { weight: 6, arbitrary: elementForm(temper) },
      { weight: 2, arbitrary: attributeForm(temper) },
      { weight: 1, arbitrary: comment },
      { weight: 1, arbitrary: instruction },
      { weight: 2, arbitrary: blank },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'text',
          '<![CDATA[</configuration>]]>',
          '&amp;',
          '<br/>',
          '<__proto__ constructor="1"/>',
        ),
      },
      { weight: 1, arbitrary: tie('nested') },
    ),
    nested: fc
      .tuple(fc.constantFrom(...(temper === 'tame' ? tameParents : hostileParents)), tie('items'))
      .map(([[open, close], inner]) => open + inner + close),
  }));
  return items;
}

const tameParents = [
  ['<group>', '</group>'],
  ['\n  <configuration a="1">', '</configuration>'],
  ['<include href="more.xml"/><description>', '</description>'],
  ['<include href="more.xml"><fallback>', '</fallback></include>'],
] as const;
const hostileParents = [
  ...tameParents,
  ['<property>', '</property>'],
  ['<property><name>x</name>', '</property>'],
  ['<property>', '<name>fs.s3a.encryption.key</name><value>y</value></property>'],
  ['<value>', '</value>'],
  ['<tag>', '</tag>'],
  ['<include>', '</include>'],
  ['<fallback>', '</fallback>'],
] as const;

/** A whole, well-formed document, with any of the line ends. */
export function documents(temper: Temper): fc.Arbitrary<string> {
  const before = fc.constantFrom(
    '',
    '<?xml version="1.0"?>\n',
    '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet href="a.xsl"?>\n<!-- licence -->\n',
    '\n\n',
  );
  const root = fc.constantFrom('configuration', 'configuration', 'configuration', 'h:configuration');
  const after = fc.constantFrom('', '\n', '\n<!-- end -->\n', '  \n');
  const lineEnd = fc.constantFrom('\n', '\n', '\r\n', '\r');
  const start = fc.constantFrom('', '', ' ', ' a="b > c"', '\n  a="1"\n');
  return fc
    .record({ before, root, start, first: blank, inside: content(temper), last: blank, after, lineEnd })
    .map(({ before, root, start, first, inside, last, after, lineEnd }) => {
      const declared = root.startsWith('h:') ? ' xmlns:h="urn:h"' : '';
      const all = first + inside + last;
      const element = all === '' ? `<${root}${declared}${start}/>` : `<${root}${declared}${start}>${all}</${root}>`;
      return (before + element + after).replaceAll('\n', lineEnd);
    });
}

const fragments = [
  '<',
  '>',
  '&',
  '"',
  "'",
  '/',
  '-->',
  '<!--',
  '<![CDATA[',
  ']]>',
  '<?',
  '?>',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a>',
  '<property>',
  '</property>',
  '<name>',
  '</name>',
  '<value>',
  '</value>',
  '<final>true</final>',
  '<configuration>',
  '</configuration>',
  '<include href="a"/>',
  '<fallback/>',
  '<tag>',
  '</tag>',
  '<h:a>',
  ' xmlns:h=""',
  '&#0;',
  '&#65;',
  'fs.s3a.encryption.key',
  '\ufeff',
  '\u0000',
  '\ufffe',
  '\ud83d',
  ' ',
  '\r',
  '\t',
  'é',
];

/** Documents with a few pieces cut out, put in, doubled or moved. */
export const damaged: fc.Arbitrary<string> = fc
  .tuple(
    documents('hostile'),
    fc.array(
      fc.record({
        at: fc.nat(),
        length: fc.nat(30),
        crumb: fc.constantFrom('', '', ...fragments),
        again: fc.boolean(),
      }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  )
  .map(([document, changes]) =>
    changes.reduce((text, { at, length, crumb, again }) => {
      const from = at % (text.length + 1);
      const piece = text.slice(from, from + length);
      return text.slice(0, from) + crumb + (again ? piece + piece : '') + text.slice(from + length);
    }, document),
  );

/** Texts of any characters, lone surrogates included, and of XML's crumbs. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((parts) => parts.join('')),
  fc
    .array(fc.constantFrom(...fragments), { maxLength: 20 })
    .map((parts) => `<configuration>${parts.join('')}</configuration>`),
);
