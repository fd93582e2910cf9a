// A device that keeps a passkey, as WebAuthn says what it sends; and what somebody sends who tampers with it.

import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

type Tampered = {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  /** Whether the person was asked for a finger, face or PIN. */
  readonly isVerified?: boolean;
  readonly counter?: number;
};

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const url = (data: Buffer | string) => Buffer.from(data).toString('base64url');

/** The part of CBOR (RFC 8949) that is needed: integers, bytes, texts and maps, each short. */
function cbor(value: number | string | Buffer | Map<number | string, unknown>): Buffer {
  const head = (major: number, n: number) =>
    n < 24
      ? Buffer.from([(major << 5) | n])
      : n < 256
        ? Buffer.from([(major << 5) | 24, n])
        : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const parts = [...value].flatMap(([key, each]) => [cbor(key), cbor(each as never)]);
  return Buffer.concat([head(5, value.size), ...parts]);
}

const [PRESENT, VERIFIED, ATTESTED] = [0x01, 0x04, 0x40];

export function newDevice(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' }) as { x: string; y: string };
  const id = randomBytes(32);
  let signed = 0;
  const clientData = (type: string, challenge: string, at: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: at, crossOrigin: false }));
  const authData = (rpId: string, flags: number, counter: number, rest: Buffer = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, rest]);
  };
  const told = (response: object) => ({
    ...{ id: url(id), rawId: url(id), type: 'public-key', clientExtensionResults: {} },
    response,
  });
  return {
    id: url(id),
    /** What it makes of the options for a new passkey. */
    make(options: { challenge: string; rp: { id: string } }, as: Tampered = {}) {
      const key = cbor(
        new Map<number, number | Buffer>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x, 'base64url')],
          [-3, Buffer.from(y, 'base64url')],
        ]),
      );
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const flags = PRESENT | ATTESTED | (as.isVerified === false ? 0 : VERIFIED);
      const authenticator = authData(as.rpId ?? options.rp.id, flags, 0, attested);
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authenticator],
      ]);
      return told({
        clientDataJSON: url(clientData('webauthn.create', as.challenge ?? options.challenge, as.origin ?? origin)),
        attestationObject: url(cbor(attestation)),
        transports: ['internal'],
      });
    },
    /** What it makes of the options for entering. */
    show(options: { challenge: string; rpId: string }, as: Tampered = {}) {
      const flags = PRESENT | (as.isVerified === false ? 0 : VERIFIED);
      const authenticator = authData(as.rpId ?? options.rpId, flags, as.counter ?? ++signed);
      const client = clientData('webauthn.get', as.challenge ?? options.challenge, as.origin ?? origin);
      const signature = createSign('SHA256')
        .update(Buffer.concat([authenticator, sha256(client)]))
        .sign(privateKey);
      return told({
        clientDataJSON: url(client),
        authenticatorData: url(authenticator),
        signature: url(signature),
      });
    },
  };
}
