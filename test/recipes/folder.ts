import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** A folder with these files, where this project's packages can be imported; gone at the end of the row. */
export async function createFolder(files: Iterable<readonly [string, string]>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hangup-recipe-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await symlink(modules, join(folder, 'node_modules'))
  for (const [name, text] of files) await writeFile(join(folder, name), text)
  return folder
}
