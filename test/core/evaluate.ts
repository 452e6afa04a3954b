/**
 * What Hadoop makes of a well-formed file, told by a few lines that share nothing with src/core: a second opinion for
 * the tests. Includes are not followed.
 */

/** One reading of a file among those that Hadoop's versions and the outside world allow. */
export interface ClusterClient {
  /** 3.x reads `<tag>` apart; to 2.10 it is an unknown element, whose text runs on. */
  readonly knowsTag: boolean;
  /** Whether included files are there; where one is not, its `<fallback>` counts. */
  readonly includesLoad: boolean;
}

export const worlds: readonly ClusterClient[] = [true, false].flatMap((knowsTag) =>
  [true, false].map((includesLoad) => ({ knowsTag, includesLoad })),
);

export interface Setting {
  readonly name: string;
  readonly value: string | null;
  readonly final: boolean;
  /** The first `<source>`, where there is one. */
  readonly source: string | null;
}

const markup =
  /^\uFEFF|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[(?<cdata>[\s\S]*?)\]\]>|<\/(?<end>[^\s>]+)\s*>|<(?<start>[^\s/>]+)(?<attributes>(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?<empty>\/?)>|(?<text>[^<]+)/gy;

/** The properties in the order in which Hadoop takes them over. */
export function settingsOf(document: string, { knowsTag, includesLoad }: ClusterClient): Setting[] {
  const settings: Setting[] = [];
  const own = new Set(['name', 'value', 'final', 'source', ...(knowsTag ? ['tag'] : [])]);
  const nothing = { name: null, value: null, final: false, source: null };
  let now: Omit<Setting, 'name'> & { readonly name: string | null } = nothing;
  let token = '';
  let missing = false;
  let fallback = false;

  const start = (name: string, attributes: ReadonlyMap<string, string>) => {
    if (own.has(name)) token = '';
    if (name === 'fallback') fallback = true;
    if (name === 'include' && attributes.has('href')) missing = !includesLoad;
    if (name !== 'property') return;
    const written = (attribute: string) => attributes.get(attribute) ?? null;
    now = {
      name: written('name'),
      value: written('value'),
      final: written('final') === 'true',
      source: written('source'),
    };
  };
  const end = (name: string) => {
    if (name === 'name' && token !== '') now = { ...now, name: token.replace(/^[\0- ]+|[\0- ]+$/g, '') };
    if (name === 'value' && token !== '') now = { ...now, value: token };
    if (name === 'final') now = { ...now, final: token === 'true' };
    if (name === 'source') now = { ...now, source: now.source ?? token };
    if (name === 'include') missing = fallback = false;
    if (name === 'property' && now.name !== null && (missing || !fallback)) settings.push({ ...now, name: now.name });
  };

  let read = 0;
  for (const { 0: matched, groups = {} } of document.matchAll(markup)) {
    read += matched.length;
    if (groups.start !== undefined) {
      start(local(groups.start), readAttributes(groups.attributes ?? ''));
      if (groups.empty !== '') end(local(groups.start));
    } else if (groups.end !== undefined) end(local(groups.end));
    else if (groups.text !== undefined) token += resolve(groups.text.replace(/\r\n?/g, '\n'));
    else if (groups.cdata !== undefined) token += groups.cdata.replace(/\r\n?/g, '\n');
  }
  if (read !== document.length) throw new Error(`no markup at ${read}: ${document.slice(read, read + 40)}`);
  return settings;
}

export interface Effect {
  readonly values: ReadonlyMap<string, string>;
  readonly finals: ReadonlySet<string>;
}

/** What the names end up with: the last value, until the first final. */
export function effectOf(settings: readonly Setting[]): Effect {
  const values = new Map<string, string>();
  const finals = new Set<string>();
  for (const { name, value, final } of settings) {
    if (!finals.has(name) && value !== null) values.set(name, value);
    if (final) finals.add(name);
  }
  return { values, finals };
}

const encryptionName =
  /^(?:server-side-encryption-algorithm|server-side-encryption[.-]key|encryption\.(?:algorithm|key))$/;

/**
 * Whether a setting must not stay beside ours: it decides how S3A encrypts, for all buckets or for one that isn't
 * unmanaged; what we once wrote for an unmanaged one has to go, too.
 */
export function mayNotStay({ name, source }: Setting, ruled: Ruled): boolean {
  const buckets = bucketsOf(name);
  const contextsBuckets = contextBucketsOf(name);
  if (buckets.length + contextsBuckets.length === 0) return false;
  if (source?.startsWith('KmsKeyAssignment/')) return true;
  const isRuled = (bucket: string | null) => bucket === null || !ruled.unmanaged.includes(bucket);
  return (
    buckets.some(isRuled) ||
    contextsBuckets.some(
      (bucket) => isRuled(bucket) && (ruled.contexts === 'all' || (bucket !== null && ruled.contexts.includes(bucket))),
    )
  );
}

/** What an assignment rules beside algorithm and key. */
export interface Ruled {
  readonly unmanaged: readonly string[];
  /** The buckets whose encryption context it decides. */
  readonly contexts: 'all' | readonly string[];
}

/** The same for its encryption context. */
function contextBucketsOf(name: string): readonly (string | null)[] {
  const trimmed = name.replace(/^[\0- ]+|[\0- ]+$/g, '');
  if (trimmed === 'fs.s3a.encryption.context') return [null];
  return withLongForm(/^fs\.s3a\.bucket\.(.+)\.encryption\.context$/s.exec(trimmed)?.[1]);
}

/** The buckets whose encryption a name may decide; null for all of them. */
export function bucketsOf(name: string): readonly (string | null)[] {
  const trimmed = name.replace(/^[\0- ]+|[\0- ]+$/g, '');
  if (trimmed.startsWith('fs.s3a.') && encryptionName.test(trimmed.slice(7))) return [null];
  const one = /^fs\.s3a\.bucket\.(.+)\.((?:server-side-)?encryption[.-](?:algorithm|key))$/s.exec(trimmed);
  const [, bucket, form = ''] = one ?? [];
  if (!encryptionName.test(form)) return [];
  // the dash has no long form
  return form === 'server-side-encryption-key' ? [bucket ?? ''] : withLongForm(bucket);
}

/** What ends in `.fs.s3a` is also the start of the long form for the bucket in front of it. */
function withLongForm(bucket: string | undefined): readonly string[] {
  if (bucket === undefined) return [];
  return bucket.length > '.fs.s3a'.length && bucket.endsWith('.fs.s3a') ? [bucket, bucket.slice(0, -7)] : [bucket];
}

function readAttributes(raw: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', quoted = ''] of raw.matchAll(/\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
    if (/^xmlns(?::|$)/.test(name)) continue; // a declaration is no attribute
    found.set(local(name), resolve(quoted.slice(1, -1).replace(/\r\n|[\t\n\r]/g, ' ')));
  }
  return found;
}

const characters = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', apos: "'", quot: '"' }));

function resolve(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|(\w+));/gi, (_, hexadecimal, decimal, name) =>
    name === undefined
      ? String.fromCodePoint(hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16))
      : (characters.get(name) ?? ''),
  );
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
