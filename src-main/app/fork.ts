import { join } from 'node:path'
import { utilityProcess, type UtilityProcess } from 'electron'

export type ServiceName = 'store' | 'mail'

/** Starts the process of a service; what it says is heard by `Service` in processes.ts. */
export function forkService(name: ServiceName): UtilityProcess {
  return utilityProcess.fork(join(import.meta.dirname, `${name}.js`), [], {
    serviceName: `Postern ${name}`,
    stdio: 'pipe',
  })
}
