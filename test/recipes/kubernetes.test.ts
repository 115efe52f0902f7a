import { expect, it } from 'vitest'
import { type Document, parseAllDocuments } from 'yaml'
import { recipeBlock } from '../support/recipe-blocks.ts'
import { createFolder } from './folder.ts'
import { run } from './run.ts'

/** Where the types of what the recipe has are found: made from the schemas of Kubernetes. */
const modules: Record<string, string> = {
  Deployment: 'kubernetes-models/apps/v1',
  Service: 'kubernetes-models/v1',
  PodDisruptionBudget: 'kubernetes-models/policy/v1',
}

const ARGS = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', 'manifests.mts']

it('Kubernetes knows every field of the manifests', async () => {
  const manifests = parseAllDocuments(await recipeBlock('kubernetes', 'yaml'))
  const program = manifests.map(typed).join('\n')
  const folder = await createFolder([['manifests.mts', program]])
  const { code, output } = await run('node_modules/.bin/tsc', ARGS, { cwd: folder })
  expect(output).toBe('')
  expect(code).toBe(0)
})

/** The validators that come with the schemas let unknown fields pass, and with them every slip of the pen. */
function typed(manifest: Document, index: number): string {
  const { kind, apiVersion } = manifest.toJS()
  const module = modules[kind]
  if (module === undefined) throw new Error(`no types for ${kind}`)
  expect(module).toContain(apiVersion)
  const type = `import('${module}').I${kind}`
  return `export const manifest${index} = ${JSON.stringify(manifest)} satisfies ${type}`
}
