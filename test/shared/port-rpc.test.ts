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
    input: z.object({ buffers: z.array(z.instanceof(ArrayBuffer)), items: z.array(z.int()).default([]) }),
    output: z.object({ sizes: z.array(z.int()), items: z.array(z.int()) }),
  },
}
const none = {}
const Ahead = z.object({ t: z.literal('ahead'), part: z.array(z.unknown()) })

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
      weigh: ({ buffers, items }) => ({ sizes: buffers.map(({ byteLength }) => byteLength), items }),
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

  it('have their lists with them, whole and in order, and never much of one in a message', async () => {
    const { client, posted } = pair()
    const items = Array.from({ length: 60 }, (_, n) => n)
    const calls = [[1, 200_000, 3], [], [5]].map((sizes) => ({
      buffers: sizes.map((size) => new ArrayBuffer(size)),
      items: sizes.length === 1 ? [] : items,
    }))
    await expect(Promise.all(calls.map((input) => client.call('weigh', input)))).resolves.toEqual([
      { sizes: [1, 200_000, 3], items },
      { sizes: [], items },
      { sizes: [5], items: [] },
    ])
    const parts = posted.map((message) => Ahead.safeParse(message).data?.part ?? [])
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(30)
    expect(parts.filter((part) => part.length > 1 && part.some((one) => typeof one !== 'number'))).toEqual([])
    expect(JSON.stringify(posted)).not.toMatch(/"input":\{[^}]*\[\d/)
  })

  it('do not get the buffers of another call, nor what a caller says they are', async () => {
    const { client, raw } = pair()
    raw({ t: 'ahead', id: 77, list: 'buffers', part: [new ArrayBuffer(8)] })
    raw({ t: 'ahead', id: 1, list: 'buffers', part: 'none' })
    raw({ t: 'ahead', id: 1, list: 'name', part: ['none'] })
    await expect(client.call('weigh', { buffers: [new ArrayBuffer(2)] })).resolves.toEqual({ sizes: [2], items: [] })
  })

  it('do not fill the port with their lists in one go when they are to go gently', async () => {
    const { client, posted } = pair()
    const buffers = Array.from({ length: 20 }, (_, size) => new ArrayBuffer(size + 1))
    const gently = client.call('weigh', { buffers, items: [7] }, true)
    expect(posted.length).toBeLessThan(5)
    const sizes = buffers.map(({ byteLength }) => byteLength)
    await expect(gently).resolves.toEqual({ sizes, items: [7] })
    await expect(client.call('weigh', { buffers: [] }, true)).resolves.toEqual({ sizes: [], items: [] })
  })

  it('end with what the port says when it breaks in the middle of a list', async () => {
    let room = 4
    const broken: Port = {
      post: () => {
        if (room-- === 0) throw new Error('gone')
      },
      onMessage: () => undefined,
    }
    const client = joinPort(broken, none, {}, table)
    const gently = client.call('weigh', { buffers: Array.from({ length: 20 }, () => new ArrayBuffer(1)) }, true)
    await expect(gently).rejects.toMatchObject({ code: 'internal' })
  })

  it('are not made after the other side went, nor the rest of their lists', async () => {
    const { client, posted } = pair()
    const gently = client.call('weigh', { buffers: Array.from({ length: 20 }, () => new ArrayBuffer(1)) }, true)
    const before = posted.length
    client.close()
    await expect(gently).rejects.toMatchObject({ code: 'service-stopped' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(posted).toHaveLength(before)
  })

  it('survive a list ahead that is longer than any call has', async () => {
    const { client, raw } = pair()
    raw({ t: 'ahead', id: 99, list: 'items', part: Array.from({ length: 500_000 }, () => 0) })
    await expect(client.call('double', { n: 2 })).resolves.toEqual({ n: 4 })
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
