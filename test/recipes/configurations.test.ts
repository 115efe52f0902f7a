import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findProgram } from '../routers/programs.ts'
import { recipeBlock, recipeFiles } from '../support/recipe-blocks.ts'
import { createFolder } from './folder.ts'
import { run } from './run.ts'

it('nginx takes the recipe as it stands', async () => {
  const block = await recipeBlock('nginx', 'nginx')
  const folder = await createFolder([['nginx.conf', `pid nginx.pid; events {} http { ${block} }`]])
  const args = ['-t', '-q', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr']
  expect(await run(findProgram('nginx'), args)).toEqual({ code: 0, output: '' })
})

it('HAProxy takes the recipe as it stands, without a warning', async () => {
  const folder = await createFolder([['haproxy.cfg', await recipeBlock('haproxy', 'haproxy')]])
  const args = ['-c', '-dW', '-f', join(folder, 'haproxy.cfg')]
  const { code, output } = await run(findProgram('haproxy'), args)
  expect(output.trim()).toBe('Configuration file is valid')
  expect(code).toBe(0)
})

it('systemd takes the units of the recipe as they stand', async () => {
  const units = [...(await recipeFiles('systemd', 'ini'))]
  expect(units.map(([name]) => name)).toEqual(['app.socket', 'app.service'])
  // It looks for the program too, and Node may be elsewhere here.
  const here = new Map(units)
  for (const [name, text] of here) here.set(name, text.replace('/usr/bin/node', process.execPath))
  const folder = await createFolder(here)
  const files = units.map(([name]) => join(folder, name))
  const checked = await run(findProgram('systemd-analyze'), ['verify', '--man=no', ...files])
  expect(checked).toEqual({ code: 0, output: '' })
})
