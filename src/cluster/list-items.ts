/**
 * Splits a list into its items while its JSON arrives: a page of 500 ConfigMaps may have 500 MiB, and parsing it as a whole
 * would take several times as much memory.
 */

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Yields the JSON text of each element of the top-level field `items`, and returns the rest of the text with that array empty.
 * It only finds where items begin and end; JSON.parse checks them.
 */
export async function* splitItems(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, string> {
  const envelope: Buffer[] = [];
  let item: Buffer[] = [];
  let depth = 0;
  let inItems = false;
  let inString = false;
  let escaped = false;

  for await (const chunk of chunks) {
    /** Where the rest of this chunk begins that belongs to the current item, or to the envelope. */
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inString = false;
      } else if (byte === quote) {
        inString = true;
      } else if (byte === openBrace || byte === openBracket) {
        depth += 1;
        if (depth !== 2 || byte !== openBracket) continue;
        envelope.push(chunk.subarray(start, i + 1));
        start = i + 1;
        inItems = endsWithItems(envelope);
      } else if (byte === closeBrace || byte === closeBracket) {
        depth -= 1;
        if (inItems && depth === 2) {
          item.push(chunk.subarray(start, i + 1));
          yield Buffer.concat(item).toString();
          item = [];
          start = i + 1;
        } else if (inItems && depth === 1) {
          inItems = false;
          start = i;
        }
      } else if (byte === comma && inItems && depth === 2) {
        start = i + 1;
      }
    }
    (inItems ? item : envelope).push(chunk.subarray(start));
  }
  return Buffer.concat(envelope).toString();
}

function endsWithItems(envelope: readonly Buffer[]): boolean {
  return /"items"\s*:\s*\[$/.test(Buffer.concat(envelope).toString());
}
