import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { joinPort, type Port, type ServeOptions } from '../../src-main/shared/port-rpc'

const table = {
  double: { input: z.object({ n: z.int() }), output: z.object({ n: z.int() }) },
  fail: { input: z.object({ how: z.enum(['known', 'unknown']) }), output: z.object({}) },
  hang: { input: z.object({}), output: z.object({}) },
  lie: { input: z.object({}), output: z.object({ n: z.int() }) },
  weigh: {
    input: z.object({ buffers: z.array(z.instanceof(ArrayBuffer)) }),
    output: z.object({ sizes: z.array(z.int()) }),
  },
}
const none = {}

function pair(options: ServeOptions = {}): {
  client: ReturnType<typeof joinPort<typeof none, typeof table>>
  raw(message: unknown): unknown[]
  /** What the client has posted. */
  readonly posted: readonly unknown[]
} {
  const left: ((message: unknown) => void)[] = []
  const right: ((message: unknown) => void)[] = []
  const sent: unknown[] = []
  const posted: unknown[] = []
  const portA: Port = { post: (m) => (posted.push(m), right.forEach((l) => l(m))), onMessage: (l) => left.push(l) }
  const portB: Port = { post: (m) => (sent.push(m), left.forEach((l) => l(m))), onMessage: (l) => right.push(l) }
  joinPort(
    portB,
    table,
    {
      double: ({ n }) => ({ n: n * 2 }),
      fail: ({ how }) => {
        throw how === 'known' ? new PosternError('disk-full', 'full', { free: 0 }) : new Error('secret canary')
      },
      hang: () => new Promise(() => undefined),
      lie: () => JSON.parse('{"n":"text"}'),
      weigh: ({ buffers }) => ({ sizes: buffers.map(({ byteLength }) => byteLength) }),
    },
    none,
    options,
  )
  const client = joinPort(portA, none, {}, table)
  return { client, raw: (message) => (right.forEach((l) => l(message)), sent), posted }
}

describe('calls over a port', () => {
  it('do not reach a function with input that does not fit (R6)', async () => {
    const { client } = pair()
    expect(await client.call('double', { n: 4 })).toEqual({ n: 8 })
    await expect(client.call('double', JSON.parse('{"n":"4"}'))).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it.each(['constructor', '__proto__', 'toString', 'nothing'])('do not find %s', async (name) => {
    const { raw } = pair()
    raw({ t: 'call', id: 7, name, input: {} })
    await new Promise((resolve) => setImmediate(resolve))
    expect(raw(null)).toContainEqual(
      expect.objectContaining({ t: 'refusal', id: 7, error: expect.objectContaining({ code: 'invalid-input' }) }),
    )
  })

  it('do not carry the words of an unknown failure', async () => {
    const faults: unknown[] = []
    const { client } = pair({ onFault: (_name, fault) => faults.push(fault) })
    await expect(client.call('fail', { how: 'known' })).rejects.toMatchObject({
      code: 'disk-full',
      detail: { free: 0 },
    })
    const unknown = client.call('fail', { how: 'unknown' })
    await expect(unknown).rejects.toMatchObject({ code: 'internal' })
    await expect(unknown).rejects.not.toMatchObject({ message: expect.stringContaining('canary') })
    expect(faults).toHaveLength(1)
  })

  it('do not wait for ever when the other side goes', async () => {
    const { client } = pair()
    const waiting = client.call('hang', {})
    client.close('service-restarting')
    await expect(waiting).rejects.toMatchObject({ code: 'service-restarting' })
    await expect(client.call('double', { n: 1 })).rejects.toMatchObject({ code: 'service-stopped' })
  })

  it('do not trust an answer that does not fit', async () => {
    await expect(pair().client.call('lie', {})).rejects.toMatchObject({ code: 'internal' })
  })

  it('are refused before the function when the caller may not', async () => {
    const { client } = pair({
      before: () => {
        throw new PosternError('not-allowed')
      },
    })
    await expect(client.call('double', { n: 1 })).rejects.toMatchObject({ code: 'not-allowed' })
  })

  it('have their buffers with them, in order, and never two of them in one message', async () => {
    const { client, posted } = pair()
    const calls = [[1, 200_000, 3], [], [5]].map((sizes) => ({ buffers: sizes.map((size) => new ArrayBuffer(size)) }))
    const answers = await Promise.all(calls.map((input) => client.call('weigh', input)))
    expect(answers).toEqual([{ sizes: [1, 200_000, 3] }, { sizes: [] }, { sizes: [5] }])
    expect(posted.map((message) => JSON.stringify(message).includes('"buffers":[{'))).not.toContain(true)
    expect(posted).toHaveLength(7)
  })

  it('do not get the buffers of another call, nor what a caller says they are', async () => {
    const { client, raw } = pair()
    raw({ t: 'ahead', id: 77, buffer: new ArrayBuffer(8) })
    raw({ t: 'ahead', id: 78, buffer: 'none' })
    await expect(client.call('weigh', { buffers: [new ArrayBuffer(2)] })).resolves.toEqual({ sizes: [2] })
  })

  it('survive garbage on the port', () => {
    const { raw } = pair()
    for (const garbage of [
      null,
      0,
      'x',
      {},
      { t: 'call' },
      { t: 'answer', id: 99, value: 1 },
      { t: 'call', id: 'a', name: {}, input: [] },
    ])
      raw(garbage)
  })
})
