/**
 * What can't be answered here and now, and can be by another replica, or a second later.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
