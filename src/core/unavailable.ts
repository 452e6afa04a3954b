/**
 * Thrown where this replica can't answer now, but another replica, or this one a second later, can.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
