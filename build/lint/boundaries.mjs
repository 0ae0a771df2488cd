/** An oxlint plugin (ESLint's form): the folder boundaries of layers.mjs as rules. */
import fs from 'node:fs'
import path from 'node:path'
import { inRepository, judgeImport, looksLikeSql } from './layers.mjs'

/** A rule for files of src-*; others are not looked at. */
function rule(description, listeners) {
  return {
    meta: { type: 'problem', docs: { description } },
    create(context) {
      const absolute = context.filename.replaceAll('\\', '/')
      const file = inRepository(absolute)
      if (file === undefined) return {}
      const root = absolute.slice(0, absolute.length - file.length)
      const report = (node, message) => context.report({ node, message })
      return listeners({ file, root, report })
    },
  }
}

const imports = rule('Folders import only what their place in the house allows', ({ file, root, report }) => {
  const exists = (/** @type {string} */ name) => fs.existsSync(path.join(root, name))
  const check = (source) => {
    if (source?.type !== 'Literal' || typeof source.value !== 'string') return
    const message = judgeImport(file, source.value, exists)
    if (message) report(source, message)
  }
  return {
    ImportDeclaration: (node) => check(node.source),
    ExportNamedDeclaration: (node) => check(node.source),
    ExportAllDeclaration: (node) => check(node.source),
    ImportExpression: (node) => check(node.source),
    TSImportType: (node) => check(node.source ?? node.argument),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') check(node.arguments[0])
    },
  }
})

const sql = rule('Only the store contains SQL', ({ file, report }) => {
  if (file.startsWith('src-main/store/')) return {}
  const message = 'This looks like SQL, which only src-main/store may contain: add a call to the store instead.'
  return {
    Literal: (node) => {
      if (typeof node.value === 'string' && looksLikeSql(node.value)) report(node, message)
    },
    TemplateLiteral: (node) => {
      const text = node.quasis.map((quasi) => quasi.value.raw).join('?')
      if (looksLikeSql(text)) report(node, message)
    },
  }
})

const ipcMain = rule('Only the gate receives from the window', ({ file, report }) => {
  if (file === 'src-main/app/gate.ts') return {}
  // `import { ipcMain }` holds two identifiers, imported and local, at the same place.
  const seen = new Set()
  return {
    Identifier: (node) => {
      if (node.name !== 'ipcMain' || seen.has(node.range[0])) return
      seen.add(node.range[0])
      report(node, 'Only src-main/app/gate.ts may touch ipcMain: it is where senders and values are checked.')
    },
  }
})

const windowPostern = rule('Only the client speaks to the preload', ({ file, report }) => {
  if (file === 'src-renderer/client.ts') return {}
  const message = 'Only src-renderer/client.ts may touch window.postern; import what you need from there.'
  const isWindow = (node) => node?.type === 'Identifier' && ['window', 'globalThis', 'self'].includes(node.name)
  const isName = (node) => node?.name === 'postern' || node?.value === 'postern'
  return {
    MemberExpression: (node) => {
      if (isWindow(node.object) && isName(node.property)) report(node, message)
    },
    VariableDeclarator: (node) => {
      if (!isWindow(node.init) || node.id.type !== 'ObjectPattern') return
      if (node.id.properties.some((property) => isName(property.key))) report(node, message)
    },
  }
})

export default {
  meta: { name: 'postern' },
  rules: { imports, sql, 'ipc-main': ipcMain, 'window-postern': windowPostern },
}
