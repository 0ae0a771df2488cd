/**
 * Who may import whom: the walls of the house as plain data and one pure function. boundaries.mjs makes lint rules of it.
 * Paths are relative to the repository, with "/" between folders.
 */
import path from 'node:path'

/**
 * @typedef {object} Layer
 * @property {string} folder
 * @property {string[]} layers other layers it may import, besides itself
 * @property {RegExp[]} packages npm packages
 * @property {string} packageNames the same for people
 * @property {RegExp | undefined} node Node's own modules, named without "node:"
 * @property {string} nodeNames the same for people, "" for none
 */

const exactly = (/** @type {string[]} */ ...names) => names.map((name) => new RegExp(`^${name}(/|$)`))

const RENDERER_PACKAGES = [
  'react',
  'react-dom',
  'zustand',
  'i18next',
  'radix-ui',
  '@radix-ui/react-menu',
  'lucide-react',
  'cmdk',
  '@tiptap/[^/]+',
  'dompurify',
  'pdfjs-dist',
  'uqr',
]
const anyNode = /./
const nodeWithoutNetwork = /^(?!(net|tls|http|https|http2|dns|dgram)(\/|$))/

/** The most particular folder comes first. zod is the language of the contract, so the main process may speak it. */
const LAYERS = /** @type {Record<string, Layer>} */ ({
  contract: layer('src-preload/contract', [], ['zod']),
  preload: layer('src-preload', ['contract'], ['electron']),
  app: layer('src-main/app', ['crypto', 'shared', 'contract'], ['electron', 'keytar', 'zod'], anyNode, 'node:*'),
  store: layer(
    'src-main/store',
    ['crypto', 'shared', 'contract'],
    ['better-sqlite3-multiple-ciphers', 'zod'],
    nodeWithoutNetwork,
    'node:* without net, tls, http, https, http2, dns, dgram',
  ),
  mail: layer(
    'src-main/mail',
    ['shared', 'contract'],
    ['asn1js', 'imapflow', 'nodemailer', 'oauth4webapi', 'postal-mime', '@nats-io/[^/]+', 'zod'],
    anyNode,
    'node:*',
  ),
  crypto: layer(
    'src-main/crypto',
    ['contract'],
    ['argon2', 'cborg', 'zod'],
    /^(crypto|zlib)$/,
    'node:crypto, node:zlib',
  ),
  shared: layer('src-main/shared', ['contract'], ['zod'], anyNode, 'node:*'),
  renderer: layer('src-renderer', ['contract'], RENDERER_PACKAGES),
})

/** @returns {Layer} */
function layer(folder, layers, packages, node, nodeNames = '') {
  return {
    folder,
    layers,
    packages: exactly(...packages),
    packageNames: packages.join(', ').replace('[^/]+', '*'),
    node,
    nodeNames,
  }
}

/** Folders of the window that each are one place where a person can be; they know the building blocks, not each other. */
export const PLACES = [
  'inbox',
  'conversation',
  'customer',
  'privacy',
  'reports',
  'settings',
  'setup',
  'support',
  'search',
]
const FOR_PLACES = ['ui', 'work', 'writing', 'state', 'text', 'client', 'live', 'topics', 'mail-frame']

/** The part of a path that starts at one of our source folders, or undefined for files elsewhere. */
export function inRepository(file) {
  return /(?:^|\/)(src-(?:main|preload|renderer)\/.*)$/.exec(file.replaceAll('\\', '/'))?.[1]
}

/** @returns {string | undefined} name of the layer that a path belongs to */
export function layerOf(file) {
  return Object.entries(LAYERS).find(([, { folder }]) => file === folder || file.startsWith(`${folder}/`))?.[0]
}

/**
 * Judges one import.
 * @param {string} file the importing file, relative to the repository
 * @param {string} specifier what it imports
 * @param {(file: string) => boolean} exists whether a file of the repository exists, to tell components (.tsx) apart
 * @returns {string | undefined} what is wrong and what is allowed; undefined when all is well
 */
export function judgeImport(file, specifier, exists = () => false) {
  const name = layerOf(file)
  const own = name === undefined ? undefined : LAYERS[name]
  if (name === undefined || own === undefined) return undefined
  const refuse = () => `${own.folder} may not import "${specifier}". ${allowed(name, own)}`
  if (specifier.startsWith('.')) {
    const target = path.posix.join(path.posix.dirname(file), specifier)
    const other = layerOf(target)
    if (other === undefined || (other !== name && !own.layers.includes(other))) return refuse()
    return name === 'renderer' && other === 'renderer'
      ? judgeInsideRenderer(file, target, specifier, exists)
      : undefined
  }
  if (specifier.startsWith('node:')) return own.node?.test(specifier.slice('node:'.length)) ? undefined : refuse()
  return own.packages.some((pattern) => pattern.test(specifier)) ? undefined : refuse()
}

function allowed(name, { layers, packageNames, nodeNames }) {
  const folders = [name, ...layers].map((other) => LAYERS[other]?.folder)
  const parts = [...folders, packageNames, nodeNames].filter(Boolean)
  return `Allowed are: ${parts.join(', ')}.`
}

function judgeInsideRenderer(file, target, specifier, exists) {
  const [, from = ''] = file.split('/')
  const to = path.posix.parse(target.split('/')[1] ?? '').name
  if (from === 'state' && isComponent(target, exists)) {
    return `src-renderer/state may not import the component "${specifier}". Allowed are modules that draw nothing (.ts).`
  }
  if (PLACES.includes(from) && to !== from && !FOR_PLACES.includes(to)) {
    return (
      `src-renderer/${from} may not import "${specifier}". Allowed in a place folder are: its own files, ` +
      `${FOR_PLACES.join(', ')}; what two places share belongs into one of these.`
    )
  }
  return undefined
}

function isComponent(target, exists) {
  const base = target.replace(/\.(js|jsx)$/, '')
  return target.endsWith('.tsx') || exists(`${base}.tsx`) || (!exists(`${base}.ts`) && exists(`${base}/index.tsx`))
}

const SQL = [
  /\bSELECT\b[\s\S]*\bFROM\b/,
  /\b(INSERT|REPLACE)\s+(OR\s+\w+\s+)?INTO\b/,
  /\bUPDATE\s+(OR\s+\w+\s+)?[\w?"]+\s+SET\b/,
  /\bDELETE\s+FROM\b/,
  /\b(CREATE|ALTER|DROP)\s+(TEMP\s+|UNIQUE\s+|VIRTUAL\s+)?(TABLE|INDEX|TRIGGER|VIEW)\b/,
  /\bPRAGMA\s+[a-z_]+/,
  /\bselect\s+[\w*.,()\s]+\sfrom\s+\w+\s+(where|join|order by|limit|group by)\b/,
  /\binsert\s+into\s+\w+\s*(\(|values)/,
  /\bdelete\s+from\s+\w+\s+where\b/,
]

/** Whether a text looks like SQL. Capitals count, so that a sentence such as "Select a letter from below" does not. */
export const looksLikeSql = (/** @type {string} */ text) => SQL.some((pattern) => pattern.test(text))
