import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { readFileSync, renameSync } from 'node:fs'
import { redact, redactText } from '../../src-main/shared/redact'

describe('a line of the log (R59)', () => {
  it('does not hold an address, a token or a home folder', () => {
    expect(redactText('login of ana@shop.example failed in /home/ana/x')).toBe(
      'login of [address] failed in /home/[user]/x',
    )
    expect(redactText('Bearer ya29.a0AfH6SMBxxxxxxxxxxxxxxxxxxxxxxxxxx')).not.toContain('xxxxxxxx')
  })

  it('does not hold values under telling keys, at any depth', () => {
    const canary = 'canary-word'
    fc.assert(
      fc.property(
        fc.constantFrom('password', 'subject', 'token', 'text', 'html', 'address', 'authorization', 'name'),
        fc.integer({ min: 0, max: 3 }),
        (key, depth) => {
          let value: unknown = { [key]: canary, list: [{ [key]: canary }] }
          for (let n = 0; n < depth; n++) value = { inner: value }
          expect(JSON.stringify(redact(value))).not.toContain(canary)
        },
      ),
    )
  })

  it('does not hold what an error quotes: a secret that is no JSON, the name of a file, a second line of a message', () => {
    const faults = [
      () => JSON.parse('canary-password'),
      () => JSON.parse('{"password":"canary-password"} x'),
      () => JSON.parse('canary\n    canary-second line'),
      () => readFileSync('/nowhere/canary invoice.pdf'),
      () => renameSync('/nowhere/canary invoice.pdf', '/nowhere/canary elsewhere.pdf'),
      () => {
        const fault = new Error('first')
        fault.message = 'first'
        fault.stack = 'Error: first\ncanary of a second line\n    at somewhere (file.js:1:1)'
        throw fault
      },
    ]
    for (const fault of faults) {
      let met: unknown = null
      try {
        fault()
      } catch (thrown) {
        met = thrown
      }
      const line = JSON.stringify(redact(met))
      expect(line).toMatch(/"error":".*Error"/)
      expect(line).toMatch(/ at /)
      expect(line).not.toContain('canary')
    }
  })

  it('does not hold bytes, and does not fail on odd values', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    expect(
      JSON.stringify(
        redact({ raw: Buffer.from('canary'), cyclic, fn: () => 1, big: 10n, error: new Error('for bo@x.example') }),
      ),
    ).not.toMatch(/canary|bo@x/)
  })
})
