import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { haproxyRecipe } from '../routers/haproxy-recipe.ts'
import { nginxRecipe } from '../routers/nginx-recipe.ts'
import { findProgram } from '../routers/programs.ts'
import { certificateFiles, type Sides } from '../routers/recipe.ts'
import { recipeFiles } from '../support/recipe-blocks.ts'
import { createFolder } from './folder.ts'
import { run } from './run.ts'

it.each(bothSides('http', 'https'))(
  'nginx takes the recipe as it stands, with $clients from clients and $app to the application',
  async (sides) => {
    const folder = await createFolder(await certificateFiles())
    const block = (await nginxRecipe(sides)).replaceAll('/etc/ssl', folder)
    await writeFile(join(folder, 'nginx.conf'), `pid nginx.pid; events {} http { ${block} }`)
    const args = ['-t', '-q', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr']
    expect(await run(findProgram('nginx'), args)).toEqual({ code: 0, output: '' })
  },
)

it.each(bothSides('http', 'https', 'h2c', 'h2'))(
  'HAProxy takes the recipe as it stands, without a warning, with $clients from clients and $app to the application',
  async (sides) => {
    const folder = await createFolder(await certificateFiles())
    const block = (await haproxyRecipe(sides)).replaceAll('/etc/ssl', folder)
    await writeFile(join(folder, 'haproxy.cfg'), block)
    const args = ['-c', '-dW', '-f', join(folder, 'haproxy.cfg')]
    const { code, output } = await run(findProgram('haproxy'), args)
    // HAProxy 3 says nothing.
    expect(output).toMatch(/^(Configuration file is valid\n)?$/)
    expect(code).toBe(0)
  },
)

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

function bothSides(...apps: readonly Sides['app'][]): Sides[] {
  return apps.flatMap((app) => [
    { clients: 'http/1.1', app },
    { clients: 'h2', app },
  ])
}
