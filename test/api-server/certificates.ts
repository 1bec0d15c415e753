/**
 * X.509 certificates made in the process: a fresh CA, a server certificate for loopback and client certificates.
 * Keys live in memory only, so the repository holds none and none expires.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate and its private key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** The CA's certificate, PEM. */
  readonly ca: string;
  server(): Identity;
  /** A client certificate; Kubernetes reads the user from the common name and the groups from the organisations. */
  client(user: string, groups?: readonly string[]): Identity;
}

const day = 24 * 3600 * 1000;

// Tags and object identifiers of X.690 and RFC 5280.
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const set = (...parts: readonly Buffer[]): Buffer => der(0x31, ...parts);
const octets = (bytes: Buffer): Buffer => der(0x04, bytes);
const bits = (bytes: Buffer, unused = 0): Buffer => der(0x03, Buffer.from([unused]), bytes);
const integer = (bytes: Buffer): Buffer => der(0x02, bytes);
const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
const yes = der(0x01, Buffer.from([0xff]));

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

function time(epochMs: number): Buffer {
  return der(0x18, Buffer.from(`${new Date(epochMs).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`));
}

function name(commonName: string, organisations: readonly string[]): Buffer {
  const attribute = (type: string, value: string): Buffer => set(sequence(oid(type), utf8(value)));
  return sequence(...organisations.map((value) => attribute('2.5.4.10', value)), attribute('2.5.4.3', commonName));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [yes] : []), octets(value));
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const basicConstraints = (ca: boolean): Buffer => extension('2.5.29.19', ca ? sequence(yes) : sequence(), true);
/** digitalSignature for peers; keyCertSign and cRLSign for the CA. */
const keyUsage = (ca: boolean): Buffer =>
  extension('2.5.29.15', ca ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0x80]), 7), true);
const extendedKeyUsage = (purpose: 'serverAuth' | 'clientAuth'): Buffer =>
  extension('2.5.29.37', sequence(oid(purpose === 'serverAuth' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2')));

const loopbackNames = extension(
  '2.5.29.17',
  sequence(
    der(0x82, Buffer.from('localhost')),
    der(0x82, Buffer.from('kubernetes.default.svc')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
  ),
);

interface Request {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly signWith: KeyObject;
  readonly authorityId: Buffer;
  readonly extensions: readonly Buffer[];
}

function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function certificate(request: Request): string {
  const now = Date.now();
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01; // positive and without leading zeros
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    request.issuer,
    sequence(time(now - day), time(now + 365 * day)),
    request.subject,
    request.publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        ...request.extensions,
        extension('2.5.29.14', octets(keyId(request.publicKey))),
        extension('2.5.29.35', sequence(der(0x80, request.authorityId))),
      ),
    ),
  );
  const signature = sign('sha256', body, request.signWith);
  const base64 = sequence(body, ecdsaWithSha256, bits(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
}

/** A new CA. Two calls make two CAs that do not trust each other. */
export function createAuthority(commonName = 'loopback-test-ca'): Authority {
  const caKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const issuer = name(commonName, []);
  const authorityId = keyId(caKeys.publicKey);

  function issue(subject: Buffer, extensions: readonly Buffer[]): Identity {
    const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const signed = { issuer, subject, publicKey: keys.publicKey, signWith: caKeys.privateKey, authorityId, extensions };
    return {
      cert: certificate(signed),
      key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  return {
    ca: certificate({
      issuer,
      subject: issuer,
      publicKey: caKeys.publicKey,
      signWith: caKeys.privateKey,
      authorityId,
      extensions: [basicConstraints(true), keyUsage(true)],
    }),
    server: () =>
      issue(name('loopback-api-server', []), [
        basicConstraints(false),
        keyUsage(false),
        extendedKeyUsage('serverAuth'),
        loopbackNames,
      ]),
    client: (user, groups = []) =>
      issue(name(user, groups), [basicConstraints(false), keyUsage(false), extendedKeyUsage('clientAuth')]),
  };
}
