export type Framework = 'express' | 'koa' | 'fastify'
