import * as z from 'zod'
import { Caller } from '../../src-preload/contract/access'
import { setLogSink } from './log'
import type { Port } from './port-rpc'

/** The parts of Electron's ports that are used here, so that store, mail and shared need not import Electron. */
export interface ElectronPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown; ports: ElectronPort[] }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  start(): void
}

/** Wraps a MessagePortMain. Starting it lets queued messages flow, so call it after the listener can be set. */
function electronPort(port: ElectronPort): Port {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (event) => listener(event.data))
      port.start()
    },
    onClose: (listener) => void port.on('close', listener),
  }
}

export interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown; ports: ElectronPort[] }) => void): unknown
}

/** The port to app inside a utility process. Throws when this is not one. */
export function parentPort(): ParentPort {
  const port: unknown = Reflect.get(process, 'parentPort')
  if (!isParentPort(port)) throw new Error('not started as a utility process')
  return port
}

function isParentPort(port: unknown): port is ParentPort {
  return typeof port === 'object' && port !== null && 'postMessage' in port && 'on' in port
}

/** Sent by app with a port: who is at the other end. The caller's identity is fixed here, never in a call. */
export const PortHandover = z.object({
  t: z.literal('port'),
  to: z.enum(['window', 'mail', 'store']),
  caller: Caller.nullable(),
})
export type PortHandover = z.infer<typeof PortHandover>

/**
 * The connection of a utility process to app: ports that app hands over go to `onPort`, everything else is the
 * returned port for calls. Log lines travel to app as events.
 */
export function joinApp(onPort: (handover: PortHandover, port: Port) => void): Port {
  const parent = parentPort()
  setLogSink((line) => parent.postMessage({ t: 'event', event: { topic: 'log', line } }))
  return {
    post: (message) => parent.postMessage(message),
    onMessage: (listener) => {
      parent.on('message', (event) => {
        const handover = PortHandover.safeParse(event.data)
        const port = event.ports[0]
        if (handover.success && port) onPort(handover.data, electronPort(port))
        else listener(event.data)
      })
    },
  }
}
