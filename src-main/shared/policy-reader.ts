import { Policy, policyShape, type PolicyKey, type PolicyState } from '../../src-preload/contract/policy'

/** One source of policy; `text` null: it is there and cannot be read. */
export interface PolicyText {
  readonly file: string
  readonly text: string | null
}

/** What a key is set to when its value cannot be used: the safest there is, so that a typing error opens nothing. */
const safest: { readonly [K in PolicyKey]?: Policy[K] } = {
  supportAccess: 'off',
  supportAccessLongestDays: 1,
  supportIdentities: [],
  customerSuccessAccess: 'off',
  blockUnexpectedHosts: true,
  // No host at all: mail stops, visibly, rather than going where it may not.
  allowedMailHosts: ['policy.invalid'],
  remoteContent: 'never',
  diagnostics: 'off',
  mailDepthMonths: 0,
  mailDepthMegabytes: 1,
  lockMinutesLongest: 1,
  lockOnSleep: true,
  appLock: 'required',
  keychainRequired: true,
  offlineLeaseDays: 1,
}
const keys = Object.keys(policyShape) as readonly PolicyKey[]
const isKey = (name: string): name is PolicyKey => keys.some((key) => key === name)

/**
 * Adds up policies in their order; later ones win key by key. Fails closed: a value that does not fit locks its key at its
 * safest; a file that cannot be read as a whole may have meant any key, so it locks every key that no other file sets.
 */
export function readPolicies(texts: readonly PolicyText[]): PolicyState {
  const found: Record<string, unknown> = {}
  const faults: PolicyState['faults'] = []
  let unreadable = false
  for (const { file, text } of texts) {
    const value = parsed(text)
    if (value === null) {
      unreadable = true
      faults.push({ file, key: '', why: text === null ? 'cannot be read' : 'is not a JSON object' })
      continue
    }
    for (const [key, given] of Object.entries(value)) {
      if (!isKey(key)) {
        faults.push({ file, key, why: 'is not a setting of Postern' })
        continue
      }
      const fits = policyShape[key].safeParse(given)
      if (fits.success) found[key] = fits.data
      else {
        const [issue] = fits.error.issues
        faults.push({ file, key: [key, ...(issue?.path ?? [])].join('.'), why: issue?.message ?? 'does not fit' })
        if (key in safest) found[key] = safest[key]
      }
    }
  }
  if (unreadable) for (const key of keys) if (!(key in found) && key in safest) found[key] = safest[key]
  const policy = Policy.parse(found)
  const { managedBy = null } = policy
  return {
    source: texts.length === 0 ? null : texts.map(({ file }) => file).join(', '),
    managedBy,
    locked: keys.filter((key) => key !== 'managedBy' && key !== 'defaults' && policy[key] !== undefined),
    faults,
    policy,
  }
}

function parsed(text: string | null): Record<string, unknown> | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
