function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** True when two plain values (as they come over a port) say the same. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key)))
}

function idOf(value: unknown): unknown {
  return isObject(value) ? Reflect.get(value, 'id') : undefined
}

function keepInside(old: unknown, next: unknown): void {
  if (!isObject(old) || !isObject(next) || Array.isArray(old) !== Array.isArray(next)) return
  const byId = Array.isArray(old) ? new Map(old.map((part) => [idOf(part), part])) : null
  for (const key of Object.keys(next)) {
    const part: unknown = Reflect.get(next, key)
    if (!isObject(part)) continue
    const id = idOf(part)
    const before: unknown = byId && id !== undefined ? byId.get(id) : Reflect.get(old, key)
    if (same(before, part)) Reflect.set(next, key, before)
    else keepInside(before, part)
  }
}

/**
 * The new value with every part that did not change taken from the old one, so that memoised rows and messages are not
 * drawn again. Parts of a list are matched by their `id`. `next` must be a fresh copy: it is changed in place.
 */
export function share<T>(old: T | undefined, next: T): T {
  if (old === undefined) return next
  if (same(old, next)) return old
  keepInside(old, next)
  return next
}
