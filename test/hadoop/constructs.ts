// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Hadoop's variables
/**
 * Small documents made of every construct on whose reading a promise may hang: XML's own corners, Hadoop's state
 * machine, and every spelling of an encryption setting.
 */
export interface Document {
  /** What is in it, or the file it comes from. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** As SSE-C needs it. */
const ownKey = Buffer.alloc(32, 'secret').toString('base64');
const encoder = new TextEncoder();
const declared = '<?xml version="1.0"?>\n';
const key = 'fs.s3a.encryption.key';
const setting = `<property><name>${key}</name><value>arn:BAD</value></property>`;
const other = '<property><name>other.name</name><value>kept</value></property>';

/** Directly in the root, before a setting and another property. */
const inRoot: readonly string[] = [
  // processing instructions and comments
  ...['<?a:b c?>', '<?a: c?>', '<?:a c?>', '<?xml-x?>', '<?XML a?>', '<?xml version="1.0"?>', '<??>', '<? a?>'],
  ...['<?a?>', '<?a??>', '<?a b? ?>', '<?a"b"?>', '<?a?b?>', '<?a >', '<?a \x01?>', '<?a \ufffe?>', '<?1a?>', '<?é?>'],
  ...['<!-- a --->', '<!-- a -->->', '<!-- a--b -->', '<!--->', '<!---->', '<!----->', '<!-->-->', '<!-- - - -->'],
  ...['<!--\x01-->', '<!--\x7f\x80\x9f-->', '<!--&bad; ]]> < -->', '<!-- <property> -->', '<!-x-->', '<!foo>'],
  // CDATA and text
  ...['<![CDATA[</configuration>]]>', '<![CDATA[]]>', '<![cdata[x]]>', '<![CDATA [x]]>', '<![CDATA[x', '<!DOCTYPE a>'],
  ...['hello', '&lt;', '&lt;property&gt;', ']]>', ']]]>', ']]&gt;', '<a/>]]>', 'a > b', '\u00a0', '\ufeff', '\u0085'],
  // tags
  ...['<a/ >', '< a></a>', '<a></a >', '<a></ a>', '<a></a\n>', '<a ></a>', '<a b="1"c="2"/>', '<a b \n=\t "1"/>'],
  ...['<a b="<"/>', '<a b=">"/>', '<a b="&"/>', '<a b="&foo;"/>', '<a b="]]>"/>', `<a b='"'/>`, '<a b=1/>', '<a b/>'],
  ...['<a></a b="1">', '<a/b>', '<a//>', '<>', '<a></>', '<a<b/>', '<a>></a>', '<a><b></a></b>', '<a></A>', '<a>'],
  ...['<a b="1" b="1"/>', '<prop&#101;rty/>', '<property', '</property>', '</configuration>', '<configuration/>'],
  // names
  ...['é', 'ñandú', '日本', 'a·b', '·a', '-a', '.a', '1a', '_a', 'a.b-c_d', '𠀀', '😀', 'a😀', '\u{10ffff}'].map(
    element,
  ),
  ...['ª', 'µ', '×', '÷', '‿', 'a‿', '⁰', '\u200c', 'Ⰰ', '、', '\ud7ff', '豈', '\ufdd0', '\ufffd', '\u037e'].map(
    element,
  ),
  ...['\u0e33', '\u0eaf', '\u212e', '\u2180', '\u2183', '\u3007', '\u3021', '\u02ff', '\u0300', 'a\u0300'].map(element),
  ...['\u0221', 'a\u0221', 'ẞ', 'a\u0487', 'a\u20d0', 'a\u06dd', 'a\u2028', 'a\u00a0', 'a\u0085', 'é'].map(element),
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'xml', 'xmlns', 'XMLfoo', 'xml:a', 'xmlns:a'].map(
    element,
  ),
  // namespaces
  ...[':a', 'a:', 'a:b:c', 'a::b', 'a:1b', ':', 'a:b'].flatMap((name) => [element(name), bound(name)]),
  ...['xmlns:a=""', 'xmlns=""', 'xmlns="" xmlns="b"', 'xmlns:a="a" xmlns:a="a"', 'xmlns:="u"', 'xmlns:xmlfoo="u"'].map(
    has,
  ),
  ...['xmlns:xml="http://www.w3.org/XML/1998/namespace"', 'xmlns:xml="u"', 'xmlns:xmlns="u"', 'xml:lang="en"'].map(has),
  ...['xmlns:p="http://www.w3.org/XML/1998/namespace"', 'xmlns="http://www.w3.org/XML/1998/namespace"'].map(has),
  ...['xmlns:p="http://www.w3.org/2000/xmlns/"', 'xmlns="http://www.w3.org/2000/xmlns/"', ':a="1"', 'a:="1"'].map(has),
  ...['p:a="1"', 'p:a="1" xmlns:p="u"', 'a:b:c="1" xmlns:a="u"', ':="1"', '1="1"', '😀="1"', '__proto__="1"'].map(has),
  ...['xmlns:a="u" xmlns:b="u" a:x="1" b:x="2"', 'xmlns:a="u" xmlns:b="v" a:x="1" b:x="2"'].map(has),
  ...['xmlns:a="u" xmlns:b="&#117;" a:x="1" b:x="2"', 'xmlns:a="u&#9;" xmlns:b="u " a:x="1" b:x="2"'].map(has),
  ...['xmlns:a="u\t" xmlns:b="u " a:x="1" b:x="2"', 'xmlns="u" xmlns:a="u" a:x="1" x="2"'].map(has),
  ...['<a:x xmlns:a="u" xmlns:b="u"></b:x>', '<y xmlns:a="u"/><a:z/>', '<y xmlns:a="u"><a:z/></y>'],
  '<y xmlns:a="u"><z xmlns:a=""><a:w/></z></y>',
  // outside any property
  ...[
    '<value>zz</value>',
    `<name>${key}</name><value>r</value>`,
    `<name>${key}</name><property/>`,
    '<final>true</final>',
  ],
  ...[`<x><y>${setting}</y></x>`, `<configuration>${setting}</configuration>`, `<description>${setting}</description>`],
  // includes and fallbacks
  ...['<include/>', '<include href="none.inc"/>', '<include href="none.inc"><fallback/></include>', '<fallback/>'],
  ...[`<include href="none.inc"><fallback>${setting}</fallback></include>`, '<include><fallback/></include>'],
  ...['<include href="inc.inc"/>', `<include href="inc.inc"><fallback>${setting}</fallback></include>`],
  ...[`<fallback>${other}</fallback>`, '<fallback/><include/>', '<p:fallback xmlns:p="u"/>', '<a fallback="x"/>'],
  ...['<include href="inc.inc"><fallback/><include/></include>', '<i:include xmlns:i="u" i:href="inc.inc"/>'],
];

/** Inside `<property>`; each is tried with the setting's name and with another one for N. */
const inProperty: readonly string[] = [
  ...['<name>N<value>b</value>c</name>', '<name>a<name>N</name></name><value>v</value>', '<name>a<value/>N</name>'],
  ...[
    '<name><x>fs.s3a.</x>encryption.key</name><value>v</value>',
    '<name>fs.s3a<x/>.encryption.key</name><value>v</value>',
  ],
  ...[
    '<name>fs.s3a.<!--x-->encryption.key</name><value>v</value>',
    '<name>fs.s3a.<?x?>encryption.key</name><value>v</value>',
  ],
  ...[
    '<name>fs.s3a.<![CDATA[encryption]]>.key</name><value>v</value>',
    '<name>fs.s3a.encryption&#46;key</name><value>v</value>',
  ],
  ...['<name>N</name><value>v<final>true</final>w</value>', '<name>N</name><value>true<final></final>x</value>'],
  ...['<value>v</value><final><name>N</name></final>', '<name>N</name><value>v</value><final>tr<x/>ue</final>'],
  ...[
    '<name>N</name><value>x<property/>y</value>',
    '<name>N</name><value>x<property><name>n</name></property>y</value>',
  ],
  ...['<name>N<configuration/></name><value>1</value>', '<name>N<description>d</description></name><value>1</value>'],
  ...[
    '<name>x<tag>t</tag>N</name><value>1</value>',
    '<name>N<tag/></name><value>1</value>',
    '<tag>t</tag><name>N</name>',
  ],
  ...['<name>fs.s3a.<tag></tag>encryption.key</name><value>1</value>', '<name>N</name><value>a<tag>t</tag>b</value>'],
  ...['<name>N</name><value>v</value><final>tr<tag/>ue</final>', '<name>N</name><value>v</value><tag>t,u</tag>'],
  ...['<name>x<source>s</source>N</name><value>1</value>', '<name>N</name>zz<value>v</value>zz'],
  ...['<name><x><value>v</value></x>N</name><value>w</value>', '<value>v</value><name/><name>N</name>'],
  ...[
    '<name>N</name><value>v</value><name/>',
    '<name>N</name><value>v</value><name> </name>',
    '<name> </name><value>v</value>',
  ],
  ...[
    '<name>&#9;&#10;N\r\n</name><value>v</value>',
    '<name>\u00a0N</name><value>v</value>',
    '<name>N\ufeff</name><value>v</value>',
  ],
  ...['<name>x</name><name>N</name><value>v</value>', '<name>N</name><name>x</name><value>v</value>'],
  // nested properties, which Hadoop reads one after the other
  ...[
    '<name>N</name><value>1</value><property><name>i</name><value>2</value></property>',
    '<property><name>N</name></property>',
  ],
  ...['<property><name>N</name><value>1</value></property><name>o</name><value>2</value>', '<name>N</name><property/>'],
  ...[
    '<property><name>i</name><value>1</value></property><name>N</name>',
    '<property><name>N</name><value>1</value></property>',
  ],
  ...[
    '<property><name>N</name><value>1</value></property><value>2</value>',
    '<name>N</name><property/><value>w</value>',
  ],
  ...[
    '<property><name>N</name><value>1</value><final>true</final></property><name>o</name>',
    '<property/><name>N</name><value>1</value>',
  ],
  ...[
    '<name>i</name><value>1</value><property name="N" value="2" final="true"/>',
    '<name>N</name><value>1</value><property name="x"/>',
  ],
  '<property><name>N</name><value>1</value><property><name>j</name><value>2</value></property></property>',
  // values and finals
  ...[
    '<name>N</name>',
    '<name>N</name><value/>',
    '<name>N</name><value> </value>',
    '<name>N</name><value><!-- c --></value>',
  ],
  ...['<name>N</name><final>true</final>', '<name>N</name><value></value><final>true</final>', '<value>1</value>'],
  ...['', ' true', 'true\n', 'True', 'tr<!--x-->ue', '<![CDATA[true]]>', 'tru&#101;', '<x>true</x>'].map(
    (final) => `<name>N</name><value>1</value><final>${final}</final>`,
  ),
  ...['<final>false</final>', '<final/>', '<final>x</final><final>true</final>'].map(
    (final) => `<name>N</name><value>1</value><final>true</final>${final}`,
  ),
  '<name>N</name><value>1</value><description>a<final>true</final></description>',
  // includes
  ...['<include/>', '<include href="inc.inc"/>', '<include href="none.inc"><fallback/></include>', '<fallback/>'].map(
    (include) => `<name>N</name>${include}<value>1</value>`,
  ),
  '<name>N</name><value>x<include href="inc.inc"/>y</value>',
];

/** The attribute form, for N likewise. */
const attributeForms: readonly string[] = [
  ...[
    '<property name="N" value="1"/>',
    '<property name="N" value="1" final="true"/>',
    '<property value="1" name="N"/>',
  ],
  ...['<property name="N" value="1" final=" true"/>', '<property name="N" value="1" final="true"><final/></property>'],
  ...[
    '<property name="N" value="1"><final>true</final></property>',
    '<property name="N" value="1"><value>2</value></property>',
  ],
  ...['<property name="N" value="1"><value/></property>', '<property name="N" value="1"><name>b</name></property>'],
  ...['<property name="N" value="1"><name/></property>', '<property name="b" value="1"><name>N</name></property>'],
  ...[
    '<property name=" N " value="1"/>',
    '<property name=" N" value="1" final="true"/>',
    '<property name="N&#9;" value="1"/>',
  ],
  ...[
    '<property name="N"/>',
    '<property name="N" final="true"/>',
    '<property Name="N" value="1"/>',
    '<property name="" value="1"/>',
  ],
  ...['<property name="N" value="" final="true"/>', '<property name="N" value="1" tag="t" source="s"/>'],
  ...[
    '<p:property xmlns:p="u" p:name="N" p:value="1"/>',
    '<property xml:name="N" value="1"/>',
    '<property xmlns:name="N" value="1"/>',
  ],
  ...['<property xmlns:a="u" name="x" a:name="N" value="1"/>', '<property xmlns:a="u" a:name="N" name="x" value="1"/>'],
  '<p:property xmlns:p="u"><p:name>N</p:name><p:value>1</p:value><p:final>true</p:final></p:property>',
];

/** Text in a value, as an element and as an attribute. */
const values: readonly string[] = [
  ...['&#0;', '&#1;', '&#8;', '&#9;', '&#10;', '&#13;', '&#31;', '&#x7F;', '&#x80;', '&#x85;', '&#xD7FF;', '&#xD800;'],
  ...['&#xDFFF;', '&#xE000;', '&#xFFFD;', '&#xFFFE;', '&#xFFFF;', '&#x10000;', '&#x1FFFE;', '&#x10FFFF;', '&#x110000;'],
  ...[
    '&#x100000041;',
    '&#4294967361;',
    '&#65;',
    '&#x000000000041;',
    '&#X41;',
    '&#x;',
    '&#;',
    '&#xG;',
    '&# 65;',
    '&#65',
  ],
  ...['&#-65;', '&#65a;', '&amp;', '&quot;&apos;&gt;', '&AMP;', '&nbsp;', '&', '& ', '&amp', '&amp ;', '&#38;lt;'],
  ...[
    '&#60;',
    '&lt;b/&gt;',
    '&#xD83D;&#xDE00;',
    'a>b',
    'a]]b',
    'a\x7f\x80\x85\u2028b',
    '\u{1f600}\u{10ffff}',
    '\ud800',
  ],
  ...['a\x00b', 'a\x0bb', 'a\x0cb', 'a\x1fb', 'a\ufffeb', 'a\uffffb', 'a\ufdd0b', 'a\ufeffb', 'a\rb\r\nc\nd\r\r\ne'],
  ...['a&#13;b&#13;\nc', ' a\tb ', '\u00a0', '${other.name}', '$', '${', '${env.HOME}', '<![CDATA[a]]]]>>b'],
];

const prologues: readonly string[] = [
  ...['', ' ', '\n', '<?a b?><!-- c -->\n', '<![CDATA[]]>', 'x', '&#32;', '\u00a0', '<a/>', '</a>', '<!---', '\ufeff'],
  ...['<?xml version="1.0" ?>', "<?xml version='1.0'?>", '<?xml  version = "1.0"\n?>', '<?xml\tversion="1.0"?>'],
  ...[
    '<?xml version="1.1"?>',
    '<?xml version="1.2"?>',
    '<?xml version="1"?>',
    '<?xml version=""?>',
    '<?xml version=" 1.0"?>',
  ],
  ...[
    '<?xml?>',
    '<?xml ?>',
    '<?xml encoding="UTF-8"?>',
    '<?xml version="1.0" standalone="yes"?>',
    ' <?xml version="1.0"?>',
  ],
  ...['<?xml version="1.0" standalone="maybe"?>', '<?xml version="1.0" standalone="no" encoding="UTF-8"?>'],
  ...[
    '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>',
    '<?xml version="1.0" encoding="UTF-8"standalone="no"?>',
  ],
  ...['<?xml version="1.0"encoding="UTF-8"?>', '<?xml version="1.0" foo="a"?>', '<?xml version="1.0" version="1.0"?>'],
  ...[
    '<?xml version="1.0" encoding="UTF-8" ??>',
    '<?xml version="1.0">',
    '<?xml version=1.0?>',
    '<?XML version="1.0"?>',
  ],
  ...['<?xml\r\nversion="1.0"\r\nencoding="UTF-8"\r\n?>', '<?xml Version="1.0"?>', '<?xml version="&#49;.0"?>'],
  ...['<!DOCTYPE configuration>', '<!DOCTYPE configuration [<!ENTITY e "x">]>', '<!doctype configuration>'],
  ...['UTF-8', 'utf-8', 'UTF8', 'UTF_8', 'utf 8', 'u-t-f-8', 'UTF--8', 'csUTF8', 'UTF-8 ', ' UTF-8', 'UTF-08', ''].map(
    encoding,
  ),
  ...[
    'unicode-1-1-utf-8',
    'x-utf-8',
    'UTF',
    'utf-7',
    'CESU-8',
    'US-ASCII',
    'us-ascii',
    'ascii',
    'csASCII',
    'a-s-c-i-i',
  ].map(encoding),
  ...['ISO646-US', 'cp367', 'us', 'ISO-8859-1', 'latin1', 'windows-1252', 'UTF-16', 'UTF-16LE', 'UTF-32', 'GBK'].map(
    encoding,
  ),
  ...[
    'ISO-2022-JP',
    'IBM037',
    'nosuch',
    `UTF-8${' '.repeat(54)}`,
    `UTF-8${' '.repeat(55)}`,
    `UTF-8${' '.repeat(60)}`,
  ].map(encoding),
];

const epilogues: readonly string[] = [
  ...[
    '\n<!-- x --><?a b?> \r\n\t',
    '<a/>',
    '</a>',
    '<![CDATA[ ]]>',
    'x',
    '&#32;',
    '\u00a0',
    '\ufeff',
    '\x85',
    '\x1a',
    '\x0c',
  ],
  ...['<!-- ', '<', '<!DOCTYPE a>', '<?xml version="1.0"?>', '\x00', '\u2028'],
];

const wholes: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a byte order mark alone', '\ufeff'],
  ['two byte order marks', '\ufeff\ufeff<configuration/>'],
  ['a byte order mark, a blank, a declaration', '\ufeff <?xml version="1.0"?><configuration/>'],
  ['an empty root', '<configuration/>'],
  ['an empty root with a prefix', '<p:configuration xmlns:p="u"/>'],
  ['a root with attributes and blanks', '<configuration\n  xmlns="u"\n  a=">" >\n</configuration >'],
  ['a root that is not closed', `<configuration>${setting}`],
  ['a root named fallback', `<fallback>${setting}</fallback>`],
  ['a root named include', '<include href="inc.inc"/>'],
  ['a root named property', '<property name="other.name" value="kept"/>'],
  [
    'carriage returns only',
    `${declared}<configuration>\n${setting}\n${other}\n</configuration>\n`.replaceAll('\n', '\r'),
  ],
  ['elements 1000 deep', `<configuration>${'<a>'.repeat(999)}${'</a>'.repeat(999)}${setting}</configuration>`],
  ['elements 1001 deep', `<configuration>${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}${setting}</configuration>`],
  ['an empty element 1001 deep', `<configuration>${'<a>'.repeat(999)}<a/>${'</a>'.repeat(999)}</configuration>`],
  ['1000 attributes', `<configuration><a ${many(1000, 'a')}/>${setting}</configuration>`],
  ['1022 attributes', `<configuration><a ${many(1022, 'a')}/>${setting}</configuration>`],
  [
    '500 declarations and 500 attributes',
    `<configuration><a ${many(500, 'xmlns:a')} ${many(500, 'b')}/></configuration>`,
  ],
  ['an attribute of 500,000 characters', `<configuration><a b="${'v'.repeat(500_000)}"/>${setting}</configuration>`],
  ['a value of 900,000 characters', `<configuration>${other.replace('kept', 'v'.repeat(900_000))}</configuration>`],
  ['20,000 properties', `<configuration>${setting.repeat(5000)}${'<a/>'.repeat(5000)}</configuration>`],
];

/** What no string can hold. */
const bytes: readonly (readonly [string, readonly number[]])[] = [
  ['an overlong slash', [0xc0, 0xaf]],
  ['an overlong less-than sign', [0xc0, 0xbc]],
  ['an overlong slash of three bytes', [0xe0, 0x80, 0xaf]],
  ['an overlong zero', [0xc0, 0x80]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a byte of Latin-1', [0xe9]],
  ['a continuation alone', [0x80]],
  ['a code point beyond the last', [0xf4, 0x90, 0x80, 0x80]],
];

const settings: readonly string[] = ['', 'bucket.b1.', 'bucket.b1.fs.s3a.', 'bucket.my.bucket.', 'bucket.b2.'].flatMap(
  (prefix) =>
    [
      ...['encryption.key', 'server-side-encryption.key', 'server-side-encryption-key', 'encryption.algorithm'],
      ...['server-side-encryption-algorithm', 'server-side-encryption.algorithm', 'encryption-key'],
    ].map((name) => `fs.s3a.${prefix}${name}`),
);

export function buildConstructs(): Document[] {
  const found: [string, string][] = [];
  const add = (name: string, text: string): void => void found.push([name, text]);
  const file = (content: string): string => `${declared}<configuration>${content}</configuration>\n`;
  for (const content of inRoot) add(`in the root: ${content}`, file(`${content}${setting}${other}`));
  for (const name of [key, 'plain.name']) {
    for (const content of inProperty) {
      const property = `<property>${content.replaceAll('N', name)}</property>`;
      add(`in a property: ${content} for ${name}`, file(`${other}${property}`));
    }
    for (const content of attributeForms)
      add(`${content} for ${name}`, file(`${other}${content.replaceAll('N', name)}`));
  }
  for (const value of values) {
    add(`the value ${value}`, file(`<property><name>plain.name</name><value>[${value}]</value></property>${setting}`));
    add(`the attribute ${value}`, file(`<property name="plain.name" value="[${value}]"/>${setting}`));
  }
  for (const prologue of prologues) {
    add(`begins with ${prologue}`, `${prologue}<configuration>${other}${setting}</configuration>`);
    add(`begins with ${prologue}, with é`, `${prologue}<configuration><!--é-->${other}</configuration>`);
  }
  for (const epilogue of epilogues)
    add(`ends with ${epilogue}`, `<configuration>${setting}</configuration>${epilogue}`);
  for (const name of settings) {
    for (const value of ['arn:BAD', '', ' ', 'AES256', 'SSE-C', 'sse-kms', '${env.KEY}', ownKey]) {
      add(`${name} = ${value}`, file(`<property><name>${name}</name><value>${value}</value></property>${other}`));
    }
    add(`${name}, final`, file(`<property><name>${name}</name><value>arn:BAD</value><final>true</final></property>`));
    add(
      `${name}, final without a value`,
      file(`<property><name>${name}</name><final>true</final></property>${setting}`),
    );
    add(`${name} with a blank behind it`, file(`<property name="${name} " value="arn:BAD"/>${other}`));
  }
  for (const context of ['fs.s3a.encryption.context', 'fs.s3a.bucket.b1.encryption.context'])
    add(`${context} = k=v`, file(`<property><name>${context}</name><value>k=v</value></property>${setting}`));
  for (const value of ['false', 'FALSE', ' false ', '${other.name}', 'fal${x}', 'true', 'no', '', '${env.X}']) {
    const fallback = `<property><name>hadoop.security.credential.clear-text-fallback</name><value>${value}</value></property>`;
    add(
      `clear-text-fallback ${value}`,
      file(`${fallback}<property><name>x</name><value>se</value></property>${other}`),
    );
    add(`clear-text-fallback ${value} = false`, file(`${fallback}${other.replace('kept', 'false')}`));
  }
  for (const [name, text] of wholes) add(name, text);
  return [
    ...found.map(([name, text]) => ({ name: visible(name), bytes: encoder.encode(text) })),
    ...bytes.flatMap(([name, special]) => [
      { name: `${name} in a value`, bytes: around(special, '<value>', '</value>') },
      { name: `${name} in a comment`, bytes: around(special, '<!--', '-->') },
    ]),
  ];
}

function around(special: readonly number[], before: string, after: string): Uint8Array {
  const open = encoder.encode(`<configuration>${setting}<property><name>plain.name</name>${before}[`);
  return Uint8Array.from([...open, ...special, ...encoder.encode(`]${after}</property></configuration>`)]);
}

function element(name: string): string {
  return `<${name}/>`;
}

function bound(name: string): string {
  return `<${name} xmlns:a="u"/>`;
}

function has(attributes: string): string {
  return `<x ${attributes}/>`;
}

function encoding(name: string): string {
  return `<?xml version="1.0" encoding="${name}"?>`;
}

function many(count: number, name: string): string {
  return Array.from({ length: count }, (_, index) => `${name}${index}="v"`).join(' ');
}

/** Fit for a report: what can't be seen is written out. */
function visible(name: string): string {
  const short = name.length > 160 ? `${name.slice(0, 150)}… (${name.length})` : name;
  return short.replace(
    /[^\u0020-\u007e\u00a1-\u02ff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
