import { X509Certificate, createHash, verify } from 'node:crypto'
import { createRequire } from 'node:module'
import tls from 'node:tls'
import type * as Asn1 from 'asn1js'

/**
 * Whether a server's certificate was revoked, as its issuer says in the answer that the server itself brings along (OCSP
 * stapling: RFC 6066, section 8; RFC 6960). Nobody else is asked: that would tell a third party whose mail is read here.
 */

/** Makes every TLS connection of this process, those of libraries too, ask for that answer and fail where it says revoked. */
export function refuseRevoked(): void {
  const { connect } = tls
  Reflect.set(tls, 'connect', (...given: unknown[]): unknown => {
    const own = given.find(isOptions)
    const options: tls.ConnectionOptions = { ...own, requestOCSP: true }
    const sameServer = options.checkServerIdentity ?? tls.checkServerIdentity
    let staple: Buffer | null = null
    // Called when the chain is known to be good, and before anybody is told that the connection stands: no password has left.
    options.checkServerIdentity = (host, certificate) => {
      const failure = sameServer(host, certificate)
      if (failure || !staple || !(socket instanceof tls.TLSSocket)) return failure
      const { raw, issuerCertificate: issuer } = socket.getPeerCertificate(true)
      return issuer && isRevoked(staple, raw, issuer.raw)
        ? Object.assign(new Error('revoked by its issuer'), { code: 'CERT_REVOKED' })
        : undefined
    }
    const socket: unknown = Reflect.apply(
      connect,
      tls,
      own ? given.map((one) => (one === own ? options : one)) : [...given, options],
    )
    if (socket instanceof tls.TLSSocket)
      socket.on('OCSPResponse', (response: Buffer | null) => {
        staple = response
      })
    return socket
  })
}

const isOptions = (given: unknown): given is tls.ConnectionOptions => typeof given === 'object' && given !== null

/** A larger answer is not read. */
const largest = 64 * 1024
/** What clocks may differ by. */
const skewMs = 300_000
/** How long an answer counts that names no end. */
const endlessMs = 86_400_000

/** The hashes and signatures that are in use (RFC 8017, RFC 5758); one that is made with SHA-1 proves nothing any more. */
const hashes = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])
const signatures = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
])
const basicResponse = '1.3.6.1.5.5.7.48.1.1'
const mayAnswer = '1.3.6.1.5.5.7.3.9'

/**
 * Whether an OCSP answer says, signed by the certificate's issuer or whom he named for it and valid now, that the certificate
 * was revoked. An answer that is broken, stale, about something else or signed by others counts as none: whoever uses a
 * stolen key would simply bring none along, so that refusing them would only hurt honest servers.
 * @param certificate in DER, as is the issuer's
 */
export function isRevoked(staple: Buffer, certificate: Buffer, issuer: Buffer, now = Date.now()): boolean {
  if (staple.length > largest) return false
  try {
    const reader = new Reader()
    const subject = reader.certificate(certificate)
    const authority = reader.certificate(issuer)
    return reader
      .statuses(staple, new X509Certificate(issuer), now)
      .some(
        ({ revoked, from, until, serial, hash, issuerName, issuerKey }) =>
          revoked &&
          from <= now + skewMs &&
          now - skewMs < until &&
          subject.serial.equals(serial) &&
          createHash(hash).update(subject.issuer).digest().equals(issuerName) &&
          createHash(hash).update(authority.key).digest().equals(issuerKey),
      )
  } catch {
    return false
  }
}

interface Status {
  readonly revoked: boolean
  /** ms since 1970, as is `until`. */ readonly from: number
  readonly until: number
  readonly serial: Buffer
  /** By which the issuer's name and key are told. */ readonly hash: string
  readonly issuerName: Buffer
  readonly issuerKey: Buffer
}

type Block = Asn1.BaseBlock

const isLibrary = (loaded: unknown): loaded is typeof Asn1 =>
  typeof loaded === 'object' && loaded !== null && 'fromBER' in loaded

/** Reads DER. Every method throws where the bytes are not what they should be. */
class Reader {
  private readonly asn1: typeof Asn1
  constructor() {
    // The library is loaded when the first answer comes: in the midst of a handshake, which waits for no promise.
    const loaded: unknown = createRequire(import.meta.url)('asn1js')
    if (!isLibrary(loaded)) throw new Error('asn1js')
    this.asn1 = loaded
  }

  /** RFC 5280, 4.1: what an answer tells a certificate by. `key`: the bits of the public key. */
  certificate(der: Buffer): { serial: Buffer; issuer: Buffer; key: Buffer } {
    const fields = this.list(this.list(this.block(der))[0]).filter((field) => !isTag(field, 0))
    return { serial: this.octets(fields[0]), issuer: whole(fields[2]), key: this.octets(this.list(fields[5])[1]) }
  }

  /** RFC 6960, 4.2.1: what an answer says, none where it is not signed by the issuer or for him. */
  statuses(staple: Buffer, issuer: X509Certificate, now: number): Status[] {
    const [, bytes] = this.list(this.block(staple))
    const [type, content] = this.list(this.list(bytes)[0])
    if (this.name(type) !== basicResponse) return []
    const [data, algorithm, signature, extra] = this.list(this.block(this.octets(content)))
    const hash = signatures.get(this.name(this.list(algorithm)[0]))
    const signers = [
      issuer,
      ...(extra ? this.list(this.list(extra)[0]) : []).map((one) => new X509Certificate(whole(one))),
    ]
    const signed = signers.some(
      (signer) =>
        (signer === issuer || isNamedBy(signer, issuer, now)) &&
        hash !== undefined &&
        verify(hash, whole(data), signer.publicKey, this.octets(signature)),
    )
    const fields = this.list(data).filter((field) => !isTag(field, 0))
    return signed ? this.list(fields[2]).map((single) => this.status(single)) : []
  }

  private status(single: Block): Status {
    const [id, state, from, next] = this.list(single)
    const [algorithm, issuerName, issuerKey, serial] = this.list(id)
    const started = this.time(from)
    return {
      revoked: isTag(state, 1),
      from: started,
      until: isTag(next, 0) ? this.time(this.list(next)[0]) : started + endlessMs,
      serial: this.octets(serial),
      hash: hashes.get(this.name(this.list(algorithm)[0])) ?? '',
      issuerName: this.octets(issuerName),
      issuerKey: this.octets(issuerKey),
    }
  }

  private block(der: Buffer): Block {
    const { offset, result } = this.asn1.fromBER(der)
    if (offset !== der.length) throw new Error('not DER')
    return result
  }
  private list(block: Block | undefined): Block[] {
    if (block instanceof this.asn1.Constructed) return block.valueBlock.value
    throw new Error('no list')
  }
  private octets(block: Block | undefined): Buffer {
    if (
      block instanceof this.asn1.OctetString ||
      block instanceof this.asn1.BitString ||
      block instanceof this.asn1.Integer
    )
      return Buffer.from(block.valueBlock.valueHexView)
    throw new Error('no octets')
  }
  private name(block: Block | undefined): string {
    if (block instanceof this.asn1.ObjectIdentifier) return block.getValue()
    throw new Error('no name')
  }
  private time(block: Block | undefined): number {
    if (block instanceof this.asn1.GeneralizedTime) return block.toDate().getTime()
    throw new Error('no time')
  }
}

/** A field that is marked with a number instead of its type. */
const isTag = (block: Block | undefined, tag: number): boolean =>
  block?.idBlock.tagClass === 3 && block.idBlock.tagNumber === tag

function whole(block: Block | undefined): Buffer {
  if (!block) throw new Error('no field')
  return Buffer.from(block.valueBeforeDecodeView)
}

/** Whether the issuer let this certificate answer for him (RFC 6960, 4.2.2.2). */
const isNamedBy = (signer: X509Certificate, issuer: X509Certificate, now: number): boolean =>
  signer.keyUsage?.includes(mayAnswer) === true &&
  signer.checkIssued(issuer) &&
  signer.verify(issuer.publicKey) &&
  signer.validFromDate.getTime() <= now &&
  now <= signer.validToDate.getTime()
