/**
 * A certified OAuth server (oidc-provider) on loopback over https, with login and consent pages for a browser, device
 * codes, rotation and revocation; and the settings with which Dovecot takes its tokens.
 */
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import Provider from 'oidc-provider'
import { freePort, makeEnterable, tempFolder } from './process.mjs'

/**
 * @typedef {object} OauthServer
 * @property {string} issuer
 * @property {string} clientId
 * @property {string} dovecotConfig lines for Dovecot's configuration: its users sign in with tokens too
 * @property {{ grant: string, error: string | null }[]} asked each request of the token endpoint and what came of it
 * @property {(account: string) => Promise<void>} forget takes back everything that was given to an account
 * @property {(seconds: number | null) => void} tellRefreshEnd from now on it says that refresh tokens end so soon
 * @property {import('oidc-provider').default} provider
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ tls: { cert: string, key: string }, accessSeconds?: number, refreshSeconds?: number }} options
 * @returns {Promise<OauthServer>}
 */
export async function startOauth({ tls, accessSeconds = 3600, refreshSeconds = 14 * 86_400 }) {
  const port = await freePort()
  const issuer = `https://localhost:${port}`
  const clientId = 'postern-test'
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/'],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      },
    ],
    scopes: ['openid', 'offline_access', 'email', 'mail'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true }, deviceFlow: { enabled: true }, revocation: { enabled: true } },
    cookies: { keys: ['only for tests'] },
    ttl: {
      AccessToken: accessSeconds,
      RefreshToken: refreshSeconds,
      Grant: 14 * 86_400,
      Session: 86_400,
      Interaction: 600,
      IdToken: 3600,
      DeviceCode: 600,
    },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    // The name that is typed into the login page is the account.
    findAccount: async (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, email: id, email_verified: true }),
    }),
  })
  provider.proxy = false
  let refreshEnd = /** @type {number | null} */ (null)
  // As Google says it; the library has no word for it.
  provider.use(async (context, next) => {
    await next()
    if (refreshEnd !== null && context.path === '/token' && context.status === 200)
      context.body = { .../** @type {object} */ (context.body), refresh_token_expires_in: refreshEnd }
  })
  const asked = /** @type {{ grant: string, error: string | null }[]} */ ([])
  const accounts = /** @type {Map<string, Set<string>>} */ (new Map())
  const noted = (/** @type {any} */ context, /** @type {string | null} */ error) =>
    asked.push({ grant: String(context.oidc?.params?.grant_type ?? ''), error })
  provider.on('grant.success', (context) => noted(context, null))
  provider.on('grant.error', (context, error) => noted(context, error.error))
  provider.on('access_token.saved', (token) =>
    accounts.set(token.accountId, (accounts.get(token.accountId) ?? new Set()).add(token.grantId)),
  )

  const web = https.createServer(
    { cert: fs.readFileSync(tls.cert), key: fs.readFileSync(tls.key) },
    provider.callback(),
  )
  web.listen(port, '127.0.0.1')
  await once(web, 'listening')
  // What Dovecot asks: whether a token is good and whose it is.
  const introspection = http.createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const token =
      new URLSearchParams(body).get('token') ?? new URL(request.url ?? '', 'http://x').searchParams.get('token') ?? ''
    const found = await provider.AccessToken.find(token)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(found ? { active: true, username: found.accountId, scope: found.scope } : { active: false }),
    )
  })
  introspection.listen(0, '127.0.0.1')
  await once(introspection, 'listening')
  const dir = tempFolder('oauth')
  makeEnterable(dir)
  const conf = path.join(dir, 'dovecot-oauth2.conf')
  const address = /** @type {import('node:net').AddressInfo} */ (introspection.address())
  fs.writeFileSync(
    conf,
    `introspection_mode = post\nintrospection_url = http://127.0.0.1:${address.port}/introspect\nusername_attribute = username\nactive_attribute = active\nactive_value = true\ntokeninfo_url =\nforce_introspection = yes\n`,
    { mode: 0o644 },
  )
  return {
    issuer,
    clientId,
    asked,
    provider,
    tellRefreshEnd: (seconds) => {
      refreshEnd = seconds
    },
    dovecotConfig: `auth_mechanisms = plain login xoauth2 oauthbearer\npassdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = ${conf}\n}\n`,
    forget: async (account) => {
      for (const grant of accounts.get(account) ?? []) {
        for (const kind of ['AccessToken', 'RefreshToken', 'Grant']) await provider[kind].adapter.revokeByGrantId(grant)
        await (await provider.Grant.find(grant))?.destroy()
      }
    },
    stop: async () => {
      for (const server of [web, introspection]) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}
