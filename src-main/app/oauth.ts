import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import type { MailForApp } from '../../src-preload/contract/internal'
import type { MailboxSettings, ServerSettings } from '../../src-preload/contract/mailboxes'
import { BoundHost, OauthService, OauthTokens, type MailUse, type SignInStep } from '../../src-preload/contract/sign-in'
import type { CallOutput } from '../../src-preload/contract/calls'
import { logger } from '../shared/log'
import type { Rpc } from '../shared/port-rpc'
import type { Keys } from './keys'

const log = logger('oauth')

/** A permission that a provider gave, as the keychain has it. The refresh token is an entry of its own: some keychains hold no more than 2.5 kB in one. */
const Grant = z.object({
  service: OauthService,
  endpoints: OauthService.shape.endpoints.unwrap(),
  /** The only servers that its tokens go to (R34). */
  hosts: z.array(BoundHost),
  scope: z.string(),
  at: z.int(),
  endsAt: z.int().nullable(),
  lasting: z.boolean(),
  /** The provider wants the person again; it is not asked before that. */
  ended: z.boolean(),
})
export type Grant = z.infer<typeof Grant>

type State = CallOutput<'app.signInState'>
interface Pending {
  state: State
  hosts: BoundHost[]
  grant: Grant | null
  tokens: OauthTokens | null
}

const factsName = (id: string): string => `grant:${id}`
const tokenName = (id: string): string => `grant:${id}:refresh`

/** An access token that ends within this is not handed out any more, in ms. */
const spareMs = 2 * 60_000
/** A lock or an end waits for a provider's answer for so long at most, in ms. */
const renewMs = 3000
/** The end of a permission is forecast this long before, in ms. */
const forecastMs = 7 * 24 * 3600_000

/**
 * Signing in by browser. The requests themselves are made by mail; the refresh tokens stay here and in the keychain, and
 * mail gets one for one request. Access tokens are kept in memory only.
 */
export class SignIns {
  private readonly pending = new Map<string, Pending>()
  private readonly access = new Map<string, { token: string; until: number }>()
  private readonly refreshing = new Map<string, Promise<string>>()
  /** Refresh tokens that the keychain has not taken: those that it has in their place may be used up. */
  private readonly unkept = new Map<string, string>()

  constructor(
    private readonly keys: Keys,
    private readonly mail: () => Rpc<MailForApp>,
    private readonly openBrowser: (url: string) => Promise<void>,
    private readonly changed: (signInId: string) => void,
  ) {}

  /** Begins a sign-in; how it goes comes through `state`. */
  start(
    signInId: string,
    service: OauthService,
    settings: MailboxSettings,
    uses: readonly MailUse[],
    method: 'browser' | 'device',
  ): void {
    const hosts = uses.map((use) => ({ host: settings[use].host, port: settings[use].port }))
    const state: State = {
      state: 'starting',
      url: null,
      userCode: null,
      until: null,
      address: null,
      scope: [],
      error: null,
    }
    const begun: Pending = { state, hosts, grant: null, tokens: null }
    this.pending.set(signInId, begun)
    if (this.pending.size > 20) this.cancel([...this.pending.keys()][0] ?? '')
    this.mail()
      .call('oauth.signIn', { signInId, service, address: settings.address, method })
      .then(
        ({ tokens, endpoints }) => {
          begun.tokens = tokens
          begun.grant = {
            service,
            endpoints,
            hosts,
            scope: tokens.scope,
            at: Date.now(),
            endsAt: tokens.refreshUntil,
            lasting: tokens.refreshToken !== null,
            ended: false,
          }
          begun.state = {
            ...begun.state,
            state: 'done',
            url: null,
            userCode: null,
            address: tokens.address,
            scope: tokens.scope.split(' ').filter(Boolean),
          }
        },
        (fault: unknown) => {
          const error = PosternError.from(fault)
          log.info('sign-in failed', { code: error.code, reason: error.message })
          begun.state = {
            ...begun.state,
            state: 'failed',
            url: null,
            userCode: null,
            error: { code: error.code, detail: error.detail },
          }
        },
      )
      .finally(() => this.changed(signInId))
  }

  state(signInId: string): State {
    return this.find(signInId).state
  }

  cancel(signInId: string): void {
    if (!this.pending.delete(signInId)) return
    void this.mail()
      .call('oauth.cancel', { signInId })
      .catch(() => undefined)
  }

  /** mail says where the person must go. A browser is opened at once; a code is only shown. */
  async step(signInId: string, step: SignInStep): Promise<void> {
    const one = this.find(signInId)
    one.state =
      step.kind === 'browser'
        ? { ...one.state, state: 'browser', url: step.url }
        : { ...one.state, state: 'device', url: step.url, userCode: step.userCode, until: step.until }
    this.changed(signInId)
    if (step.kind === 'browser') await this.open(signInId)
  }

  /** Opens the browser (again) at the sign-in's page. */
  async open(signInId: string): Promise<void> {
    const { url } = this.find(signInId).state
    if (url === null || !url.startsWith('https://')) throw new PosternError('not-allowed', 'no page to open')
    await this.openBrowser(url)
  }

  /** The access token of a sign-in that is not kept yet, for its own servers only. */
  pendingToken(signInId: string, server: ServerSettings): string {
    const { grant, tokens } = this.find(signInId)
    if (!grant || !tokens) throw new PosternError('sign-in-needed', 'not signed in yet')
    refuseOtherHost(grant, server)
    return tokens.accessToken
  }

  /** Puts a finished sign-in into the keychain; answers with the name under which it is kept. */
  async keep(signInId: string): Promise<string> {
    const { grant, tokens } = this.find(signInId)
    if (!grant || !tokens) throw new PosternError('sign-in-needed', 'not signed in yet')
    const id = randomUUID()
    if (tokens.refreshToken !== null) await this.keys.setSecret(tokenName(id), tokens.refreshToken)
    await this.write(id, grant)
    this.access.set(id, { token: tokens.accessToken, until: tokens.accessUntil })
    this.pending.delete(signInId)
    return id
  }

  /**
   * An access token for one of the bound servers; a fresh one when it ends soon or when the server refused it (`renew`).
   * However many ask, the provider is asked once. Throws `sign-in-needed`, without asking the provider again.
   */
  async token(id: string, server: Pick<ServerSettings, 'host' | 'port'>, renew: boolean): Promise<string> {
    const grant = await this.grant(id)
    if (!grant) throw new PosternError('sign-in-needed', 'no permission is kept', { host: server.host })
    refuseOtherHost(grant, server)
    const known = this.access.get(id)
    if (known && !renew && known.until - spareMs > Date.now()) return known.token
    if (grant.ended)
      throw new PosternError('sign-in-needed', 'the provider wants the person', {
        host: server.host,
        name: grant.service.name,
      })
    const running = this.refreshing.get(id)
    if (running) return running
    const work = this.refresh(id, grant).finally(() => this.refreshing.delete(id))
    this.refreshing.set(id, work)
    return work
  }

  /** Returns once no permission is being renewed: what a provider gave for a token that is used up now is kept then. */
  async renewed(): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, renewMs).unref())
    const kept = Promise.allSettled(this.refreshing.values()).then(() =>
      Promise.allSettled([...this.unkept.keys()].map((id) => this.keepRefreshToken(id))),
    )
    await Promise.race([kept, late])
  }

  private async refresh(id: string, grant: Grant): Promise<string> {
    const refreshToken = await this.refreshToken(id)
    try {
      if (refreshToken === null) throw new PosternError('sign-in-needed', 'no refresh token')
      const tokens = await this.mail().call('oauth.refresh', {
        service: grant.service,
        endpoints: grant.endpoints,
        refreshToken,
      })
      // The new refresh token is kept before anything is done with what came along: the old one may be used up.
      if (tokens.refreshToken !== null && tokens.refreshToken !== refreshToken) this.unkept.set(id, tokens.refreshToken)
      await this.keepRefreshToken(id)
      if (tokens.refreshUntil !== null && tokens.refreshUntil !== grant.endsAt)
        await this.write(id, { ...grant, endsAt: tokens.refreshUntil })
      this.access.set(id, { token: tokens.accessToken, until: tokens.accessUntil })
      return tokens.accessToken
    } catch (fault) {
      const error = PosternError.from(fault)
      if (error.code !== 'sign-in-needed' && error.code !== 'oauth-client-missing') throw error
      this.access.delete(id)
      await this.write(id, { ...grant, ended: true })
      throw new PosternError('sign-in-needed', error.message, { ...error.detail, name: grant.service.name })
    }
  }

  private async refreshToken(id: string): Promise<string | null> {
    return this.unkept.get(id) ?? (await this.keys.secret(tokenName(id)))
  }

  /** Tried again with each renewal: until it is kept, the next one goes on with it all the same. */
  private async keepRefreshToken(id: string): Promise<void> {
    const token = this.unkept.get(id)
    if (token === undefined) return
    await this.keys.setSecret(tokenName(id), token)
    this.unkept.delete(id)
  }

  /** What is kept about a permission; null when there is none. */
  async grant(id: string): Promise<Grant | null> {
    const stored = await this.keys.secret(factsName(id))
    return stored === null ? null : Grant.parse(JSON.parse(stored))
  }

  /** How the permission stands, for people. */
  stateOf(grant: Grant): 'good' | 'ends-soon' | 'not-lasting' | 'needed' {
    if (grant.ended || (grant.endsAt !== null && grant.endsAt <= Date.now())) return 'needed'
    if (!grant.lasting) return 'not-lasting'
    return grant.endsAt !== null && grant.endsAt - Date.now() < forecastMs ? 'ends-soon' : 'good'
  }

  /** Forgets a permission; `tellProvider` asks the provider to forget it too, where it can be asked. */
  async forget(id: string, tellProvider: boolean): Promise<void> {
    const grant = await this.grant(id)
    const refreshToken = await this.refreshToken(id)
    this.unkept.delete(id)
    for (const name of [tokenName(id), factsName(id)]) await this.keys.removeSecret(name)
    this.access.delete(id)
    if (tellProvider && grant && refreshToken !== null && !grant.ended) {
      const { service, endpoints } = grant
      await this.mail()
        .call('oauth.revoke', { service, endpoints, refreshToken })
        .catch((fault: unknown) => log.info('not revoked', { code: PosternError.from(fault).code }))
    }
  }

  /** Locked: nothing of a token stays in memory. */
  clear(): void {
    for (const id of this.pending.keys()) this.cancel(id)
    this.access.clear()
    this.unkept.clear()
  }

  private async write(id: string, grant: Grant): Promise<void> {
    await this.keys.setSecret(factsName(id), JSON.stringify(grant))
  }

  private find(signInId: string): Pending {
    const one = this.pending.get(signInId)
    if (!one) throw new PosternError('not-found', 'no such sign-in')
    return one
  }
}

function refuseOtherHost(grant: Grant, { host, port }: Pick<ServerSettings, 'host' | 'port'>): void {
  if (grant.hosts.some((one) => one.host === host && one.port === port)) return
  throw new PosternError('sign-in-needed', 'the server changed since the sign-in', { host, serverChanged: true })
}
