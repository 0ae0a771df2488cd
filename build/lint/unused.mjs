/**
 * An oxlint plugin (ESLint's form): what nobody asks for goes. Two rules, for the words that people read and for the styles of
 * the window; both look at all files of the window, which are read once.
 */
import fs from 'node:fs'
import path from 'node:path'
import { parseSync } from 'vite'
import { inRepository } from './layers.mjs'

/** Classes that a library gives to its own elements. */
const foreign = /^ProseMirror/

/**
 * What code asks for by name.
 * @param {{ file: string, text: string }[]} sources
 * @returns {{ texts: Set<string>, names: Set<string>, patterns: RegExp[], paths: Set<string> }} texts: whole strings; names:
 *   each word of one; patterns: what a template with gaps may come out as; paths: `a.b.c` as code has it
 */
export function askedFor(sources) {
  const texts = new Set()
  const names = new Set()
  const templates = new Set()
  const paths = new Set()
  const takeWords = (/** @type {string} */ text) => {
    for (const [word] of text.matchAll(/[\w-]+/g)) names.add(word)
  }
  const take = (/** @type {any} */ node) => {
    if (node.type === 'Literal' && typeof node.value === 'string') {
      texts.add(node.value)
      takeWords(node.value)
    } else if (node.type === 'TemplateLiteral') {
      const text = node.quasis.map((quasi) => quasi.value.cooked ?? '').join(GAP)
      takeWords(text.replaceAll(GAP, ' '))
      if (node.quasis.length === 1) texts.add(text)
      for (const piece of text.split(/\s+/))
        if (piece.includes(GAP) && /^[\w:.-]+$/.test(piece.replaceAll(GAP, ''))) templates.add(piece)
    } else if (node.type === 'MemberExpression') {
      const path = pathOf(node)
      if (path) paths.add(path)
    }
    for (const value of Object.values(node))
      if (Array.isArray(value)) value.filter((one) => one?.type).forEach(take)
      else if (value?.type) take(value)
  }
  for (const { file, text } of sources) take(parseSync(file, text).program)
  const patterns = [...templates].map((one) => new RegExp(`^${one.split(GAP).map(plain).join('[\\w-]+')}$`))
  return { texts, names, patterns, paths }
}

const GAP = '\0'

/** `a.b.c` of an expression; undefined where a part of it is computed. @returns {string | undefined} */
function pathOf(node) {
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression' || node.computed) return undefined
  const before = pathOf(node.object)
  return before && `${before}.${node.property.name}`
}

const plain = (/** @type {string} */ text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * Whether somebody asks for the words of a key.
 * @param {string} key `place:path`
 * @param {ReturnType<typeof askedFor>} asked of all files but those with words
 * @param {Set<string>} nested keys that other words bring in
 */
export function isAsked(key, { texts, patterns, paths }, nested = new Set()) {
  const singular = key.replace(/_(?:zero|one|two|few|many|other)$/, '')
  const short = singular.replace(/^common:/, '')
  const forms = [key, singular, short]
  if (forms.some((one) => texts.has(one) || nested.has(one))) return true
  if (patterns.some((pattern) => forms.some((one) => /[:.]/.test(one) && pattern.test(one)))) return true
  // Code may take a whole branch, `errors` of errors.ts or `sync.short` of common.ts.
  const branch = singular.replace(':', '.').split('.')
  return branch.some((_, at) => {
    const path = branch.slice(0, at).join('.')
    return paths.has(path) || paths.has(`en.${path}`)
  })
}

/**
 * The classes that a style sheet speaks of, each with its line.
 * @param {string} css
 * @returns {Map<string, number>}
 */
export function classesOf(css) {
  const blank = (/** @type {string} */ text) => text.replace(/[^\n]/g, ' ')
  // Declarations have dots of their own; rules inside rules stay.
  const selectors = css
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(/"[^"\n]*"|'[^'\n]*'/g, blank)
    .replace(/[^{};]*;|[\w-]+\s*:[^{};]*(?=\})/g, blank)
  const found = new Map()
  for (const match of selectors.matchAll(/\.(-?[A-Za-z_][\w-]*)/g)) {
    const name = match[1] ?? ''
    if (!found.has(name)) found.set(name, selectors.slice(0, match.index).split('\n').length)
  }
  return found
}

/**
 * The custom properties that style sheets set and nobody reads.
 * @param {string} css @param {string} everything all styles and sources
 * @returns {string[]}
 */
export function unreadTokens(css, everything) {
  const read = new Set([...everything.matchAll(/(--[\w-]+)(?![\w-]|\s*:)/g)].map((match) => match[1]))
  return [...new Set([...css.matchAll(/(--[\w-]+)\s*:/g)].map((match) => match[1] ?? ''))].filter(
    (one) => !read.has(one),
  )
}

/** Whether an element may bear a class. @param {string} name @param {ReturnType<typeof askedFor>} asked */
export const isBorne = (name, { names, patterns }) =>
  foreign.test(name) || names.has(name) || patterns.some((pattern) => pattern.test(name))

/** @type {Map<string, ReturnType<typeof readWindow>>} */
const windows = new Map()

function readWindow(/** @type {string} */ root) {
  const files = fs
    .readdirSync(path.join(root, 'src-renderer'), { recursive: true, encoding: 'utf8' })
    .map((file) => ({ file: `src-renderer/${file.replaceAll('\\', '/')}`, at: path.join(root, 'src-renderer', file) }))
  const read = (/** @type {RegExp} */ name) =>
    files.filter(({ file }) => name.test(file)).map(({ file, at }) => ({ file, text: fs.readFileSync(at, 'utf8') }))
  const code = read(/\.tsx?$/)
  const words = code.filter(({ file }) => file.startsWith('src-renderer/text/en/'))
  return {
    asked: askedFor(code.filter((one) => !words.includes(one))),
    nested: new Set(words.flatMap(({ text }) => [...text.matchAll(/\$t\(([\w:.-]+)/g)].map((match) => match[1] ?? ''))),
    styles: read(/\.css$/),
    code: code.map(({ text }) => text),
  }
}

/** The repository's root and a file's place in it; null for files outside the window. */
function place(/** @type {{ filename: string }} */ context) {
  const absolute = context.filename.replaceAll('\\', '/')
  const file = inRepository(absolute)
  if (!file?.startsWith('src-renderer/')) return null
  const root = absolute.slice(0, absolute.length - file.length)
  return {
    file,
    window: () => {
      const known = windows.get(root) ?? readWindow(root)
      windows.set(root, known)
      return known
    },
  }
}

const words = {
  meta: { type: 'problem', docs: { description: 'Every text is asked for somewhere' } },
  create(context) {
    const here = place(context)
    if (!here?.file.startsWith('src-renderer/text/en/')) return {}
    const walk = (object, before) => {
      for (const property of object.properties) {
        if (property.type !== 'Property') continue
        const key = `${before}${property.key.name ?? property.key.value}`
        if (property.value.type === 'ObjectExpression') walk(property.value, `${key}.`)
        else if (property.value.type !== 'Identifier' && !isAsked(key, here.window().asked, here.window().nested))
          context.report({ node: property.key, message: `Nobody asks for "${key}": take it out, or ask for it.` })
      }
    }
    return {
      VariableDeclarator: (node) => {
        const value = node.init?.expression ?? node.init
        if (value?.type === 'ObjectExpression' && node.parent.parent?.type === 'ExportNamedDeclaration')
          walk(value, `${node.id.name}:`)
      },
    }
  },
}

/** oxlint reads no style sheets, so this one speaks in the file where the window begins. */
const styles = {
  meta: { type: 'problem', docs: { description: 'Every class and token of the styles is used' } },
  create(context) {
    const here = place(context)
    if (here?.file !== 'src-renderer/main.tsx') return {}
    return {
      Program: (node) => {
        const { styles: sheets, asked, code } = here.window()
        for (const { file, text } of sheets)
          for (const [name, line] of classesOf(text))
            if (!isBorne(name, asked))
              context.report({ node, message: `${file}:${line}: no element bears the class "${name}".` })
        const css = sheets.map(({ text }) => text).join('\n')
        for (const name of unreadTokens(css, [css, ...code].join('\n')))
          context.report({ node, message: `Nobody reads the token "${name}".` })
      },
    }
  },
}

export default { meta: { name: 'unused' }, rules: { words, styles } }
