import { PosternError } from '../../src-preload/contract/errors'
import type { OauthService, ProviderFacts } from '../../src-preload/contract/sign-in'
import { appAccountCalls } from '../../src-preload/contract/calls/app-accounts'
import { providerOfServer, serviceFor } from '../shared/providers'
import type { AppHandlers } from './gate'
import type { Workspace } from './workspace'

/** What the set-up shows of a provider before anything is asked. */
function factsOf(id: string, name: string, service: OauthService | null): ProviderFacts {
  if (!service) return { id, name, oauth: null }
  const opens = new URL(service.endpoints?.authorization ?? service.issuer).host
  // An issuer that publishes its endpoints may offer the device flow; whether it does is seen when it is asked.
  const device = service.endpoints === null || service.endpoints.device !== undefined
  return {
    id,
    name: service.name,
    oauth: { opens, scope: service.scope.split(' ').filter(Boolean), clientMissing: service.clientId === '', device },
  }
}

/** The calls of contract/calls/app-accounts. */
export function accountHandlers(workspace: Workspace): Pick<AppHandlers, keyof typeof appAccountCalls> {
  const { mailboxes, signIns } = workspace
  return {
    'app.findSettings': async ({ address }) => {
      const { found } = await workspace.mail.call('settings.find', { address })
      if (!found) return { found: null }
      const { host } = found.settings.imap
      const known = providerOfServer({ host })
      const service = serviceFor(host, ['imap', 'smtp'], await mailboxes.oauthClients(host))
      return {
        found: {
          ...found,
          provider: known || service ? factsOf(known?.id ?? 'own', known?.name ?? host, service) : null,
        },
      }
    },
    'app.provider': async ({ host, uses }) => {
      const service = serviceFor(host, uses, await mailboxes.oauthClients(host))
      const known = providerOfServer({ host })
      return { provider: known || service ? factsOf(known?.id ?? 'own', known?.name ?? host, service) : null }
    },
    'app.signIn': async ({ signInId, settings, uses, method }) => {
      const [first] = uses
      const service =
        first === undefined
          ? null
          : serviceFor(settings[first].host, uses, await mailboxes.oauthClients(settings[first].host))
      if (!service)
        throw new PosternError('oauth-client-missing', 'no way to sign in', { host: settings[first ?? 'imap'].host })
      signIns.start(signInId, service, settings, uses, method)
      return {}
    },
    'app.signInState': ({ signInId }) => signIns.state(signInId),
    'app.openSignIn': async ({ signInId }) => {
      await signIns.open(signInId)
      return {}
    },
    'app.cancelSignIn': ({ signInId }) => {
      signIns.cancel(signInId)
      return {}
    },
    'app.signIns': async () => ({ signIns: await mailboxes.signInFacts() }),
    'app.former': async ({ whose }) => workspace.formerAccess.facts(whose),
    'app.tryFormer': async ({ whose, password }) => ({ tried: await workspace.formerAccess.try(whose, password) }),
    'app.lock': async () => {
      await workspace.keyActs.lock()
      return {}
    },
  }
}
