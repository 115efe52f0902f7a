import { join } from 'node:path'
import { freePort } from './address.ts'
import { findProgram } from './programs.ts'
import { type Ports, readRecipe } from './recipe.ts'
import { type Router, startRouter } from './router.ts'

export interface NginxVariant {
  /** Directives besides the recipe's. */
  readonly directives?: string
  /** What is spoken to the application. Default: the recipe's 1.1. */
  readonly upstreamHttp?: '1.0' | '1.1'
}

/** nginx, with the configuration of its recipe. */
export async function startNginx(ports: Ports, variant: NginxVariant = {}): Promise<Router> {
  const { directives = '', upstreamHttp = '1.1' } = variant
  const port = await freePort()
  const [recipe = ''] = await readRecipe('nginx', { port, ports })
  return startRouter(
    {
      name: 'nginx',
      program: findProgram('nginx'),
      args: (file, folder) => ['-p', folder, '-c', file, '-e', 'stderr'],
      endSignal: 'SIGQUIT',
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
          ${recipe.replace('proxy_http_version 1.1', `proxy_http_version ${upstreamHttp}`)}
        }`,
    },
    port,
  )
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
