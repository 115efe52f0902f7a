import { readFile } from 'node:fs/promises'

/**
 * What `docs/recipes` has for readers to copy, block by block, in all of it or under one heading: what is
 * tested is what is copied.
 */
export async function recipeBlocks(
  name: string,
  language: string,
  heading?: string,
): Promise<string[]> {
  const text = await readFile(new URL(`../../docs/recipes/${name}.md`, import.meta.url), 'utf8')
  const part = heading === undefined ? text : under(text, heading)
  const fenced = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')
  return Array.from(part.matchAll(fenced), ([, block = '']) => block)
}

/** The only one, or the first. */
export async function recipeBlock(
  name: string,
  language: string,
  heading?: string,
): Promise<string> {
  const [block] = await recipeBlocks(name, language, heading)
  if (block !== undefined) return block
  const where = heading === undefined ? '' : ` under "${heading}"`
  throw new Error(`docs/recipes/${name}.md has no block of ${language}${where}`)
}

function under(text: string, heading: string): string {
  return text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
}

/** A block that begins with a comment that names a file is that file. */
export async function recipeFiles(name: string, language: string): Promise<Map<string, string>> {
  const blocks = await recipeBlocks(name, language)
  const named = blocks.flatMap((block) => {
    const file = /^(?:\/\/|#) (\S+\.\w+)\n/.exec(block)?.[1]
    return file === undefined ? [] : [[file, block] as const]
  })
  return new Map(named)
}
