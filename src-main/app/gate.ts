import { ipcMain, type IpcMainInvokeEvent } from 'electron'
import * as z from 'zod'
import type { Permission } from '../../src-preload/contract/access'
import { calls, type CallName, type CallOutput, type Calls } from '../../src-preload/contract/calls'
import { PosternError, type WireError } from '../../src-preload/contract/errors'
import { logger } from '../shared/log'
import { appOrigin } from './protocol'

const log = logger('gate')

type AppCallName = { [N in CallName]: Calls[N]['home'] extends 'app' ? N : never }[CallName]
/** One function for each call whose home is app. */
export type AppHandlers = {
  readonly [N in AppCallName]: (input: z.output<Calls[N]['input']>) => Promise<CallOutput<N>> | CallOutput<N>
}

type Result = { ok: true; value: unknown } | { ok: false; error: WireError }

/**
 * The one channel from the windows to app. Refuses every sender but the main frame of our own page (R6), every unknown
 * name and every input that does not fit. The window of a support session may ask for two things only (R56).
 * @param allowed whether the team's roster lets the person here
 */
export function openGate(
  from: (event: IpcMainInvokeEvent) => 'agent' | 'support' | null,
  handlers: AppHandlers,
  allowed: (permission: Permission) => Promise<boolean>,
): void {
  ipcMain.handle('postern:call', async (event, name: unknown, input: unknown): Promise<Result> => {
    try {
      const frame = event.senderFrame
      if (!frame || frame.parent !== null || frame.origin !== appOrigin || from(event) === null)
        throw new PosternError('not-allowed', 'foreign sender')
      if (!isAppCall(name)) throw new PosternError('invalid-input', 'unknown call')
      if (from(event) === 'support' && name !== 'app.state' && name !== 'app.endSupport')
        throw new PosternError('not-allowed', 'not part of the grant', { grant: true })
      const { permission } = calls[name]
      if (!everybodys.has(permission) && !(await allowed(permission)))
        throw new PosternError('not-allowed', 'the role does not allow it', { permission })
      return { ok: true, value: await answer(handlers, name, input) }
    } catch (fault) {
      if (!(fault instanceof PosternError))
        log.error('call failed', { call: typeof name === 'string' ? name.slice(0, 60) : typeof name, fault })
      return { ok: false, error: PosternError.from(fault).toWire() }
    }
  })
}

/** What every role has, also before there is a store to ask. */
const everybodys: ReadonlySet<Permission> = new Set<Permission>(['read', 'settings'])

function isAppCall(name: unknown): name is AppCallName {
  return typeof name === 'string' && Object.hasOwn(calls, name) && name.startsWith('app.')
}

async function answer(handlers: AppHandlers, name: AppCallName, input: unknown): Promise<unknown> {
  const def = calls[name]
  const parsed = def.input.safeParse(input)
  if (!parsed.success) throw new PosternError('invalid-input', `input of ${name} does not fit`)
  // Name, schema and function come from one table; the lookup by name loses that tie for the compiler.
  return def.output.parse(await handlers[name](parsed.data as never))
}
