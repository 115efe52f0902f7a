import { freePort } from './address.ts'
import { findProgram } from './programs.ts'
import { type Ports, readRecipe } from './recipe.ts'
import { type Router, startRouter } from './router.ts'

/** HAProxy, with the configuration of its recipe, and other lines at the end of its `defaults`. */
export async function startHaproxy(ports: Ports, ...defaults: string[]): Promise<Router> {
  const port = await freePort()
  const recipe = await readRecipe('haproxy', { port, ports })
  return startRouter(
    {
      name: 'haproxy',
      program: findProgram('haproxy'),
      args: (file) => ['-db', '-f', file],
      endSignal: 'SIGUSR1',
      config: () => `global
  log stdout format raw local0 info
${recipe.replace(/^frontend/m, `${[...LOGGED, ...defaults].join('\n  ')}\n$&`)}`,
    },
    port,
  )
}

/** `%ts`: which side ended the session, and in which of its states; then the server. */
const LOGGED = ['  log global', 'log-format "request %HM %HP %ST %ts %s"']
