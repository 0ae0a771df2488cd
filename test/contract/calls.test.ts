import { describe, expect, it } from 'vitest'
import { calls } from '../../src-preload/contract/calls'
import { errorCodes, PosternError } from '../../src-preload/contract/errors'

describe('the contract', () => {
  it('does not send a call to the wrong home: app calls begin with app., store calls do not', () => {
    for (const [name, def] of Object.entries(calls)) expect(name.startsWith('app.'), name).toBe(def.home === 'app')
  })

  // Whoever may look may also lock, and the guests of support, who only look, have keys and sessions of their own.
  const forReaders = new Set<string>(
    Object.keys(calls).filter((name) => name === 'app.lock' || /^app\..*(support|challenge)/i.test(name)),
  )
  it('does not let a reader write', () => {
    for (const [name, def] of Object.entries(calls))
      if (def.kind === 'write' && !forReaders.has(name)) expect(def.permission, name).not.toBe('read')
  })

  it('does not let an unknown failure cross a border with its words', () => {
    expect(PosternError.from(new Error('canary')).toWire()).toEqual({
      code: 'internal',
      message: 'unexpected failure',
      detail: {},
    })
    expect(new Set(errorCodes).size).toBe(errorCodes.length)
  })
})
