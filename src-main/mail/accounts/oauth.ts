import * as oauth from 'oauth4webapi'
import type { OauthService, OauthTokens, SignInStep } from '../../../src-preload/contract/sign-in'
import { PosternError } from '../../../src-preload/contract/errors'
import { unreachableCodes } from '../../../src-preload/contract/unreachable'
import { errorField, serverLine } from '../network-error'
import { openLoopback } from './oauth-loopback'
import { webRequest } from './web-request'

/** Signing in with OAuth as a native app (RFC 8252): every request to the provider leaves from here. */

export type Endpoints = NonNullable<OauthService['endpoints']>
export interface Granted {
  readonly tokens: OauthTokens
  readonly endpoints: Endpoints
}

const answerBytes = 256 * 1024
const requestMs = 30_000
/** Seconds between two questions whether a code was typed, however often the provider was not reached. */
const longestInterval = 60

/** The library's requests on our own connections: https only, no redirect, so that no secret follows one (R34). */
function options(signal: AbortSignal): {
  [oauth.customFetch]: (
    url: string,
    request: { method?: string; headers?: Record<string, string>; body?: unknown },
  ) => Promise<Response>
  signal: AbortSignal
} {
  return {
    signal,
    [oauth.customFetch]: async (url, { method, headers, body }) => {
      const text = body instanceof URLSearchParams ? body.toString() : undefined
      const answer = await webRequest(url, {
        use: 'sign-in',
        method: method === 'POST' ? 'POST' : 'GET',
        limit: answerBytes,
        ms: requestMs,
        signal,
        headers: { ...headers, ...(text === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(text)) }) },
        ...(text === undefined ? {} : { body: text }),
      })
      const type = answer.headers['content-type']
      const empty = answer.status === 204 || answer.status === 304
      return new Response(empty ? null : new Uint8Array(answer.body), {
        status: answer.status,
        headers: type === undefined ? {} : { 'content-type': type },
      })
    },
  }
}

/** The provider's endpoints: known ones, or those that the issuer publishes (OpenID Connect Discovery, RFC 8414). */
async function serverOf(service: OauthService, signal: AbortSignal): Promise<oauth.AuthorizationServer> {
  const { issuer, endpoints } = service
  if (endpoints) {
    return {
      issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      ...(endpoints.device && { device_authorization_endpoint: endpoints.device }),
      ...(endpoints.revocation && { revocation_endpoint: endpoints.revocation }),
    }
  }
  const at = new URL(issuer)
  let failure: unknown
  for (const algorithm of ['oidc', 'oauth2'] as const) {
    try {
      return await oauth.processDiscoveryResponse(
        at,
        await oauth.discoveryRequest(at, { algorithm, ...options(signal) }),
      )
    } catch (error) {
      failure ??= error
      if (signal.aborted) break
    }
  }
  throw failure
}

function endpointsOf(server: oauth.AuthorizationServer): Endpoints {
  const {
    authorization_endpoint: authorization,
    token_endpoint: token,
    device_authorization_endpoint: device,
    revocation_endpoint: revocation,
  } = server
  if (authorization === undefined || token === undefined)
    throw new PosternError('server-broken', 'endpoints are missing', { host: new URL(server.issuer).host })
  const secure = [authorization, token, device, revocation].every(
    (one) => one === undefined || one.startsWith('https://'),
  )
  if (!secure)
    throw new PosternError('plaintext-refused', 'endpoint without https', { host: new URL(server.issuer).host })
  return {
    authorization,
    token,
    ...(device !== undefined && { device }),
    ...(revocation !== undefined && { revocation }),
  }
}

const clientOf = ({ clientId }: Pick<OauthService, 'clientId'>): oauth.Client => ({
  client_id: clientId,
  [oauth.clockTolerance]: 300,
})
const authOf = ({ clientSecret }: Pick<OauthService, 'clientSecret'>): oauth.ClientAuth =>
  clientSecret ? oauth.ClientSecretPost(clientSecret) : oauth.None()

/**
 * Signs in, by the person's browser (authorization code with PKCE S256, state and issuer checked, R32) or by a code to
 * type on any device (RFC 8628). `tell` hears where the person must go. Throws `cancelled` when the person or the provider
 * ended it, `timeout` after five minutes, `oauth-client-missing`, `sign-in-refused`, or what the network gave.
 */
export async function signIn(
  service: OauthService,
  address: string,
  method: 'browser' | 'device',
  tell: (step: SignInStep) => void,
  signal: AbortSignal,
): Promise<Granted> {
  if (service.clientId === '') throw new PosternError('oauth-client-missing', 'no client id', { name: service.name })
  try {
    const server = await serverOf(service, signal)
    const endpoints = endpointsOf(server)
    const response =
      method === 'device'
        ? await byDevice(server, service, tell, signal)
        : await byBrowser(server, service, endpoints, address, tell, signal)
    return { tokens: tokensOf(response, service.scope, null), endpoints }
  } catch (error) {
    throw failure(error, service.issuer, signal)
  }
}

async function byBrowser(
  server: oauth.AuthorizationServer,
  service: OauthService,
  endpoints: Endpoints,
  address: string,
  tell: (step: SignInStep) => void,
  signal: AbortSignal,
): Promise<oauth.TokenEndpointResponse> {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const loopback = await openLoopback(state, signal)
  try {
    const url = new URL(endpoints.authorization)
    const wanted: Record<string, string> = {
      ...service.parameters,
      response_type: 'code',
      client_id: service.clientId,
      redirect_uri: loopback.redirectUri,
      scope: service.scope,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      login_hint: address,
    }
    for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, value)
    tell({ kind: 'browser', url: url.href })
    const parameters = oauth.validateAuthResponse(server, clientOf(service), await loopback.parameters, state)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      clientOf(service),
      authOf(service),
      parameters,
      loopback.redirectUri,
      verifier,
      options(signal),
    )
    return await oauth.processAuthorizationCodeResponse(server, clientOf(service), response)
  } finally {
    loopback.close()
  }
}

async function byDevice(
  server: oauth.AuthorizationServer,
  service: OauthService,
  tell: (step: SignInStep) => void,
  signal: AbortSignal,
): Promise<oauth.TokenEndpointResponse> {
  if (server.device_authorization_endpoint === undefined)
    throw new PosternError('sign-in-refused', 'no device flow', { host: new URL(server.issuer).host, noDevice: true })
  const client = clientOf(service)
  const begun = await oauth.processDeviceAuthorizationResponse(
    server,
    client,
    await oauth.deviceAuthorizationRequest(server, client, authOf(service), { scope: service.scope }, options(signal)),
  )
  const until = Date.now() + begun.expires_in * 1000
  const url = new URL(begun.verification_uri)
  if (url.protocol !== 'https:')
    throw new PosternError('plaintext-refused', 'verification page without https', { host: url.host })
  tell({ kind: 'device', url: url.href, userCode: begun.user_code, until })
  let interval = Math.max(begun.interval ?? 5, 1)
  while (Date.now() < until) {
    await pause(interval * 1000, signal)
    const answer = await polled(() =>
      oauth.deviceCodeGrantRequest(server, client, authOf(service), begun.device_code, options(signal)),
    )
    if (answer === null) {
      interval = Math.max(interval, Math.min(interval * 2, longestInterval))
      continue
    }
    try {
      return await oauth.processDeviceCodeResponse(server, client, answer)
    } catch (error) {
      const code = errorField(error, 'error')
      if (code === 'slow_down') interval += 5
      else if (code !== 'authorization_pending') throw error
    }
  }
  throw new PosternError('timeout', 'device code')
}

/** The provider's answer; null where it was not reached or is out of order: nothing is decided, and it is asked less often (RFC 8628, 3.5). */
async function polled(ask: () => Promise<Response>): Promise<Response | null> {
  try {
    const answer = await ask()
    return answer.status >= 500 || answer.status === 429 ? null : answer
  } catch (error) {
    const lost = [error, errorField(error, 'cause')].some(
      (one) => one instanceof PosternError && unreachableCodes.has(one.code),
    )
    if (lost) return null
    throw error
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(new PosternError('cancelled', 'device code'))
      },
      { once: true },
    )
  })
}

export interface Refresh {
  readonly service: OauthService
  readonly endpoints: Endpoints
  readonly refreshToken: string
}

/**
 * A fresh access token, from the very endpoint that was bound at sign-in. Throws `sign-in-needed` when the provider wants
 * the person again (invalid_grant), else what the network or the provider gave.
 */
export async function refresh({ service, endpoints, refreshToken }: Refresh): Promise<OauthTokens> {
  const signal = AbortSignal.timeout(requestMs)
  try {
    const server = await serverOf({ ...service, endpoints }, signal)
    const response = await oauth.refreshTokenGrantRequest(
      server,
      clientOf(service),
      authOf(service),
      refreshToken,
      options(signal),
    )
    return tokensOf(
      await oauth.processRefreshTokenResponse(server, clientOf(service), response),
      service.scope,
      refreshToken,
    )
  } catch (error) {
    throw failure(error, service.issuer, null)
  }
}

/** Tells the provider to forget a token (RFC 7009), where it can be told; says whether it did. */
export async function revoke({ service, endpoints, refreshToken }: Refresh): Promise<boolean> {
  if (endpoints.revocation === undefined) return false
  const signal = AbortSignal.timeout(requestMs)
  try {
    const server = await serverOf({ ...service, endpoints }, signal)
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, clientOf(service), authOf(service), refreshToken, options(signal)),
    )
    return true
  } catch (error) {
    throw failure(error, service.issuer, null)
  }
}

function tokensOf(response: oauth.TokenEndpointResponse, scope: string, refreshToken: string | null): OauthTokens {
  const claims = oauth.getValidatedIdTokenClaims(response)
  const email = claims?.['email_verified'] === false ? undefined : claims?.['email']
  // Google and Keycloak say when the refresh token itself ends, under names of their own.
  const ends = response['refresh_token_expires_in'] ?? response['refresh_expires_in']
  return {
    accessToken: response.access_token,
    accessUntil: Date.now() + (response.expires_in ?? 3600) * 1000,
    // Without rotation the old one stays good.
    refreshToken: response.refresh_token ?? refreshToken,
    refreshUntil: typeof ends === 'number' && ends > 0 ? Date.now() + ends * 1000 : null,
    scope: response.scope ?? scope,
    address: typeof email === 'string' ? email : null,
  }
}

function failure(error: unknown, issuer: string, signal: AbortSignal | null): PosternError {
  if (error instanceof PosternError) return error
  const host = new URL(issuer).host
  if (signal?.aborted) return new PosternError('cancelled', 'sign-in', { host })
  // The library wraps what the network gave.
  const cause = errorField(error, 'cause')
  if (cause instanceof PosternError) return cause
  const code = errorField(error, 'error')
  const line = serverLine(errorField(error, 'error_description'))
  const facts = { host, ...(line === '' ? {} : { serverLine: line }) }
  if (code === 'invalid_grant') return new PosternError('sign-in-needed', 'invalid_grant', facts)
  if (code === 'access_denied') return new PosternError('cancelled', 'access_denied', facts)
  if (code === 'invalid_client' || code === 'unauthorized_client')
    return new PosternError('oauth-client-missing', code, facts)
  if (code === 'expired_token') return new PosternError('timeout', 'expired_token', facts)
  if (typeof code === 'string' && code !== 'server_error' && code !== 'temporarily_unavailable')
    return new PosternError('sign-in-refused', code.slice(0, 60), facts)
  const what = errorField(error, 'code')
  return new PosternError('server-broken', typeof what === 'string' ? what.slice(0, 60) : 'oauth', facts)
}
