import type { Framework } from './server-process.ts'

/** What to add to an application that exists, and where a whole one stands. */
const LINES: Record<Framework, readonly string[]> = {
  node: [
    `const hang = createHangup()`,
    `const server = http.createServer(hang.handler((req, res) => …)) // req.signal`,
    `hang.attach(server)`,
  ],
  express: [
    `const hang = hangup()`,
    `app.use(hang) // first; then req.signal in every handler`,
    `hang.attach(app.listen(3000))`,
  ],
  koa: [
    `const hang = hangup()`,
    `app.use(hang) // first; then ctx.signal in every middleware`,
    `hang.attach(app.listen(3000))`,
  ],
  fastify: [
    `import { hangup } from '@hangup/fastify'`,
    `await app.register(hangup) // before the routes; then request.signal`,
    `// app.close() and SIGTERM drain`,
  ],
}

export function nextStep(framework: Framework): string {
  const code = LINES[framework].map((line) => `    ${line}`).join('\n')
  return `  ${framework}: docs/examples/${framework}.ts\n${code}`
}
