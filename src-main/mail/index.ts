import {
  appForMail,
  mailForApp,
  mailForStore,
  storeForMail,
  type StoreForMail,
} from '../../src-preload/contract/internal'
import { PosternError } from '../../src-preload/contract/errors'
import { logger } from '../shared/log'
import { onErrand } from '../shared/network-gate'
import { joinPort, type Rpc } from '../shared/port-rpc'
import { giveBackAtRest, muchAtWork } from '../shared/rest'
import { joinApp } from '../shared/utility'
import { opens, testConnection } from './accounts/connection-test'
import { findSettings } from './accounts/autoconfig'
import { fetchImage } from './fetch-image'
import { fillFromSample } from './sync/sample-server'
import { Importer } from './import/importer'
import { Mailboxes } from './mailboxes'
import { NetworkLedger } from './network-ledger'
import { refresh, revoke, signIn } from './accounts/oauth'
import { refuseRevoked } from './revocation'
import { Pace } from './sync/pace'
import { Parser } from './parse/parser'
import { watchAddresses } from './sync/network-watch'
import { tryNats } from './team/team-link'
import { trustSystemAuthorities } from './sync/server-rules'

/** The mail process: the only one on the network and the only one that parses hostile bytes. */
startMail()

function startMail(): void {
  giveBackAtRest(muchAtWork)
  const log = logger('mail')
  const ledger = new NetworkLedger()
  ledger.start()
  refuseRevoked()
  const onFault = (call: string, fault: unknown): void => log.error('handler failed', { call, fault })
  // Whatever a socket or a library still throws after its owner let go must not end the process.
  process.on('unhandledRejection', (fault) => log.error('unhandled rejection', fault))
  process.on('uncaughtException', (fault) => log.error('uncaught exception', fault))
  try {
    trustSystemAuthorities()
  } catch (error) {
    log.warn('the system list of authorities cannot be read', error)
  }

  const parser = new Parser(new URL('mail-parser.cjs', import.meta.url))
  const importer = new Importer(parser)
  const pace = new Pace()
  let store: Rpc<StoreForMail> | null = null
  const signingIn = new Map<string, AbortController>()

  const appPort = joinApp((handover, port) => {
    if (handover.to !== 'store') return
    store?.close('service-restarting')
    store = joinPort(
      port,
      mailForStore,
      {
        'part.extract': async ({ raw, index }) => parser.extract(raw, index),
        'image.fetch': async ({ url }) => fetchImage(url),
        'outbox.wake': ({ mailboxId }) => (mailboxes.wakeOutbox(mailboxId), {}),
        'ops.wake': ({ mailboxId }) => (mailboxes.wakeActs(mailboxId), {}),
        'team.tryNats': async ({ server, mailboxId }) => (await tryNats(server, mailboxId), {}),
        'team.wake': ({ changed }) => (mailboxes.wakeTeam(changed), {}),
        'sync.now': ({ mailboxId }) => (mailboxes.syncNow(mailboxId), {}),
        'message.fetch': async ({ mailboxId, path, uidValidity, uid }) => ({
          message: await mailboxes.fetchMessage(mailboxId, path, uidValidity, uid),
        }),
        'imports.wake': () => (importer.wake(), {}),
        'network.rules': (rules) => (ledger.setRules(rules), {}),
      },
      storeForMail,
      { onFault },
    )
    ledger.connectStore(store)
    mailboxes.connectStore(store)
    importer.connectStore(store)
  })
  const app = joinPort(
    appPort,
    mailForApp,
    {
      'mail.start': () => (mailboxes.start(), {}),
      'mailbox.coming': () => (parser.warm(), {}),
      'mailbox.changed': ({ id }) => (mailboxes.changed(id), {}),
      'mailbox.removed': ({ id }) => (mailboxes.removed(id), {}),
      'network.changed': ({ online }) => (mailboxes.network(online), {}),
      'power.changed': ({ onBattery }) => (pace.setPower(onBattery), {}),
      'mail.stop': async () => {
        pace.wake()
        await mailboxes.stop()
        await importer.stop()
        await parser.close()
        await ledger.flush()
        return {}
      },
      'connection.test': async ({ testId, ...input }) => ({
        ok: await testConnection(
          input,
          (steps, finished) => void app.call('connection.progress', { testId, steps, finished }).catch(() => undefined),
        ),
      }),
      'login.try': async ({ mailboxId, use, server, password }) => ({
        opens: await onErrand({ use: 'try-former', host: server.host, mailboxId }, () => opens(use, server, password)),
      }),
      'settings.find': async ({ address }) => ({ found: await findSettings(address) }),
      'oauth.signIn': async ({ signInId, service, address, method }) => {
        const cancel = new AbortController()
        signingIn.set(signInId, cancel)
        try {
          return await signIn(
            service,
            address,
            method,
            (step) => void app.call('oauth.step', { signInId, step }).catch(() => cancel.abort()),
            cancel.signal,
          )
        } finally {
          signingIn.delete(signInId)
        }
      },
      'oauth.cancel': ({ signInId }) => (signingIn.get(signInId)?.abort(), {}),
      'oauth.refresh': async (grant) => refresh(grant),
      'oauth.revoke': async (grant) => ({ told: await revoke(grant) }),
      'import.sample': async ({ dir, mailboxIds }) => {
        if (!store) throw new PosternError('service-restarting', 'no store')
        return { messages: await fillFromSample(dir, mailboxIds, store, parser) }
      },
    },
    appForMail,
    { onFault },
  )
  const mailboxes = new Mailboxes({ app, parser, pace })
  watchAddresses(() => mailboxes.network(true))
}
