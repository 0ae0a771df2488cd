/** What electron-builder is asked for: the unpacked program of this platform, from an Electron that lies in a folder. */
import fs from 'node:fs'
import path from 'node:path'
import { PlainError, moduleFile } from './machine.mjs'

const PLATFORM_FLAGS = { linux: '--linux', darwin: '--mac', win32: '--win' }

/**
 * @param {{ dist: string, version: string }} electron folder and version of the Electron that goes in
 * @param {string[]} [more] further options
 * @returns {string[]} arguments for Node
 * @throws {PlainError} for a platform that has no packaging
 */
export function packArguments({ dist, version }, more = []) {
  const flag = PLATFORM_FLAGS[/** @type {keyof typeof PLATFORM_FLAGS} */ (process.platform)]
  if (!flag) throw new PlainError(`There is no packaging for ${process.platform}.`)
  return [
    moduleFile('electron-builder', 'cli.js'),
    flag,
    'dir',
    '--publish',
    'never',
    '--config',
    path.join('build', 'electron-builder.yml'),
    `-c.electronDist=${dist}`,
    `-c.electronVersion=${version}`,
    ...more,
  ]
}

/** After packing: Electron's own sample program, which would run if ours were taken away, is no part of it. */
export default function afterPack({ appOutDir, packager }) {
  const resources = packager.getResourcesDir(appOutDir)
  fs.rmSync(path.join(resources, 'default_app.asar'), { force: true })
}
