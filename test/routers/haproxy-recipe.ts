import { recipeBlock } from '../support/recipe-blocks.ts'
import type { Sides } from './recipe.ts'

const HEADINGS = {
  http: undefined,
  https: 'TLS to the application',
  h2c: 'HTTP/2 to the application',
  h2: 'HTTP/2 over TLS to the application',
} as const

/** HAProxy's configuration in `docs/recipes`, with the sections that it has for these sides. */
export async function haproxyRecipe({ clients, app }: Sides): Promise<string> {
  const headings = [clients === 'h2' ? 'HTTP/2 from clients' : undefined, HEADINGS[app]]
  let recipe = await recipeBlock('haproxy', 'haproxy')
  for (const heading of headings) {
    if (heading === undefined) continue
    recipe = withSection(recipe, await recipeBlock('haproxy', 'haproxy', heading))
  }
  return recipe
}

/** This section in the place of its namesake. */
function withSection(recipe: string, section: string): string {
  const [head = ''] = section.split('\n', 1)
  const old = new RegExp(`^${head}\n(?:[ \t].*\n)*`, 'm')
  if (!old.test(recipe)) throw new Error(`no ${head} in the recipe of HAProxy`)
  return recipe.replace(old, () => section)
}
