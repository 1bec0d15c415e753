/** What may leave the session as text: no secrets, no terminal control sequences, no endless output. */

/* oxlint-disable no-control-regex -- control characters are what this module removes */
import type { Message } from '../../../core/src/live/view.ts';

/** Longest untrusted text that is shown, in bytes of UTF-8. */
export const maxTextBytes = 4096;

// CSI and OSC sequences, then single-character escapes.
const ansi =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[@-Z\\-_]|\u009b[0-?]*[ -/]*[@-~]/g;
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Strips ANSI sequences and control characters (new lines and tabs stay) and cuts to `bytes` of UTF-8. */
export function plainText(text: string, bytes: number = maxTextBytes): string {
  const clean = text.replaceAll('\r\n', '\n').replace(ansi, '').replace(control, '').trim();
  const encoded = Buffer.from(clean);
  if (encoded.length <= bytes) return clean;
  // Cutting may split a character; the decoder marks it, and the mark goes too.
  return `${encoded
    .subarray(0, bytes - 3)
    .toString()
    .replace(/\ufffd$/u, '')}…`;
}

const patterns: readonly (readonly [RegExp, string])[] = [
  [/(authorization["']?\s*[:=]\s*["']?)(?:bearer|basic)?\s*[^\s"',;]+/gi, '$1***'],
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, '$1***'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '***'],
  [
    /((?:client-key-data|client-certificate-data|clientKeyData|clientCertificateData|id-token|refresh-token|client-secret|token|password)["']?\s*[:=]\s*["']?)[^\s"',}]+/gi,
    '$1***',
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '***'],
  [/(\bhttps?:\/\/)[^\s/@]+@/g, '$1***@'],
];

/** Removes credentials from text. Values named by `remember` are removed wherever they occur. */
export interface Redactor {
  readonly remember: (secret: string | undefined) => void;
  readonly redact: (text: string) => string;
}

/** Creates a redactor: it knows the usual forms of credentials, and the values it is told. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  return {
    remember(secret) {
      // Short values would black out ordinary words.
      if (secret !== undefined && secret.length >= 6) known.add(secret);
    },
    redact(text) {
      let result = text;
      for (const secret of known) result = result.replaceAll(secret, '***');
      for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
      return result;
    },
  };
}

/** A message whose values hold no credentials: a server may put into an answer what it was sent. */
export function redactMessage<Text extends Message | undefined>(message: Text, redactor: Redactor): Text {
  if (message?.data === undefined) return message;
  const data = Object.entries(message.data).map(
    ([key, value]) => [key, typeof value === 'string' ? redactor.redact(value) : value] as const,
  );
  return { ...message, data: Object.fromEntries(data) };
}

/** An address without user name, password, query and fragment. */
export function bareAddress(address: string): string {
  try {
    const url = new URL(address);
    return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;
  } catch {
    return address.replace(/\/\/[^/@]*@/, '//');
  }
}
