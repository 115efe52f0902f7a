import { spawnSync } from 'node:child_process'
import { recipeBlock, recipeBlocks } from '../support/recipe-blocks.ts'
import { findProgram } from './programs.ts'
import type { Sides } from './recipe.ts'

/** nginx's configuration in `docs/recipes`, with the lines that it has for these sides. */
export async function nginxRecipe({ clients, app }: Sides): Promise<string> {
  let recipe = await recipeBlock('nginx', 'nginx')
  if (clients === 'h2') {
    const [since, before = ''] = await recipeBlocks('nginx', 'nginx', 'HTTP/2 from clients')
    recipe = swap(recipe, /^ *listen 8080;\n/m, (isBefore(1, 25, 1) ? before : since) ?? '')
  }
  if (app === 'https') {
    const location = await recipeBlock('nginx', 'nginx', 'TLS to the application')
    recipe = swap(recipe, /^ *location \/ \{.*?\}\n/ms, location)
  } else if (app !== 'http') throw new Error(`nginx has no recipe for ${app} to the application`)
  return recipe
}

function swap(recipe: string, old: RegExp, block: string): string {
  if (!old.test(recipe)) throw new Error(`no ${old} in the recipe of nginx`)
  return recipe.replace(old, () => block)
}

/** Whether the nginx that is installed is older than this. */
function isBefore(...version: readonly number[]): boolean {
  const { stderr } = spawnSync(findProgram('nginx'), ['-v'], { encoding: 'utf8' })
  const installed = /nginx\/(\d+)\.(\d+)\.(\d+)/.exec(stderr)?.slice(1).map(Number)
  if (installed === undefined) throw new Error(`nginx does not say its version: ${stderr}`)
  const at = version.findIndex((part, index) => part !== installed[index])
  return at !== -1 && (installed[at] ?? 0) < (version[at] ?? 0)
}
