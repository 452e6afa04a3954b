/**
 * The XML declaration: only XML 1.0 in UTF-8 or ASCII is read.
 */
import { describe, expect, it } from 'vitest';
import { scan } from '../../../../src/core/formats/xml/scan.ts';

/** `read`, or why not and where. */
function outcome(text: string): string {
  const fault = scan(text, () => {});
  return fault === null ? 'read' : `${fault.reason} at ${fault.offset}`;
}

const declared = (inside: string, rest = '<a/>') => outcome(`<?xml ${inside}?>${rest}`);

describe('a declaration', () => {
  it.each([
    'version="1.0"',
    "version='1.0'",
    'version = "1.0"',
    'version="1.0" encoding="UTF-8"',
    'version="1.0"\r\n encoding="UTF-8"\t standalone="yes" ',
    'version="1.0" standalone=\'no\'',
  ])('of the form %s is read', (inside) => expect(declared(inside)).toBe('read'));

  it.each([
    '',
    'encoding="UTF-8"',
    'encoding="UTF-8" version="1.0"',
    'version="1.0" standalone="yes" encoding="UTF-8"',
    'version="1.0"encoding="UTF-8"',
    'version="1.0" standalone="YES"',
    'version="1.0" version="1.0"',
    'version=1.0',
    'version="1.0\'',
    'version="1.0" x="y"',
    'version="2.0"',
    'version="1.0 "',
    'version=""',
    'Version="1.0"',
  ])('of the form %s is malformed', (inside) => expect(declared(inside)).toBe('Malformed at 0'));

  it('is one only at the very beginning', () => {
    expect(outcome('\ufeff<?xml version="1.0"?><a/>')).toBe('read');
    expect(outcome('\n<?xml version="1.0"?><a/>')).toBe('Malformed at 1');
    expect(outcome('<?xml-stylesheet version="1.1"?><a/>')).toBe('read');
    expect(outcome('<?xmlx?><a/>')).toBe('read');
  });
});

describe('the version', () => {
  it('1.1 is not supported, since it has other line ends and characters', () => {
    expect(declared('version="1.1"')).toBe('UnsupportedEncoding at 0');
  });
});

describe('the encoding', () => {
  it.each(['UTF-8', 'utf-8', 'UTF8', 'utf8', 'Utf_8', 'US-ASCII', 'us-ascii', 'ASCII', 'ascii'])(
    '%s is read',
    (name) => {
      expect(declared(`version="1.0" encoding="${name}"`)).toBe('read');
    },
  );

  it.each([
    'UTF-16',
    'UTF-16LE',
    'UTF-32',
    'UCS-4',
    'ISO-8859-1',
    'latin1',
    'windows-1252',
    'IBM037',
    'ISO-2022-JP',
    'Shift_JIS',
    'UTF-7',
    'CESU-8',
    'GB18030',
    'x-UTF-8-BOM',
    'ISO646-US',
    'nonsense',
    '',
    ' UTF-8',
    'U T F 8',
    `UTF-8${' '.repeat(60)}`,
  ])('%j is not supported', (name) => {
    expect(declared(`version="1.0" encoding="${name}"`)).toBe('UnsupportedEncoding at 0');
  });

  it('ASCII with any other character in the file is malformed where it stands', () => {
    expect(declared('version="1.0" encoding="US-ASCII"', '<a>é</a>')).toBe('Malformed at 44');
    expect(declared('version="1.0" encoding="US-ASCII"', '<a>&#233;</a>')).toBe('read');
  });
});
