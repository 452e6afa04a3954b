/**
 * Reads the requests of a connection as they come, header names included that Node's own parser refuses.
 */
import type { Duplex } from 'node:stream';

export interface Head {
  readonly method: string;
  /** As on the request line. */
  readonly target: string;
  /** Names and values by turns, as received. */
  readonly rawHeaders: readonly string[];
}

/** Calls `onHead` when a request is there with its body, which must have a Content-Length; for CONNECT, the connection is handed over. */
export function readHeads(stream: Duplex, onHead: (head: Head) => void): void {
  let buffer = Buffer.alloc(0);
  let continued = false;
  const read = (chunk: Buffer): void => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = parse(buffer.subarray(0, end).toString('utf8'));
      if (!continued && /^100-continue$/i.test(headerOf(head, 'expect'))) stream.write('HTTP/1.1 100 Continue\r\n\r\n');
      const whole = end + 4 + Number(headerOf(head, 'content-length') || 0);
      continued = buffer.length < whole;
      if (continued) return;
      buffer = buffer.subarray(whole);
      if (head.method === 'CONNECT') stream.off('data', read);
      onHead(head);
      if (head.method === 'CONNECT') return;
    }
  };
  stream.on('data', read);
}

function parse(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const [method = '', target = ''] = first.split(' ');
  return {
    method,
    target,
    rawHeaders: lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  };
}

/** All values of a header, as they are signed. */
export function headerOf({ rawHeaders }: Pick<Head, 'rawHeaders'>, name: string): string {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name).join(',');
}
