import { join } from 'node:path'
import { utilityProcess, type UtilityProcess } from 'electron'
import { smallNursery } from '../shared/nursery'

export type ServiceName = 'store' | 'mail'

/**
 * Threads of mail's process that wait for the system. Half of them at most may look names up, one for each name: where a name
 * server does not answer, two of the usual four would hold up every other mailbox for as long as it does not.
 */
const waitingThreads = '32'

/** Starts the process of a service; what it says is heard by `Service` in processes.ts. */
export function forkService(name: ServiceName): UtilityProcess {
  return utilityProcess.fork(join(import.meta.dirname, `${name}.cjs`), [], {
    serviceName: `Postern ${name}`,
    stdio: 'pipe',
    execArgv: [smallNursery],
    ...(name === 'mail' ? { env: { ...process.env, UV_THREADPOOL_SIZE: waitingThreads } } : {}),
  })
}
