/** A new language server, connected again where the old one was. */
import type { Parts } from '../parts/parts.ts';
import { connect } from './connect.ts';

/** The user connected before and asks for the restart: going back to the same cluster is what is meant. */
export async function restartServer(parts: Parts): Promise<void> {
  const state = parts.health.view()?.connection.state ?? 'disconnected';
  const last = parts.health.lastConnect;
  await parts.server.restart();
  const hadCluster = state !== 'disconnected' && state !== 'recording';
  if (hadCluster && last !== undefined) await connect(parts, last, 'ask');
}
