import type { Caller } from '../../../src-preload/contract/access'
import type { supportCalls } from '../../../src-preload/contract/calls/access'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Handlers } from '../../../src-preload/contract/internal'
import { getSettings } from '../settings'
import type { StoreCalls, StoreService } from '../service'
import { access } from './access'
import { conversations } from './conversations'
import { customers } from './customers'
import { journal } from './journal'
import { labels } from './labels'
import { ledger } from './ledger'
import { mailboxes } from './mailboxes'
import { messages } from './messages'
import { notes } from './notes'
import { presence } from './presence'
import { register } from './register'
import { replies } from './replies'
import { reports } from './reports'
import { search } from './search'
import { settings } from './settings'
import { team } from './team'
import { threads } from './threads'
import { views } from './views'
import { work } from './work'
import { transfers } from './transfers'

const notHere = (): never => {
  throw new PosternError('not-allowed', 'not a support session')
}
const onlyInSupport: Handlers<typeof supportCalls> = {
  'support.session': notHere,
  'support.log': notHere,
  'support.attachment': notHere,
  'support.diagnostics': notHere,
}

/** The functions behind the window's calls, for one caller; one file a thing. Permission has been checked before they run. */
export function windowHandlers(service: StoreService, caller: Caller): Handlers<StoreCalls> {
  const by = (): string => caller.name || getSettings(service.read).agentName
  return {
    ...conversations(service, by),
    ...threads(service, by),
    ...work(service, by),
    ...labels(service),
    ...views(service, by),
    ...transfers(service),
    ...messages(service),
    ...customers(service),
    ...notes(service, by),
    ...replies(service, by),
    ...presence(service),
    ...search(service),
    ...mailboxes(service),
    ...settings(service),
    ...journal(service),
    ...team(service),
    ...ledger(service),
    ...register(service, caller),
    ...access(service, caller, by),
    ...reports(service, caller, by),
    ...onlyInSupport,
  }
}
