// Apollo Server 5 on Express: a query is given up when its client leaves; Apollo stops behind the last response.
//   npx tsx docs/examples/apollo.ts, then in another shell:
//   curl -m 1 --json '{"query":"{ report(ms: 60000) }"}' http://127.0.0.1:3000/graphql
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import { hangup } from '@hangup/express'
import express from 'express'

interface Context {
  readonly signal: AbortSignal
}

async function report(_: unknown, { ms }: { ms: number }, { signal }: Context): Promise<string> {
  console.log('begun')
  signal.addEventListener('abort', () => console.log('cancelled'))
  return sleep(ms, 'a report', { signal })
}

const apollo = new ApolloServer<Context>({
  typeDefs: 'type Query { report(ms: Int!): String! }',
  resolvers: { Query: { report } },
  plugins: [
    { serverWillStart: async () => ({ serverWillStop: async () => console.log('closed') }) },
  ],
  stopOnTerminationSignals: false, // Hangup drains first; no ApolloServerPluginDrainHttpServer
})
await apollo.start()

const hang = hangup()
hang.onClose('apollo', () => apollo.stop())

const app = express()
app.use(hang) // before everything else
const context = async ({ req }: { req: express.Request }) => ({ signal: req.signal })
app.use('/graphql', express.json(), expressMiddleware(apollo, { context }))

const server = hang.attach(app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1'))
server.on('listening', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
