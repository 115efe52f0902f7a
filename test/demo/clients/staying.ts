import http from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { request } from './request.ts'
import type { Tally } from './tally.ts'

/** Healthy POSTs, whose bodies have been read long before they are answered. */
export async function postHealthy(port: number, tally: Tally, count: number): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 10 })
  const url = `http://127.0.0.1:${port}/report?ms=30`
  await Promise.all(Array.from({ length: count }, () => request(agent, tally, url, 'healthy')))
  agent.destroy()
}

/** Orders, POSTed one after another on a kept connection, until nobody accepts a new one or until it is stopped. */
export async function postInLoop(port: number, tally: Tally, stop: AbortSignal): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const url = `http://127.0.0.1:${port}/report?ms=2&order`
  while (!stop.aborted) {
    if ((await request(agent, tally, url, 'order')) === 'refused') break
    await setTimeout(Math.random() * 10)
  }
  agent.destroy()
}

/** A request that is still being worked on when the server is told to go. */
export async function getSlowly(port: number, tally: Tally): Promise<void> {
  const agent = new http.Agent({ keepAlive: true })
  await request(agent, tally, `http://127.0.0.1:${port}/report?ms=1500`)
  agent.destroy()
}
