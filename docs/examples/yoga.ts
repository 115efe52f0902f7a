// GraphQL Yoga on bare Node: a query is given up when its client leaves; Yoga is disposed of behind the last response.
//   npx tsx docs/examples/yoga.ts, then in another shell:
//   curl -m 1 --json '{"query":"{ report(ms: 60000) }"}' http://127.0.0.1:3000/graphql
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHangup, isAbort } from '@hangup/core'
import { GraphQLError } from 'graphql'
import { createSchema, createYoga, maskError } from 'graphql-yoga'

interface Context {
  readonly signal: AbortSignal
}

async function report(_: unknown, { ms }: { ms: number }, { signal }: Context): Promise<string> {
  console.log('begun')
  signal.addEventListener('abort', () => console.log('cancelled'))
  return sleep(ms, 'a report', { signal })
}

const hang = createHangup()
const yoga = createYoga<Context>({
  schema: createSchema<Context>({
    typeDefs: 'type Query { report(ms: Int!): String! }',
    resolvers: { Query: { report } },
  }),
  maskedErrors: {
    maskError(error, message, isDev) {
      const isOurs = error instanceof GraphQLError && isAbort(error.originalError)
      return isOurs ? error : maskError(error, message, isDev) // what it masks it logs as an error
    },
  },
})
hang.onClose('yoga', async () => {
  await yoga.dispose()
  console.log('closed')
})

const server = http.createServer(hang.handler((req, res) => yoga(req, res, { signal: req.signal })))
hang.attach(server).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
