import { joinApp } from '../shared/utility'
import { logger } from '../shared/log'
import { giveBackAtRest } from '../shared/rest'
import { forbidNetwork } from '../shared/network-gate'
import { StoreService } from './service'

/** The store process: the only holder of the database and its key, the single writer. */
giveBackAtRest()
startStore()

function startStore(): void {
  const log = logger('store')
  const service = new StoreService(new URL('store-thread.cjs', import.meta.url))
  forbidNetwork((refused) => {
    log.error('a connection was refused', { host: refused.host })
    service.connectionRefused(refused)
  })

  const app = joinApp((handover, port) => {
    if (handover.to === 'mail') service.joinMail(port)
    else if (handover.to === 'window' && handover.caller) service.joinWindow(port, handover.caller)
    else log.warn('a port that is not for the store', { to: handover.to })
  })
  service.joinApp(app)

  process.on('uncaughtException', (fault) => {
    log.error('uncaught', { fault })
    // What is half done was one transaction; app starts a fresh process.
    process.exit(70)
  })
}
