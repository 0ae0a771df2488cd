/** Certificates for tests, made by openssl: a good one and the bad ones a client must refuse. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import tls from 'node:tls'
import { makeEnterable, requireProgram, tempFolder } from './process.mjs'

/**
 * @typedef {{ cert: string, key: string }} Certificate files in PEM
 * @typedef {object} Certificates
 * @property {string} dir
 * @property {string} ca file of the authority that signed good, expired and wrongHost: give it to the client as
 *   NODE_EXTRA_CA_CERTS or the `ca` option
 * @property {Certificate} good for localhost and 127.0.0.1
 * @property {Certificate} expired the same, ended a year ago
 * @property {Certificate} wrongHost valid, but for mail.elsewhere.example
 * @property {Certificate} selfSigned for localhost, signed by itself only
 * @property {Certificate} constrained for localhost, signed by an authority that may sign for elsewhere.example only
 * @property {Certificate} unknownCa for localhost, signed by an authority that nobody knows
 * @property {Certificate} responder may say for the authority which of its certificates are revoked
 * @property {Certificate} authority the one whose file is `ca`
 * @property {Certificate} otherAuthority the one that nobody knows
 */

const LOCAL = 'DNS:localhost,IP:127.0.0.1'
const ELSEWHERE = 'DNS:mail.elsewhere.example'

/**
 * @param {string} [dir] without it a temporary folder, which the caller removes
 * @returns {Certificates}
 */
export function makeCertificates(dir = tempFolder('tls')) {
  makeEnterable(dir)
  const at = (/** @type {string} */ name) => path.join(dir, name)
  const day = 86_400_000
  const [from, to] = [new Date(Date.now() - day), new Date(Date.now() + 3650 * day)]
  const [oldFrom, oldTo] = [new Date(Date.now() - 730 * day), new Date(Date.now() - 365 * day)]
  // `openssl ca` wants files for its records; it is the one command that can sign for a time in the past.
  fs.mkdirSync(at('issued'), { recursive: true })
  fs.writeFileSync(at('index.txt'), '')
  fs.writeFileSync(at('index.txt.attr'), 'unique_subject = no\n')
  const authority = selfSign(dir, 'ca', 'CA:TRUE', undefined)
  const otherAuthority = selfSign(dir, 'other-ca', 'CA:TRUE', undefined)
  const signed = (name, extensions, start, end, signer) => {
    openssl(
      dir,
      'req',
      '-new',
      '-nodes',
      ...newKey,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    )
    fs.writeFileSync(at('ca.cnf'), caConfig(extensions))
    openssl(
      dir,
      'ca',
      '-batch',
      '-notext',
      '-config',
      'ca.cnf',
      '-cert',
      `${signer}.pem`,
      '-keyfile',
      `${signer}.key`,
      '-startdate',
      stamp(start),
      '-enddate',
      stamp(end),
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
    )
    return pair(dir, name)
  }
  // Good in itself; what it signs for another name than its own is not.
  const narrow = 'basicConstraints = critical,CA:TRUE\nnameConstraints = critical,permitted;DNS:elsewhere.example'
  signed('narrow-ca', narrow, from, to, 'ca')
  const certificates = {
    dir,
    ca: authority.cert,
    authority,
    otherAuthority,
    good: signed('good', leaf(LOCAL), from, to, 'ca'),
    expired: signed('expired', leaf(LOCAL), oldFrom, oldTo, 'ca'),
    wrongHost: signed('wrong-host', leaf(ELSEWHERE), from, to, 'ca'),
    constrained: signed('constrained', leaf('DNS:localhost'), from, to, 'narrow-ca'),
    unknownCa: signed('unknown-ca', leaf(LOCAL), from, to, 'other-ca'),
    responder: signed('responder', 'extendedKeyUsage = OCSPSigning', from, to, 'ca'),
    selfSigned: selfSign(dir, 'self-signed', 'CA:FALSE', LOCAL),
  }
  // Whoever checks it is shown the authority in between too.
  fs.appendFileSync(certificates.constrained.cert, fs.readFileSync(at('narrow-ca.pem')))
  // Servers may read the keys as users of their own; these keys protect nothing.
  for (const file of fs.readdirSync(dir)) if (/\.(pem|key)$/.test(file)) fs.chmodSync(at(file), 0o644)
  return certificates
}

/**
 * This process takes the authority of these certificates for a known one.
 * @param {Certificates} certificates
 * @returns {() => void} takes that back
 */
export function trust({ ca }) {
  const before = tls.getCACertificates('default')
  tls.setDefaultCACertificates([...before, fs.readFileSync(ca, 'utf8')])
  return () => tls.setDefaultCACertificates(before)
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']

/**
 * What the authority says about a certificate (OCSP, RFC 6960), as a server that staples passes it on; valid for an hour.
 * @param {Certificates} certificates
 * @param {{ of?: Certificate, revoked: boolean, signer?: Certificate }} about
 * @returns {Buffer}
 */
export function makeStaple({ dir, ca, good, authority }, { of = good, revoked, signer = authority }) {
  const [, serial = ''] = openssl(dir, 'x509', '-in', of.cert, '-noout', '-serial').trim().split('=')
  const records = path.join(dir, 'records.txt')
  const out = path.join(dir, 'staple.der')
  const ended = revoked ? stamp(new Date(Date.now() - 3_600_000)).slice(2) : ''
  fs.writeFileSync(records, `${revoked ? 'R' : 'V'}\t400101000000Z\t${ended}\t${serial}\tunknown\t/CN=x\n`)
  const about = ['-issuer', ca, '-cert', of.cert, '-no_nonce']
  const by = ['-index', records, '-CA', ca, '-rsigner', signer.cert, '-rkey', signer.key, '-nmin', '60']
  openssl(dir, 'ocsp', ...about, ...by, '-respout', out)
  return fs.readFileSync(out)
}

function selfSign(dir, name, constraints, names) {
  const extensions = ['-addext', `basicConstraints=critical,${constraints}`]
  if (names) extensions.push('-addext', `subjectAltName=${names}`)
  openssl(
    dir,
    'req',
    '-x509',
    '-nodes',
    ...newKey,
    '-days',
    '3650',
    '-config',
    '/dev/null',
    '-subj',
    `/CN=${name}`,
    ...extensions,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
  )
  return pair(dir, name)
}

const pair = (dir, name) => ({ cert: path.join(dir, `${name}.pem`), key: path.join(dir, `${name}.key`) })

/** openssl's form of a date: 20261122101530Z */
const stamp = (/** @type {Date} */ date) => `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`

const leaf = (/** @type {string} */ names) =>
  `basicConstraints = critical,CA:FALSE\nextendedKeyUsage = serverAuth\nsubjectAltName = ${names}`

function caConfig(extensions) {
  return `[ca]
default_ca = it
[it]
new_certs_dir = issued
database = index.txt
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = signed
[any]
commonName = supplied
[signed]
${extensions}
`
}

function openssl(dir, ...args) {
  const result = spawnSync(requireProgram('openssl', 'openssl'), args, { cwd: dir, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`openssl ${args[0]} failed: ${result.stderr}`)
  return result.stdout
}
