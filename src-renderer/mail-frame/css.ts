/**
 * Filters the CSS of a mail with the browser's own parser: what is kept is written anew from the parsed form, so escapes
 * and broken quotes cannot hide anything. Nothing that loads, moves out of its box or imitates the pointer survives (R12, R15).
 */

/** Gives the data: URI to use for an image address in CSS, or null when it must not be shown. */
export type CssImage = (address: string) => string | null

/** Height that viewport units refer to: the frame grows with its content, so the real one would feed back. */
const notionalViewport = { width: 680, height: 600 }

const droppedProperties = new Set([
  'behavior',
  '-moz-binding',
  'cursor',
  'user-select',
  '-webkit-user-select',
  '-webkit-app-region',
  'app-region',
  'clip',
  'clip-path',
  '-webkit-clip-path',
  'mask',
  '-webkit-mask',
  'mask-image',
  '-webkit-mask-image',
  '-webkit-mask-box-image',
  'offset-path',
  'filter',
  'backdrop-filter',
  'shape-outside',
  'view-transition-name',
  'anchor-name',
  'zoom',
  'contain',
  'content-visibility',
])
const loads = /url\(|image-set\(|image\(|src\(|cross-fade\(|element\(|paint\(|expression\(|javascript:|@import|\\/i
const keptDataImage = /^data:image\/(?:png|gif|jpe?g|webp|bmp|x-icon|avif)[;,]/i

/** Whether a data: URI holds a kind of picture that is shown. SVG is not one: it is a document. */
export function isPlainImage(address: string): boolean {
  return keptDataImage.test(address.trim())
}

/** Splits `a: b; c: url("x;y")` at the semicolons that separate declarations. */
export function splitDeclarations(text: string): { name: string; value: string }[] {
  const found: { name: string; value: string }[] = []
  let depth = 0
  let quote = ''
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    const c = text[i]
    if (c !== undefined && quote) {
      if (c === '\\') i++
      else if (c === quote) quote = ''
      continue
    }
    if (c === '"' || c === "'") quote = c
    else if (c === '(') depth++
    else if (c === ')') depth--
    else if (c === undefined || (c === ';' && depth <= 0)) {
      const part = text.slice(start, i)
      const colon = part.indexOf(':')
      if (colon > 0)
        found.push({ name: part.slice(0, colon).trim().toLowerCase(), value: part.slice(colon + 1).trim() })
      start = i + 1
    }
  }
  return found
}

function fixedViewport(value: string): string {
  return value.replace(/(-?\d*\.?\d+)[dsl]?v(h|w|min|max|b|i)\b/gi, (_all, amount: string, unit: string) => {
    const base =
      unit.toLowerCase() === 'w' || unit.toLowerCase() === 'i' || unit.toLowerCase() === 'max'
        ? notionalViewport.width
        : notionalViewport.height
    return `${(Number(amount) * base) / 100}px`
  })
}

function withImages(value: string, image: CssImage): string | null {
  let refused = false
  const replaced = value.replace(
    /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*))\s*\)/gi,
    (_all, a?: string, b?: string, c?: string) => {
      const data = image((a ?? b ?? c ?? '').trim())
      if (data === null || /["\\\n]/.test(data)) {
        refused = true
        return 'none'
      }
      return `URI("${data}")`
    },
  )
  // Only now: what the pattern above did not understand is refused, whatever it is.
  if (loads.test(replaced.replace(/URI\("[^"]*"\)/g, ''))) return null
  if (refused && !/URI\(/.test(replaced) && /^none\b/.test(replaced.trim())) return null
  return replaced.replaceAll('URI("', 'url("')
}

/** The allowed declarations of one style attribute or rule; `text` must come from the browser's serialisation. */
export function filterDeclarations(text: string, image: CssImage): string {
  const kept: string[] = []
  for (const { name, value } of splitDeclarations(text)) {
    if (droppedProperties.has(name) || name.startsWith('animation') || name.startsWith('transition')) continue
    if (name === 'position' && /fixed|sticky/i.test(value)) continue
    if (name.startsWith('--') && loads.test(value)) continue
    const safe = withImages(fixedViewport(value), image)
    if (safe !== null) kept.push(`${name}:${safe}`)
  }
  return kept.join(';')
}

function filterRules(rules: CSSRuleList, image: CssImage): string {
  let out = ''
  for (const rule of rules) {
    if (rule instanceof CSSStyleRule) {
      const body = filterDeclarations(rule.style.cssText, image)
      if (body) out += `${rule.selectorText}{${body}}\n`
    } else if (rule instanceof CSSMediaRule && !loads.test(rule.conditionText)) {
      out += `@media ${rule.conditionText}{${filterRules(rule.cssRules, image)}}\n`
    } else if (rule instanceof CSSSupportsRule && !loads.test(rule.conditionText)) {
      out += `@supports ${rule.conditionText}{${filterRules(rule.cssRules, image)}}\n`
    }
  }
  return out
}

/** The allowed part of a `<style>` element: plain rules, `@media` and `@supports`; no `@import`, fonts or key frames. */
export function filterSheet(css: string, image: CssImage): string {
  const sheet = new CSSStyleSheet()
  try {
    sheet.replaceSync(css)
  } catch {
    return ''
  }
  return filterRules(sheet.cssRules, image)
}
