import type { Framework } from './framework.ts'

const HELD = 'B1: what is held says its Content-Length, and comes in one piece'
const UNSENT = 'B1: no head has been sent yet, so Fastify sees nothing to warn of'
const CLEAN = 'B2: nothing of the failed page is left, the header that the test is about included'
const CUT = 'B3: a response that fails half-way ends with a reset, whatever else is written'
const LOGGED = 'B6: a cut response has its "request completed" line too, and it comes first'
const COMPLETED = 'B6: `onResponse` hooks run for every request, these too'
const SERVED = 'D3: while the drain runs, what still arrives is answered'
const REFUSED = 'D2: late connections are refused, not accepted and answered 503'
const DRAINED = 'D13: `app.close()` is the drain, which closes the server in its own way'
const ADDED = 'the test counts what is added to the application, and the adapter is'
const STUBBED = 'the test stubs a part of Fastify before it is loaded, which it is by then'
const WRAPPED = 'D7: the handlers of routes are wrapped'

/** Tests of a framework's own suite that fail with the adapter mounted, and why that is as it should be. */
export const differences: Readonly<Record<Framework, Readonly<Record<string, string>>>> = {
  express: {
    'test/app.options.js: OPTIONS when error occurs in response handler should pass error to callback':
      'B1: headers may still be set after writeHead(), where the test wants an error',
  },
  koa: {
    '__tests__/application/compose.test.js: app.compose should work with configurable compose':
      ADDED,
    '__tests__/application/respond.test.js: app.respond when .body is a Stream should respond':
      HELD,
    '__tests__/application/respond.test.js: app.respond when .body is a Stream should strip content-length when overwriting':
      HELD,
    '__tests__/context/onerror.test.js: ctx.onerror(err) should ignore error after headerSent': CUT,
    '__tests__/response/flushHeaders.test.js: ctx.flushHeaders() should catch stream error': CUT,
  },
  fastify: {
    'test/close-pipelining.test.js: Should return 503 while closing - pipelining': SERVED,
    'test/close-pipelining.test.js: Should close the socket abruptly - pipelining - return503OnClosing: false':
      SERVED,
    'test/close.test.js: Should return error while closing (promise) - injection': SERVED,
    'test/close.test.js: Current opened connection should not accept new incoming connections':
      REFUSED,
    'test/close.test.js: rejected incoming connections should be logged': REFUSED,
    'test/custom-http-server.test.js: Should not make an extra closeIdleConnections call for native servers':
      DRAINED,
    'test/custom-http-server.test.js: Should preserve the extra closeIdleConnections call for custom servers':
      DRAINED,
    'test/custom-http-server.test.js: Should not call close on the server if it has not created it':
      DRAINED,
    'test/diagnostics-channel/error-before-handler.test.js: diagnostics channel handles an error before calling context handler':
      STUBBED,
    'test/hooks.test.js: onRequest hook should support encapsulation / 2': ADDED,
    'test/hooks.test.js: onRoute hook should preserve handler function in options of shorthand route system configuration':
      WRAPPED,
    'test/hooks.test.js: onSend hook is called after payload is serialized and headers are set':
      HELD,
    'test/hooks.test.js: onRequestAbort should be triggered': COMPLETED,
    'test/http2/closing.test.js: http/2 request while fastify closing Node <24': SERVED,
    'test/http2/closing.test.js: http/2 sessions should be closed when setting forceClosedConnections to true':
      SERVED,
    'test/internals/reply.test.js: stream using reply.raw.writeHead should return customize headers':
      UNSENT,
    'test/internals/reply.test.js: invalid response headers when sending back an error': CLEAN,
    'test/internals/reply.test.js: invalid response headers and custom error handler': CLEAN,
    'test/pretty-print.test.js: pretty print - empty plugins': ADDED,
    'test/pretty-print.test.js: pretty print - includeMeta, includeHooks': ADDED,
    'test/reply-error.test.js: should catch error when setting invalid header on async preSerializeation hook':
      CLEAN,
    'test/request-error.test.js: customErrorHandler should throw for json err and stream response':
      CLEAN,
    'test/request-error.test.js: customErrorHandler should not call handler for in-stream error':
      'B2: nothing has been sent, so a source that fails gets the error page',
    'test/server.test.js: abort signal listen should not start server':
      'D2: what waits to be accepted is taken in before the listener shuts, so `listen` may come through first',
    ...Object.fromEntries(
      ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'handler'].map((where) => [
        `test/skip-reply-send.test.js: Hijacking inside ${where} skips all the following hooks and handler execution Sending a response using req.socket => onResponse not called`,
        COMPLETED,
      ]),
    ),
    'test/stream.3.test.js: Destroying streams prematurely': LOGGED,
    'test/stream.3.test.js: Destroying streams prematurely should call close method': LOGGED,
    'test/stream.3.test.js: Destroying streams prematurely should call close method when destroy is not a function':
      LOGGED,
    'test/stream.4.test.js: Destroying streams prematurely should call abort method': LOGGED,
    'test/stream.5.test.js: request terminated should not crash fastify': HELD,
    'test/web-api.test.js: WebStream should warn when headers already sent': UNSENT,
  },
}
