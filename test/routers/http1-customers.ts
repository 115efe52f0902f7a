import http from 'node:http'
import { HOST } from './address.ts'
import { ANSWER_MS, type Customer, judge, NO_ANSWER, ORDER } from './customer.ts'

/** Each has a connection. */
export function createHttp1Customers(port: number, count: number): Customer[] {
  return Array.from({ length: count }, () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    return {
      order: (order) => send(port, agent, order),
      leave: () => agent.destroy(),
    }
  })
}

function send(port: number, agent: http.Agent, order: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = http.request({
      host: HOST,
      port,
      path: ORDER.path,
      method: ORDER.method,
      agent,
      headers: { 'content-type': ORDER.type },
      timeout: ANSWER_MS,
    })
    const fail = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)
    request.once('error', fail)
    request.once('timeout', () => request.destroy(new Error(NO_ANSWER)))
    request.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.once('error', fail)
      response.once('end', () => resolve(judge(order, response.statusCode, text)))
    })
    request.end(order)
  })
}
