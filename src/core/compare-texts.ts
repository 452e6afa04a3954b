/**
 * Compares texts by code units, as the API server sorts: the same on every machine, whatever its locale. For `sort`.
 */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
