import { describe, expect, test } from 'vitest';
import { bareAddress, createRedactor, maxTextBytes, plainText } from '../../server/src/cluster/redact.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJl';

describe('redaction', () => {
  test.each([
    ['a bearer header', 'Authorization: Bearer abcdef0123456789', 'abcdef0123456789'],
    ['a header in JSON', '{"authorization":"Bearer abcdef0123456789"}', 'abcdef0123456789'],
    ['a basic header', 'authorization: Basic amFuZTpzZWNyZXQ=', 'amFuZTpzZWNyZXQ='],
    ['a JSON web token', `got ${jwt} from the issuer`, jwt],
    ['a kubeconfig line', 'client-key-data: LS0tLS1CRUdJTg==', 'LS0tLS1CRUdJTg=='],
    ['an exec credential', '{"status":{"token":"abc123xyz"}}', 'abc123xyz'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----', 'MIIabc'],
    ['a proxy address', 'via http://jane:hunter2@proxy.local:8080', 'hunter2'],
  ])('hides %s', (_, text, secret) => {
    const hidden = createRedactor().redact(text);
    expect(hidden).not.toContain(secret);
    expect(hidden).toContain('***');
  });

  test('hides a value that it was told, wherever it stands', () => {
    const redactor = createRedactor();
    redactor.remember('correct-horse');
    expect(redactor.redact('sent correct-horse twice: correct-horse')).toBe('sent *** twice: ***');
  });

  test('leaves ordinary text alone', () => {
    const text = 'pods: stale, cluster.unreachable/refused, next attempt in 0.4 s';
    expect(createRedactor().redact(text)).toBe(text);
  });
});

describe('untrusted text', () => {
  test('loses colours, links, titles and control characters', () => {
    expect(
      plainText('\u001b[1;31merror\u001b[0m: \u001b]8;;http://x\u0007log in\u001b]8;;\u0007\u0000\u0008!\r\nnow'),
    ).toBe('error: log in!\nnow');
  });

  test('is at most 4 kB, cut between characters', () => {
    for (const unit of ['a', 'ü', '界', '🩺']) {
      const cut = plainText(unit.repeat(5000));
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(maxTextBytes);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(maxTextBytes - 8);
      expect(cut.replaceAll(unit, '')).toBe('…');
    }
  });
});

test('an address is shown without credentials', () => {
  expect(bareAddress('https://jane:secret@cluster.example:6443/k8s/c1?token=x#y')).toBe(
    'https://cluster.example:6443/k8s/c1',
  );
});
