/** A server between the session and the loopback API server: it plays servers that are older, or broken. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiServer } from '../api-server/server.ts';

export interface Gateway {
  readonly url: string;
  /** A kubeconfig of the API server that leads through here. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/**
 * Starts a gateway to an API server on plain http.
 * @param intercept answers a request itself (true), or changes its address and lets it pass
 */
export async function startGateway(
  server: ApiServer,
  intercept: (url: URL, response: ServerResponse, incoming: IncomingMessage) => boolean,
): Promise<Gateway> {
  const listener = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '/', server.url);
    if (intercept(url, response, incoming)) return;
    const onward = request(url, { headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return {
    url,
    kubeconfig: server.kubeconfig().replace(server.url, url),
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        listener.closeAllConnections();
      }),
  };
}
