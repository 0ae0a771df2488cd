import { open, writeFile } from 'node:fs/promises'
import { fileError } from '../file/file-error'
import type { Workspace } from '../workspace'

/**
 * Writes the access log of this device as JSON Lines and its proof beside it, readable by the owner only. That it was
 * exported is itself the last entry.
 * @throws PosternError `disk-full`, `disk-error`
 */
export async function exportLog(
  workspace: Workspace,
  path: string,
  proofPath: string,
  by: string,
): Promise<{ entries: number }> {
  workspace.db.write((tx) =>
    workspace.accessLog.append(tx, {
      who: { kind: 'agent', name: by || 'An agent without a name' },
      act: 'exported',
      object: { kind: 'access-log', id: 0 },
    }),
  )
  try {
    const file = await open(path, 'w', 0o600)
    try {
      const proof = await workspace.accessLog.export(workspace.db.read, (text) => file.writeFile(text))
      await file.sync()
      await writeFile(proofPath, `${JSON.stringify(proof, null, 2)}\n`, { mode: 0o600 })
      return { entries: proof.entries }
    } finally {
      await file.close()
    }
  } catch (fault) {
    throw fileError(fault)
  }
}
