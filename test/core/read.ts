/**
 * A document that is known to be readable.
 */
import { type HadoopDocument, readDocument } from '../../src/core/clients/s3a/document.ts';

/** @throws Error for a file that can't be read */
export function read(text: string): HadoopDocument {
  const reading = readDocument(text);
  if (!reading.ok) throw new Error(`not readable: ${reading.fault.message}`);
  return reading.document;
}
