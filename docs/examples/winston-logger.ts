// winston takes the message first, and needs the error that stands in what we tell of a failure spelt out.
import type { Logger } from '@hangup/core'
import winston from 'winston'

/** `hangup({ logger: winstonLogger(log) })`. */
export function winstonLogger(log: winston.Logger): Logger {
  return {
    debug: (details, message) => log.debug(message, details),
    info: (details, message) => log.info(message, details),
    warn: (details, message) => log.warn(message, details),
    error: (details, message) => log.error(message, details),
  }
}

/** Errors become their stack, wherever they stand: `JSON.stringify` makes `{}` of them. */
export const winstonFormat = winston.format.combine(
  winston.format.timestamp(),
  winston.format.json({
    replacer: (_key, value) => (value instanceof Error ? value.stack : value),
  }),
)
