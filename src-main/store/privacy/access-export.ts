import { writeWhole } from '../file/whole-file'
import { agent } from './access-log'
import type { Workspace } from '../workspace'

/**
 * Writes the access log of this device as JSON Lines and its proof beside it, readable by the owner only, each whole or not
 * at all. That it was exported is itself the last entry.
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
      who: agent(by),
      act: 'exported',
      object: { kind: 'access-log', id: 0 },
    }),
  )
  // The proof inside: when log or proof cannot be written, older ones of both stay. A fault in the last step, the log taking its
  // place, can leave a new proof beside an older log; checking the log tells.
  return writeWhole(workspace, path, async (file) => {
    const proof = await workspace.accessLog.export(workspace.db.read, (text) => file.writeFile(text))
    await writeWhole(workspace, proofPath, (beside) => beside.writeFile(`${JSON.stringify(proof, null, 2)}\n`))
    return { entries: proof.entries }
  })
}
