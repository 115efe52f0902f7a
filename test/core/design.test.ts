import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)

it('says of each file of core, once, what it decides', () => {
  const files = readdirSync(new URL('packages/core/src', root)).filter(
    (file) => file !== 'index.ts',
  )
  const design = readFileSync(new URL('docs/design.md', root), 'utf8')
  const told = [...design.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name}.ts`),
  )
  expect(told.toSorted()).toEqual(files.toSorted())
})
