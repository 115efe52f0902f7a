import { createHash } from 'node:crypto'
import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const text = 'A page that is short, and compresses well.\n'
export const secret = 'not a secret'
/** What frameworks read from an error. */
export const refusal = { status: 403, expose: true, headers: { 'x-refused-by': 'the handler' } }
export const origin = 'http://elsewhere.test'
export const withSession = '/session'

/** Static files: one that is held whole, and one that is more than that, compressed too. */
export const files = mkdtempSync(join(tmpdir(), 'hangup-files-'))
export const large = addFile('large.txt', digests(5_000))
addFile('page.html', `<!doctype html><title>A page</title>${digests(100)}`)
export const template = addFile(
  'view.ejs',
  '<h1><%= title %></h1>\n<% for (const i of [1, 2, 3]) { %><p><%= i %></p>\n<% } %>',
)
export const title = 'A <view>'
addFile('image.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>')

function addFile(name: string, content: string): string {
  const path = join(files, name)
  writeFileSync(path, content)
  utimesSync(path, 1e9, 1e9)
  return path
}

function digests(count: number): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('')
}

function line(i: number): string {
  return `${createHash('sha256').update(`${i}`).digest('hex')}\n`
}

export async function* lines(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield line(i)
}
