// The frameworks' own test suites, each without us and with the adapter mounted first.
//
//   npm run test:upstream -- ~/src/express ~/src/koa ~/src/fastify
//
// Each argument is a checkout of the framework, at a version of the adapter's major, with the dependencies
// of its tests installed. Nothing is changed in it.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { differences } from './differences.ts'
import type { Framework } from './framework.ts'
import { runSuite, type Verdicts } from './suites.ts'

const checkouts = process.argv.slice(2)
if (checkouts.length === 0) {
  console.error('usage: npm run test:upstream -- CHECKOUT…\nof Express 5, Koa 3 or Fastify 5')
  process.exit(2)
}

for (const checkout of checkouts) await compare(resolve(checkout))

async function compare(checkout: string): Promise<void> {
  const { name, version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))
  if (!(name in differences))
    throw new Error(`${checkout} is no checkout of express, koa or fastify`)
  const framework: Framework = name
  console.log(`${name} ${version}, Node ${process.version}`)
  const without = await runSuite(framework, checkout, false)
  console.log(`  without us: ${sum(without)}`)
  const ours = await runSuite(framework, checkout, true)
  console.log(`  with us:    ${sum(ours)}`)
  for (const [test, before] of without) {
    if (!before.isPassed || ours.get(test)?.isPassed) continue
    // A test that never ends takes those behind it along: each gets a process of its own.
    const alone = await runSuite(framework, checkout, true, before)
    const after = alone.get(test) ?? ours.get(test)
    if (!after?.isPassed) report(test, after, differences[framework][test])
  }
}

function report(test: string, { said }: { said: string } = { said: '' }, why?: string): void {
  console.log(`  differs: ${test}`)
  console.log(indent(why ?? `NOT EXPLAINED\n${said}`))
  if (why === undefined) process.exitCode = 1
}

function sum(verdicts: Verdicts): string {
  const passed = [...verdicts.values()].filter(({ isPassed }) => isPassed).length
  return `${passed} passed, ${verdicts.size - passed} failed`
}

function indent(text: string): string {
  return text
    .split('\n')
    .slice(0, 8)
    .map((line) => `      ${line}`)
    .join('\n')
}
