/**
 * XML namespaces, as far as they decide whether Hadoop's parser accepts a document: prefixes must be bound, bindings
 * must be legal, and no element may have one expanded attribute name twice. Hadoop itself looks at local names only.
 */
import { type Attribute, SyntaxFault } from './token.ts';

const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** The bindings in force at one element; a child inherits its parent's. */
export type Scope = ReadonlyMap<string, string>;

/** The bindings outside the root. */
export const outermost: Scope = new Map();

/**
 * The scope inside an element, given the one around it.
 * @throws SyntaxFault at `offset` where a name or binding is not namespace-well-formed.
 */
export function enterElement(around: Scope, prefix: string, attributes: readonly Attribute[], offset: number): Scope {
  if (attributes.length === 0 && prefix === '') return around;
  const scope = declare(around, attributes, offset);
  if (prefix !== '') lookUp(scope, prefix, offset);
  refuseDuplicates(scope, attributes, offset);
  return scope;
}

function isDeclaration(attribute: Attribute): boolean {
  return attribute.prefix === 'xmlns' || (attribute.prefix === '' && attribute.local === 'xmlns');
}

function declare(around: Scope, attributes: readonly Attribute[], offset: number): Scope {
  let scope: Map<string, string> | undefined;
  for (const attribute of attributes) {
    if (!isDeclaration(attribute)) continue;
    const prefix = attribute.prefix === '' ? '' : attribute.local;
    const uri = attribute.value;
    if (prefix === 'xmlns') throw new SyntaxFault(offset, 'the prefix xmlns must not be declared');
    if (prefix === 'xml' && uri !== XML) throw new SyntaxFault(offset, 'the prefix xml must not be bound anew');
    if ((prefix !== 'xml' && uri === XML) || uri === XMLNS) {
      throw new SyntaxFault(offset, `the reserved namespace ${uri} must not be bound`);
    }
    if (prefix !== '' && uri === '') throw new SyntaxFault(offset, `the prefix ${prefix} is bound to an empty name`);
    if (prefix === '' || prefix === 'xml') continue;
    scope ??= new Map(around);
    scope.set(prefix, uri);
  }
  return scope ?? around;
}

function lookUp(scope: Scope, prefix: string, offset: number): string {
  const uri = prefix === 'xml' ? XML : scope.get(prefix);
  if (uri === undefined) throw new SyntaxFault(offset, `the namespace prefix ${prefix} is not declared`);
  return uri;
}

function refuseDuplicates(scope: Scope, attributes: readonly Attribute[], offset: number): void {
  if (attributes.length === 0) return;
  const seen = new Set<string>();
  for (const attribute of attributes) {
    const declaration = isDeclaration(attribute);
    const uri = declaration ? XMLNS : attribute.prefix === '' ? '' : lookUp(scope, attribute.prefix, offset);
    const expanded = `${uri} ${declaration && attribute.prefix === '' ? '' : attribute.local}`;
    if (seen.has(expanded)) throw new SyntaxFault(offset, `the attribute "${attribute.local}" is repeated`);
    seen.add(expanded);
  }
}
