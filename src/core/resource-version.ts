/**
 * The order of resource versions.
 */

/**
 * True where `a` is certainly older than `b`. Resource versions of one collection are comparable as decimal numbers
 * (KEP-5504). Anything else counts as not older: at worst an object is assessed once more, and no change is missed.
 */
export function isOlder(a: string, b: string): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}
