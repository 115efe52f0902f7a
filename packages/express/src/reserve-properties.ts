import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:net'
import process from 'node:process'

/*
 * Express swaps the prototypes of each request and response. On Node 20 and 22 every property that is added after
 * that gives its object a hidden class of its own, and each look at it from there on misses V8's caches: most of
 * what a request costs (decision 013). What Express adds stands there before.
 */

type Reserved<Name extends string> = { [Key in Name]?: undefined }

type Req = IncomingMessage &
  Reserved<'res' | 'next' | 'baseUrl' | 'originalUrl' | 'params' | 'route' | '_parsedUrl'> & {
    [key: symbol]: undefined
  }

type Res = ServerResponse & Reserved<'locals'>

const isNeeded = Number.parseInt(process.versions.node, 10) < 24

/** The router's own symbol for the route that matched; a test fails if it gets another name. */
let routeKey: symbol | undefined

/** From a request that Express's router has seen. */
export function learnRouteKey(req: object): void {
  routeKey ??= Object.getOwnPropertySymbols(req).find(
    ({ description }) => description === 'router.tracing.matchedRoute',
  )
}

/** The first to see this server's requests gives them, as `undefined`, what Express will add. */
export function reserveProperties(server: Server): void {
  if (!isNeeded || server.listeners('request').includes(reserve)) return
  server.prependListener('request', reserve)
}

/** By name, one by one: in a loop V8 would take them for the keys of a dictionary. */
function reserve(req: Req, res: Res): void {
  req.res ??= undefined
  req.next ??= undefined
  req.baseUrl ??= undefined
  req.originalUrl ??= undefined
  req.params ??= undefined
  req.route ??= undefined
  req._parsedUrl ??= undefined
  if (routeKey !== undefined) req[routeKey] ??= undefined
  // Node listens for the request's end when its response is over, and a first listener adds a count of them.
  req.on('end', ignore).off('end', ignore)
  res.locals ??= undefined
  const { statusCode, statusMessage } = res
  res.statusCode = statusCode
  res.statusMessage = statusMessage
}

function ignore(): void {}
