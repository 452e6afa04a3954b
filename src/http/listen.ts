/**
 * Opens an app's port.
 */

export interface Listener {
  listen(options: { readonly host: string; readonly port: number }): Promise<unknown>;
}

/**
 * Listens on `host`. `::` means all addresses; on a node without IPv6 it falls back to all IPv4 addresses.
 * @throws the system's error, for example EADDRINUSE.
 */
export async function listen(app: Listener, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (host !== '::' || !['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(code)) throw error;
    await app.listen({ host: '0.0.0.0', port });
  }
}
