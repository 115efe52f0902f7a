import { join } from 'node:path'
import { freePort } from './address.ts'
import { nginxRecipe } from './nginx-recipe.ts'
import { findProgram } from './programs.ts'
import { certificateFiles, moved, PLAIN, type Ports, type Sides } from './recipe.ts'
import { type Router, startRouter } from './router.ts'

export interface NginxVariant {
  readonly sides?: Sides
  /** Directives besides the recipe's. */
  readonly directives?: string
  /** The version of HTTP/1 that is spoken to the application. Default: the recipe's 1.1. */
  readonly upstreamHttp?: '1.0' | '1.1'
}

/** nginx, with the configuration of its recipe. */
export async function startNginx(ports: Ports, variant: NginxVariant = {}): Promise<Router> {
  const { sides = PLAIN, directives = '', upstreamHttp = '1.1' } = variant
  const port = await freePort()
  const recipe = await nginxRecipe(sides)
  return startRouter(
    {
      name: 'nginx',
      speaks: sides.clients,
      program: findProgram('nginx'),
      args: (file, folder) => ['-p', folder, '-c', file, '-e', 'stderr'],
      endSignal: 'SIGQUIT',
      files: await certificateFiles(),
      config: (folder) => `
        daemon off;
        worker_processes 2;
        ${process.getuid?.() === 0 ? 'user root;' : ''}
        pid ${join(folder, 'nginx.pid')};
        error_log stderr error;
        events {}
        http {
          log_format entry 'request $request_method $uri $status $upstream_cache_status $upstream_status';
          access_log ${join(folder, 'access.log')} entry;
          ${TEMPORARY.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')}
          proxy_cache_path ${join(folder, 'cache')} keys_zone=pages:1m;
          ${directives}
          ${moved(recipe, { port, ports, folder }).replace('proxy_http_version 1.1', `proxy_http_version ${upstreamHttp}`)}
        }`,
    },
    port,
  )
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
