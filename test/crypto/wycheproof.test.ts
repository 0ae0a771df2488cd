import { createPublicKey, createPrivateKey, diffieHellman, hkdfSync, createDecipheriv } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { verifyRaw } from '../../src-main/crypto/device-keys'
import { corpusText, hasCorpus } from '../fixtures/corpora'

interface Vector {
  tcId: number
  result: 'valid' | 'invalid' | 'acceptable'
  [name: string]: unknown
}
interface Group {
  tests: Vector[]
  [name: string]: unknown
}
const groups = (file: string): Group[] =>
  (JSON.parse(corpusText('wycheproof', file)) as { testGroups: Group[] }).testGroups
const hex = (value: unknown): Buffer => Buffer.from(String(value), 'hex')

/** Vectors of people who look for what libraries get wrong (github.com/C2SP/wycheproof), on the runtime that ships. */
describe.skipIf(!hasCorpus('wycheproof'))('primitives do what their vectors say (R60)', () => {
  test('Ed25519: no signature that must be refused is taken, none that holds is refused', () => {
    let run = 0
    for (const group of groups('ed25519_test.json')) {
      const key = hex((group['publicKey'] as { pk: string }).pk)
      for (const one of group.tests) {
        run++
        expect(verifyRaw(key, hex(one['msg']), hex(one['sig'])), `case ${one.tcId}`).toBe(one.result === 'valid')
      }
    }
    expect(run).toBeGreaterThan(100)
  })

  test('X25519: shared keys are right; a key of low order gives none', () => {
    let run = 0
    for (const group of groups('x25519_test.json')) {
      for (const one of group.tests) {
        run++
        let shared: string
        try {
          const privateKey = createPrivateKey({
            key: Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), hex(one['private'])]),
            format: 'der',
            type: 'pkcs8',
          })
          const publicKey = createPublicKey({
            key: Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), hex(one['public'])]),
            format: 'der',
            type: 'spki',
          })
          shared = diffieHellman({ privateKey, publicKey }).toString('hex')
        } catch {
          shared = ''
        }
        if (one.result === 'valid') expect(shared, `case ${one.tcId}`).toBe(one['shared'])
        else if (shared !== '') expect(shared, `case ${one.tcId}`).toBe(one['shared'])
        if (/^0*$/.test(String(one['shared']))) expect(shared, `case ${one.tcId}`).toBe('')
      }
    }
    expect(run).toBeGreaterThan(400)
  })

  test('HKDF-SHA-256 and AES-256-GCM', () => {
    for (const group of groups('hkdf_sha256_test.json')) {
      for (const one of group.tests.filter(({ result }) => result === 'valid')) {
        expect(
          Buffer.from(
            hkdfSync('sha256', hex(one['ikm']), hex(one['salt']), hex(one['info']), Number(one['size'])),
          ).toString('hex'),
          `case ${one.tcId}`,
        ).toBe(one['okm'])
      }
    }
    let run = 0
    for (const group of groups('aes_gcm_test.json').filter(
      (one) => one['keySize'] === 256 && one['ivSize'] === 96 && one['tagSize'] === 128,
    )) {
      for (const one of group.tests) {
        run++
        let plain: string | null
        try {
          const decipher = createDecipheriv('aes-256-gcm', hex(one['key']), hex(one['iv']), { authTagLength: 16 })
          decipher.setAAD(hex(one['aad']))
          decipher.setAuthTag(hex(one['tag']))
          plain = Buffer.concat([decipher.update(hex(one['ct'])), decipher.final()]).toString('hex')
        } catch {
          plain = null
        }
        expect(plain, `case ${one.tcId}`).toBe(one.result === 'valid' ? one['msg'] : null)
      }
    }
    expect(run).toBeGreaterThan(20)
  })
})
