/** The TCP connections below the server: how many there are, and how to cut them. */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Sockets {
  count(): number;
  destroyAll(): void;
  /** Sends a TCP reset on the connection of this answer: the peer sees ECONNRESET, not an orderly end. */
  reset(response: ServerResponse): void;
}

export function trackSockets(listener: Server): Sockets {
  // TLS sockets cannot send a reset; the plain sockets below them can, and share their remote port.
  const byPort = new Map<number, Socket>();
  listener.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    byPort.set(port, socket);
    socket.on('close', () => byPort.delete(port));
  });
  return {
    count: () => byPort.size,
    destroyAll() {
      for (const socket of byPort.values()) socket.destroy();
    },
    reset(response) {
      const plain = byPort.get(response.socket?.remotePort ?? 0);
      if (plain === undefined) response.destroy();
      else plain.resetAndDestroy();
    },
  };
}
