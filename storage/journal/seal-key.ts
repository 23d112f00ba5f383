import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { Seal } from './layout.ts'

/** Signs seals with a key that stays with the user: nothing of it is ever written into a journal. */
export interface SealSigner {
  /** First half of the SHA-256 of the public key. */
  readonly fingerprint: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

/** Checks signatures of seals. */
export interface SealVerifier {
  /** Hexadecimal. */
  readonly fingerprint: string
  isSignedBy(message: Uint8Array, signature: Uint8Array): boolean
}

function fingerprintOf(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256')
    .update(spki)
    .digest()
    .subarray(0, Seal.Bytes - Seal.KeyFingerprint)
}

function readKey(path: string, parse: (pem: Buffer) => KeyObject): KeyObject {
  try {
    const key = parse(readFileSync(path))
    if (key.asymmetricKeyType === 'ed25519') return key
    throw new Error(`it holds a key of type ${key.asymmetricKeyType}`)
  } catch (error) {
    throw new XkError({
      code: 'journal-seal-key',
      what: `not an Ed25519 key in PEM: ${error instanceof Error ? error.message : error}`,
      where: path,
      next: 'make one: openssl genpkey -algorithm ed25519 -out KEY; openssl pkey -in KEY -pubout -out KEY.pub',
      exitCode: ExitCode.Usage,
      cause: error,
    })
  }
}

/** Reads a private Ed25519 key (PEM, PKCS #8). @throws XkError */
export function readSealSigner(path: string): SealSigner {
  const key = readKey(path, createPrivateKey)
  return {
    fingerprint: fingerprintOf(createPublicKey(key)),
    sign: (message) => sign(null, message, key),
  }
}

/** Reads an Ed25519 key, public or private (PEM). @throws XkError */
export function readSealVerifier(path: string): SealVerifier {
  const key = readKey(path, createPublicKey)
  return {
    fingerprint: fingerprintOf(key).toString('hex'),
    isSignedBy: (message, signature) => verify(null, message, key, signature),
  }
}
