import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort } from './address.ts'
import { haproxyRecipe } from './haproxy-recipe.ts'
import { findProgram } from './programs.ts'
import { certificateFiles, moved, PLAIN, type Ports, type Sides } from './recipe.ts'
import { type Router, startRouter } from './router.ts'

export interface HaproxyVariant {
  readonly sides?: Sides
  /** A line at the end of the recipe's `defaults`. */
  readonly line?: string
}

/** HAProxy, with the configuration of its recipe. */
export async function startHaproxy(ports: Ports, variant: HaproxyVariant = {}): Promise<Router> {
  const { sides = PLAIN, line = '' } = variant
  const port = await freePort()
  const recipe = await haproxyRecipe(sides)
  return startRouter(
    {
      name: 'haproxy',
      speaks: sides.clients,
      program: findProgram('haproxy'),
      args: (file) => ['-db', '-f', file],
      endSignal: 'SIGUSR1',
      files: await certificateFiles(),
      hasFoundAll,
      unlogged,
      config: (folder) => `global
  log stdout format raw local0 info
  stats socket ${statsIn(folder)}
${moved(recipe, { port, ports, folder }).replace(/^frontend/m, `${[...LOGGED, line].join('\n  ')}\n$&`)}`,
    },
    port,
  )
}

/** It takes its servers for up until it has asked them, and for down where the first answer is late. */
async function hasFoundAll(folder: string): Promise<boolean> {
  return (await ask(folder, 'show stat')).match(/L7OK/g)?.length === 2
}

/**
 * Its threads drop a line rather than wait for the one that is just writing, and count it:
 * `fd_write_frag_line` in https://github.com/haproxy/haproxy/blob/v2.6.0/src/fd.c.
 */
async function unlogged(folder: string): Promise<number> {
  const dropped = /^DroppedLogs: (\d+)$/m.exec(await ask(folder, 'show info'))?.[1]
  if (dropped === undefined) throw new Error('HAProxy does not say how many lines it has dropped')
  return Number(dropped)
}

async function ask(folder: string, question: string): Promise<string> {
  const socket = connect(statsIn(folder))
  socket.end(`${question}\n`)
  return text(socket)
}

function statsIn(folder: string): string {
  return join(folder, 'stats.sock')
}

/** `%ts`: which side ended the session, and in which of its states; then the server. */
const LOGGED = ['  log global', 'log-format "request %HM %HPO %ST %ts %s"']
