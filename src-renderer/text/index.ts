import i18next from 'i18next'
import type { ErrorDetail } from '../../src-preload/contract'
import { en } from './en'
import { detailWords } from './detail'
import { numberText } from './numbers'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: typeof en
  }
}

void i18next.init({
  lng: 'en',
  fallbackLng: 'en',
  ns: Object.keys(en),
  defaultNS: 'common',
  resources: { en },
  initAsync: false,
  interpolation: { escapeValue: false },
  returnNull: false,
})

// Counts in sentences as everywhere else: 12,481.
i18next.services.formatter?.add('number', (value: unknown) => numberText(Number(value)))

/** Texts without gaps never change while the window is open; looking one up through i18next takes a hundred times longer. */
const fixed = new Map<string, unknown>()

/** A text that has neither gaps nor other texts in it, by its key; undefined for all that i18next has to put together. */
function plainText(key: string): string | undefined {
  const [place, path] = key.includes(':') ? key.split(':', 2) : ['common', key]
  let found: unknown = Reflect.get(en, place ?? '')
  for (const part of (path ?? '').split('.'))
    found = typeof found === 'object' && found !== null ? Reflect.get(found, part) : undefined
  return typeof found === 'string' && !/\{\{|\$t\(/.test(found) ? found : undefined
}

/** The words for a key, as `t` of i18next. */
export const t = new Proxy(i18next.t, {
  apply(target, self, args: unknown[]): unknown {
    const key = args[0]
    if (args.length !== 1 || typeof key !== 'string') return Reflect.apply(target, self, args)
    const known = fixed.get(key)
    if (known !== undefined) return known
    const text: unknown = plainText(key) ?? Reflect.apply(target, self, args)
    fixed.set(key, text)
    return text
  },
})

/** Codes travel as text where they were stored; one that is not known gets the sentence of `internal`. */
function isKnown(code: string): code is keyof typeof en.errors {
  return Object.hasOwn(en.errors, code)
}

/**
 * The sentence for an error: what happened, what is safe, what to do. With a `host` or a
 * `limit` among its facts the sentence names it, where there is one that does.
 * Takes a CallError or the `error` of a mailbox, a test step or an outbox item.
 */
export function errorText(error: { code: string; detail?: ErrorDetail }): string {
  const detail = error.detail ?? {}
  const code = isKnown(error.code) ? error.code : 'internal'
  const more =
    detail['managed'] === true
      ? 'managed'
      : detail['nats'] === true
        ? 'nats'
        : detail['host'] === undefined
          ? 'limit'
          : 'host'
  const named = `${code}_${more}`
  const sentence = detail[more] !== undefined && isKnown(named) ? en.errors[named] : en.errors[code]
  return i18next.services.interpolator.interpolate(sentence, detailWords(detail), i18next.language, {})
}
