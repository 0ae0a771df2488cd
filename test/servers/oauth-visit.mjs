/** A browser reduced to what a sign-in needs: follows redirects, keeps cookies, fills the login page and allows. */
import http from 'node:http'
import https from 'node:https'

/** @returns {Promise<{ status: number, location: string | undefined, body: string, cookies: string[] }>} */
function ask(/** @type {string} */ url, /** @type {{ cookie?: string, form?: string }} */ { cookie, form } = {}) {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:')
    const headers = {
      ...(cookie && { cookie }),
      ...(form !== undefined && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(Buffer.byteLength(form)),
      }),
    }
    const request = (secure ? https : http).request(
      url,
      { method: form === undefined ? 'GET' : 'POST', headers, ...(secure && { rejectUnauthorized: false }) },
      async (response) => {
        let body = ''
        for await (const chunk of response) body += chunk
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          body,
          cookies: response.headers['set-cookie'] ?? [],
        })
      },
    )
    request.on('error', reject)
    request.end(form)
  })
}

/**
 * Goes to an address and signs in as `account`; `until` may stop it before an address is opened, such as the way back.
 * @param {string} url
 * @param {string} account
 * @param {{ until?: (url: string) => boolean, form?: string }} [options]
 * @returns {Promise<{ url: string, body: string }>} the last address and what it showed
 */
export async function visit(url, account, { until = () => false, form } = {}) {
  const jar = new Map()
  let at = url
  let next = form
  for (let steps = 0; steps < 20; steps += 1) {
    if (until(at)) return { url: at, body: '' }
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await ask(at, {
      ...(cookie && at.startsWith('https:') && { cookie }),
      ...(next !== undefined && { form: next }),
    })
    next = undefined
    for (const line of answer.cookies) {
      const [pair = ''] = line.split(';')
      const equals = pair.indexOf('=')
      jar.set(pair.slice(0, equals), pair.slice(equals + 1))
    }
    if (answer.location !== undefined) {
      at = new URL(answer.location, at).href
      continue
    }
    const action = /<form[^>]*action="([^"]+)"/.exec(answer.body)?.[1]
    if (action === undefined || answer.status !== 200) return { url: at, body: answer.body }
    const hidden = [...answer.body.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [
      /name="([^"]*)"/.exec(tag)?.[1] ?? '',
      /value="([^"]*)"/.exec(tag)?.[1] ?? '',
    ])
    const login = /name="login"/.test(answer.body)
      ? [
          ['login', account],
          ['password', 'any'],
        ]
      : []
    next = new URLSearchParams([...hidden, ...login]).toString()
    at = new URL(action.replaceAll('&amp;', '&'), at).href
  }
  throw new Error(`the sign-in goes in circles at ${at}`)
}
