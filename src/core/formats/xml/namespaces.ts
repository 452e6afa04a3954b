/**
 * XML namespaces, as far as they decide whether Hadoop's parser accepts a document: prefixes must be bound, bindings
 * must be legal, and no element may have one expanded attribute name twice. Hadoop itself looks at local names only.
 */
import { type Attribute, SyntaxFault } from './token.ts';

const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** The prefixes that an element declares, each with its earlier binding, so that `leave` can restore it. */
export type Declared = readonly (readonly [prefix: string, before: string | undefined])[];

const nothing: Declared = [];

/** Hadoop doesn't see namespace declarations as attributes. */
export function isDeclaration({ prefix, local }: Attribute): boolean {
  return prefix === 'xmlns' || (prefix === '' && local === 'xmlns');
}

/** The bindings in force while a document is read from its beginning to its end. */
export class Namespaces {
  private readonly bindings = new Map<string, string>([['xml', XML]]);

  /** @throws SyntaxFault at `offset` where a name or binding is not namespace-well-formed */
  enter(prefix: string, attributes: readonly Attribute[], offset: number): Declared {
    if (attributes.length === 0 && prefix === '') return nothing;
    const declared = this.bind(attributes, offset);
    if (prefix !== '') this.lookUp(prefix, offset);
    this.refuseDuplicates(attributes, offset);
    return declared;
  }

  leave(declared: Declared): void {
    if (declared === nothing) return;
    for (const [prefix, before] of declared.toReversed()) {
      if (before === undefined) this.bindings.delete(prefix);
      else this.bindings.set(prefix, before);
    }
  }

  private bind(attributes: readonly Attribute[], offset: number): Declared {
    let declared: [string, string | undefined][] | undefined;
    for (const attribute of attributes) {
      if (!isDeclaration(attribute)) continue;
      const prefix = attribute.prefix === '' ? '' : attribute.local;
      const uri = attribute.value;
      refuseIllegalBinding(prefix, uri, offset);
      if (prefix === '' || prefix === 'xml') continue;
      declared ??= [];
      declared.push([prefix, this.bindings.get(prefix)]);
      this.bindings.set(prefix, uri);
    }
    return declared ?? nothing;
  }

  private lookUp(prefix: string, offset: number): string {
    const uri = this.bindings.get(prefix);
    if (uri === undefined) throw new SyntaxFault(offset, `the namespace prefix ${prefix} is not declared`);
    return uri;
  }

  private refuseDuplicates(attributes: readonly Attribute[], offset: number): void {
    const seen = new Set<string>();
    for (const attribute of attributes) {
      const { prefix, local } = attribute;
      const declaration = isDeclaration(attribute);
      const uri = declaration ? XMLNS : prefix === '' ? '' : this.lookUp(prefix, offset);
      const expanded = `${uri} ${declaration && prefix === '' ? '' : local}`;
      if (seen.has(expanded)) throw new SyntaxFault(offset, `the attribute "${local}" is repeated`);
      seen.add(expanded);
    }
  }
}

function refuseIllegalBinding(prefix: string, uri: string, offset: number): void {
  if (prefix === 'xmlns') throw new SyntaxFault(offset, 'the prefix xmlns must not be declared');
  if (prefix === 'xml' && uri !== XML) throw new SyntaxFault(offset, 'the prefix xml must not be bound anew');
  if ((prefix !== 'xml' && uri === XML) || uri === XMLNS) {
    throw new SyntaxFault(offset, `the reserved namespace ${uri} must not be bound`);
  }
  if (prefix !== '' && uri === '') throw new SyntaxFault(offset, `the prefix ${prefix} is bound to an empty name`);
}
