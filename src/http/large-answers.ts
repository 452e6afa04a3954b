/**
 * Answers after which a connection has to be closed.
 */
import type { ServerResponse } from 'node:http';

/** The headers of an answer, in bytes. */
const longestHead = 1024;

/**
 * Whether Node may still count this answer, or those before it on the connection, as unsent when the client has it and asks
 * again. Over TLS, Node then pauses its HTTP parser, fails on the rest of what it has read (`HPE_PAUSED`), and resets the
 * connection: that next review fails. Node pauses from `writableHighWaterMark` on, 64 KiB.
 */
export function mayOutlastItsWrite(response: ServerResponse, payload: unknown): boolean {
  const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) + longestHead : 0;
  return response.writableLength + bytes >= response.writableHighWaterMark;
}
