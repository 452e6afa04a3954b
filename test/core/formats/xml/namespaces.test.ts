/**
 * Namespaces, as far as Hadoop's parser refuses a document for them.
 */
import { describe, expect, it } from 'vitest';
import { scan } from '../../../../src/core/formats/xml/scan.ts';

const xml = 'http://www.w3.org/XML/1998/namespace';
const xmlns = 'http://www.w3.org/2000/xmlns/';

/** `read`, or where the refused element begins. */
function outcome(text: string): string | number {
  return scan(text, () => {})?.offset ?? 'read';
}

describe('a prefix', () => {
  it.each([
    ['declared on the element itself', '<h:a xmlns:h="u"/>'],
    ['declared around it', '<a xmlns:h="u"><b><h:c h:d="1"/></b></a>'],
    ['declared behind the attribute that has it', '<a h:b="1" xmlns:h="u"/>'],
    ['declared anew inside', '<a xmlns:h="u"><b xmlns:h="v"><h:c/></b></a>'],
    ['xml, which needs no declaration', '<a xml:lang="en"/>'],
    ['xml, declared as what it is', `<a xmlns:xml="${xml}"/>`],
    ['named like a member of Object.prototype', '<constructor:a xmlns:constructor="u"/>'],
  ])('%s is read', (_, text) => expect(outcome(text)).toBe('read'));

  it.each([
    ['not declared', '<h:a/>', 0],
    ['not declared, of an attribute', '<a><b h:c="1"/></a>', 3],
    ['declared beside it only', '<a><b xmlns:h="u"/><h:c/></a>', 19],
    ['declared inside only', '<a><h:b><c xmlns:h="u"/></h:b></a>', 3],
    ['bound to nothing', '<a xmlns:h=""/>', 0],
    ['xmlns, declared', '<a xmlns:xmlns="u"/>', 0],
    ['xmlns, of an element', '<xmlns:a/>', 0],
    ['xml, bound to something else', '<a xmlns:xml="u"/>', 0],
    ["bound to xml's own namespace", `<a xmlns:h="${xml}"/>`, 0],
    ["bound to xmlns's own namespace", `<a xmlns:h="${xmlns}"/>`, 0],
    ['named like a member of Object.prototype and not declared', '<constructor:a/>', 0],
  ])('%s is refused at its element', (_, text, offset) => expect(outcome(text)).toBe(offset));
});

describe('the default namespace', () => {
  it('may be declared, and taken back', () => {
    expect(outcome('<a xmlns="u"><b xmlns=""/></a>')).toBe('read');
  });

  it.each([xml, xmlns])('must not be %s', (uri) => expect(outcome(`<a xmlns="${uri}"/>`)).toBe(0));

  it('is not that of attributes', () => {
    expect(outcome('<a xmlns="u" xmlns:h="u" b="1" h:b="2"/>')).toBe('read');
  });
});
